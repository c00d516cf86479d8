"""A seed for Python functions as triggers."""

from __future__ import annotations

POOL = "us-east-1_local"
SEED = {
    "UserPools": [
        {
            "PoolName": "local",
            "Id": POOL,
            "AutoVerifiedAttributes": ["email"],
            "Policies": {"PasswordPolicy": {"MinimumLength": 10}},
            "Clients": [{"ClientName": "web", "ClientId": "web", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]}],
            "Users": [{"Username": "ann", "Password": "Password-1", "Attributes": {"email": "ann@example.com"}}],
        }
    ]
}

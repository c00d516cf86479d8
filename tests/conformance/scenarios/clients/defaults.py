"""A client made with a name alone has the documented defaults.

Sources: model: CreateUserPoolClient; docs: user-pool-settings-client-apps
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    made = aws.idp.create_user_pool_client(UserPoolId=pool, ClientName="app")["UserPoolClient"]
    assert "ClientSecret" not in made
    assert made["RefreshTokenValidity"] == 30
    assert made["EnableTokenRevocation"] is True
    assert made["AllowedOAuthFlowsUserPoolClient"] is False
    assert made["AuthSessionValidity"] == 3
    found = aws.idp.describe_user_pool_client(UserPoolId=pool, ClientId=made["ClientId"])["UserPoolClient"]
    assert found == made

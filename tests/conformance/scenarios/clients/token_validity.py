"""Tokens live as long as the client says, in its units.

Sources: docs: user-pool-settings-client-apps
"""

from __future__ import annotations

from tests.conformance.normalise import decoded
from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(
        pool,
        AccessTokenValidity=10,
        IdTokenValidity=2,
        TokenValidityUnits={"AccessToken": "minutes", "IdToken": "hours", "RefreshToken": "days"},
    )
    aws.create_user(pool, "ann")
    result = aws.sign_in(client, "ann")
    assert result["ExpiresIn"] == 600
    access, identity = ((decoded(result[name]) or {})["claims"] for name in ("AccessToken", "IdToken"))
    assert access["exp"] - access["iat"] == 600
    assert identity["exp"] - identity["iat"] == 7200

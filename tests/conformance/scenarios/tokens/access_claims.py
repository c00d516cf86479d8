"""An access token has the documented claims.

Sources: docs: amazon-cognito-user-pools-using-the-access-token
"""

from __future__ import annotations

from tests.conformance.normalise import decoded
from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    result = aws.sign_in(client, "ann")

    token = decoded(result["AccessToken"]) or {}
    claims = token["claims"]
    assert {"kid", "alg"} <= set(token["header"])
    assert token["header"]["alg"] == "RS256"
    assert claims["iss"].endswith("/" + pool)
    assert claims["client_id"] == client
    assert claims["token_use"] == "access"
    assert claims["scope"] == "aws.cognito.signin.user.admin"
    assert claims["username"] == "ann"
    assert claims["exp"] - claims["iat"] == 3600
    assert {"sub", "auth_time", "jti", "origin_jti", "event_id"} <= set(claims)
    assert "aud" not in claims

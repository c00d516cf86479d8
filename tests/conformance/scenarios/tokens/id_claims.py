"""An ID token has the documented claims and the attributes.

Sources: docs: amazon-cognito-user-pools-using-the-id-token
"""

from __future__ import annotations

from tests.conformance.normalise import decoded
from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    sub = aws.create_user(pool, "ann", email="ann@example.com", email_verified="true", name="Ann")
    claims = (decoded(aws.sign_in(client, "ann")["IdToken"]) or {})["claims"]
    assert claims["sub"] == sub
    assert claims["aud"] == client
    assert claims["token_use"] == "id"
    assert claims["cognito:username"] == "ann"
    assert (claims["email"], claims["email_verified"], claims["name"]) == ("ann@example.com", True, "Ann")
    assert "client_id" not in claims
    assert "scope" not in claims

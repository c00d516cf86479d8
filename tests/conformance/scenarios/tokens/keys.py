"""The keys of a pool are at its address, and one of them signed the token.

Sources: docs: amazon-cognito-user-pools-using-tokens-verifying-a-jwt
"""

from __future__ import annotations

from tests.conformance.normalise import decoded
from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    result = aws.sign_in(client, "ann")

    found = aws.http("GET", aws.target.issuer(pool) + "/.well-known/jwks.json").body["keys"]
    assert all(key["kty"] == "RSA" and key["use"] == "sig" and key["alg"] == "RS256" for key in found)
    assert (decoded(result["AccessToken"]) or {})["header"]["kid"] in {key["kid"] for key in found}

"""The discovery document of a pool names its issuer and keys.

Sources: docs: federation-endpoints
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    found = aws.http("GET", aws.target.issuer(pool) + "/.well-known/openid-configuration").body
    assert found["issuer"].endswith("/" + pool)
    assert found["jwks_uri"].endswith(f"/{pool}/.well-known/jwks.json")
    assert found["id_token_signing_alg_values_supported"] == ["RS256"]
    assert "S256" in found.get("code_challenge_methods_supported", ["S256"])

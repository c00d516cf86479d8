"""A guest gets an OpenID token for the identity.

Sources: docs: identity-pools; model: GetOpenIdToken
"""

from __future__ import annotations

from tests.conformance.normalise import decoded
from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_identity_pool(AllowClassicFlow=True)
    identity = aws.identity.get_id(IdentityPoolId=pool)["IdentityId"]
    answer = aws.identity.get_open_id_token(IdentityId=identity)
    claims = (decoded(answer["Token"]) or {})["claims"]
    assert (claims["sub"], claims["aud"], claims["amr"]) == (identity, pool, ["unauthenticated"])

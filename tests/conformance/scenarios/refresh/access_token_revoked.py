"""An access token is no refresh token to be revoked.

Sources: docs: token-revocation; model: RevokeToken
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    result = aws.sign_in(client, "ann")

    with aws.refused("UnsupportedTokenTypeException"):
        aws.idp.revoke_token(ClientId=client, Token=result["AccessToken"])

"""A token that is revoked already is revoked again without a fault.

Sources: docs: token-revocation; RFC 7009 §2.2
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    result = aws.sign_in(client, "ann")

    aws.idp.revoke_token(ClientId=client, Token=result["RefreshToken"])
    aws.idp.revoke_token(ClientId=client, Token=result["RefreshToken"])

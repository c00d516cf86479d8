"""A revoked refresh token gives no tokens, and its access token is refused.

Sources: docs: token-revocation; model: RevokeToken
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    result = aws.sign_in(client, "ann")

    aws.idp.revoke_token(ClientId=client, Token=result["RefreshToken"])
    with aws.refused("NotAuthorizedException", "Refresh Token has been revoked"):
        aws.idp.initiate_auth(
            ClientId=client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": result["RefreshToken"]}
        )
    with aws.refused("NotAuthorizedException", "Access Token has been revoked"):
        aws.idp.get_user(AccessToken=result["AccessToken"])

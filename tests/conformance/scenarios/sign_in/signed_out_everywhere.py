"""After a global sign-out access and refresh tokens are refused.

Sources: docs: amazon-cognito-user-pools-using-tokens-with-identity-providers; model: GlobalSignOut
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    result = aws.sign_in(client, "ann")
    aws.idp.global_sign_out(AccessToken=result["AccessToken"])
    with aws.refused("NotAuthorizedException", "Access Token has been revoked"):
        aws.idp.get_user(AccessToken=result["AccessToken"])
    with aws.refused("NotAuthorizedException", "Refresh Token has been revoked"):
        aws.idp.initiate_auth(
            ClientId=client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": result["RefreshToken"]}
        )

"""A disabled user gets no new tokens.

Sources: docs: amazon-cognito-user-pools-using-the-refresh-token
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    result = aws.sign_in(client, "ann")

    aws.idp.admin_disable_user(UserPoolId=pool, Username="ann")
    with aws.refused("NotAuthorizedException"):
        aws.idp.initiate_auth(
            ClientId=client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": result["RefreshToken"]}
        )

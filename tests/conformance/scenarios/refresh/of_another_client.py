"""A refresh token of another client is refused.

Sources: docs: amazon-cognito-user-pools-using-the-refresh-token
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    result = aws.sign_in(client, "ann")

    other = aws.create_client(pool)
    with aws.refused("NotAuthorizedException"):
        aws.idp.initiate_auth(
            ClientId=other, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": result["RefreshToken"]}
        )

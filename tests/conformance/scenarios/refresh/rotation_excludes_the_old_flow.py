"""A client with rotation refreshes by GetTokensFromRefreshToken only.

Sources: docs: amazon-cognito-user-pools-using-the-refresh-token
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(
        pool,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
        RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
    )
    aws.create_user(pool, "ann")
    token = aws.sign_in(client, "ann")["RefreshToken"]
    with aws.refused("InvalidParameterException"):
        aws.idp.initiate_auth(ClientId=client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token})
    renewed = aws.idp.get_tokens_from_refresh_token(ClientId=client, RefreshToken=token)
    assert "AccessToken" in renewed["AuthenticationResult"]

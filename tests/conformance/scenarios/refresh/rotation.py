"""With rotation a refresh gives a new refresh token.

Sources: docs: amazon-cognito-user-pools-using-the-refresh-token; model: GetTokensFromRefreshToken
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
    result = aws.sign_in(client, "ann")
    answer = aws.idp.get_tokens_from_refresh_token(ClientId=client, RefreshToken=result["RefreshToken"])
    renewed = answer["AuthenticationResult"]["RefreshToken"]
    assert renewed != result["RefreshToken"]
    with aws.refused("RefreshTokenReuseException"):
        aws.idp.get_tokens_from_refresh_token(ClientId=client, RefreshToken=result["RefreshToken"])

"""A refresh gives a new access and ID token and no refresh token.

Sources: docs: amazon-cognito-user-pools-using-the-refresh-token
"""

from __future__ import annotations

from tests.conformance.normalise import decoded
from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    result = aws.sign_in(client, "ann")

    answer = aws.idp.initiate_auth(
        ClientId=client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": result["RefreshToken"]}
    )["AuthenticationResult"]
    assert set(answer) == {"AccessToken", "ExpiresIn", "IdToken", "TokenType"}
    old, new = ((decoded(each["AccessToken"]) or {})["claims"] for each in (result, answer))
    assert old["auth_time"] == new["auth_time"]
    assert old["origin_jti"] == new["origin_jti"]
    assert old["jti"] != new["jti"]

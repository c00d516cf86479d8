"""A user signs in by SRP: the password itself is never sent.

Sources: docs: amazon-cognito-user-pools-authentication-flow-methods; RFC 5054
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service
from tests.conformance.srp import Srp


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    sub = aws.create_user(pool, "ann")
    exchange = Srp(pool.split("_")[1], PASSWORD)
    parameters = {"USERNAME": "ann", "SRP_A": exchange.begin()}
    asked = aws.idp.initiate_auth(ClientId=client, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
    assert asked["ChallengeName"] == "PASSWORD_VERIFIER"
    assert asked["ChallengeParameters"]["USER_ID_FOR_SRP"] == "ann"
    responses = exchange.answer(asked["ChallengeParameters"])
    answer = aws.idp.respond_to_auth_challenge(
        ClientId=client, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=responses
    )
    tokens = answer["AuthenticationResult"]
    assert tokens["ExpiresIn"] == 3600
    assert sub == aws.idp.get_user(AccessToken=tokens["AccessToken"])["UserAttributes"][0]["Value"]

"""An unknown user gets an SRP challenge where users are hidden, and is refused by its answer.

Sources: docs: cognito-user-pool-managing-errors; observed: ministackorg/ministack#1574
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service
from tests.conformance.srp import Srp


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"], PreventUserExistenceErrors="ENABLED")
    exchange = Srp(pool.split("_")[1], PASSWORD)
    parameters = {"USERNAME": "nobody", "SRP_A": exchange.begin()}
    asked = aws.idp.initiate_auth(ClientId=client, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
    assert asked["ChallengeName"] == "PASSWORD_VERIFIER"
    with aws.refused("NotAuthorizedException", "Incorrect username or password."):
        aws.idp.respond_to_auth_challenge(
            ClientId=client,
            ChallengeName="PASSWORD_VERIFIER",
            ChallengeResponses=exchange.answer(asked["ChallengeParameters"]),
        )

"""SRP with a wrong password is refused at the proof.

Sources: docs: amazon-cognito-user-pools-authentication-flow-methods; observed: ministackorg/ministack#1758
"""

from __future__ import annotations

from tests.conformance.service import Service
from tests.conformance.srp import Srp


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"])
    aws.create_user(pool, "ann")
    exchange = Srp(pool.split("_")[1], "Wrong-horse-7")
    parameters = {"USERNAME": "ann", "SRP_A": exchange.begin()}
    asked = aws.idp.initiate_auth(ClientId=client, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
    with aws.refused("NotAuthorizedException", "Incorrect username or password."):
        aws.idp.respond_to_auth_challenge(
            ClientId=client,
            ChallengeName="PASSWORD_VERIFIER",
            ChallengeResponses=exchange.answer(asked["ChallengeParameters"]),
        )

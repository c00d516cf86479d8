"""A session that was never handed out is refused.

Sources: model: RespondToAuthChallenge
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    with aws.refused("NotAuthorizedException"):
        aws.idp.respond_to_auth_challenge(
            ClientId=client,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session="A" * 200,
            ChallengeResponses={"USERNAME": "ann", "NEW_PASSWORD": PASSWORD},
        )

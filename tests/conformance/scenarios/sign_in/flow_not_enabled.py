"""A flow that the client has not enabled is refused.

Sources: model: InitiateAuth; observed: aws-amplify/amplify-js#3051
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    aws.create_user(pool, "ann")
    with aws.refused("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client"):
        aws.sign_in(client, "ann")

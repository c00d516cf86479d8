"""The administrator cannot use a flow that the client has not enabled.

Sources: model: AdminInitiateAuth; observed: aws/aws-sdk-js#2261
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    aws.create_user(pool, "ann")
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD}
    with aws.refused("InvalidParameterException", "Auth flow not enabled for this client"):
        aws.idp.admin_initiate_auth(
            UserPoolId=pool, ClientId=client, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters=parameters
        )

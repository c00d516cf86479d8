"""A wrong secret hash is refused.

Sources: docs: signing-up-users-in-your-app
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    made = aws.idp.create_user_pool_client(
        UserPoolId=pool, ClientName="app", GenerateSecret=True, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]
    aws.create_user(pool, "ann")
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD}

    parameters["SECRET_HASH"] = "d3Jvbmc="
    with aws.refused("NotAuthorizedException", f"Unable to verify secret hash for client {made['ClientId']}"):
        aws.idp.initiate_auth(ClientId=made["ClientId"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)

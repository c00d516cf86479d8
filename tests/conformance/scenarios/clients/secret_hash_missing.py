"""A client with a secret has to prove it at sign-in.

Sources: docs: signing-up-users-in-your-app; observed: aws-amplify/amplify-js#1064
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

    with aws.refused(
        "NotAuthorizedException",
        f"Client {made['ClientId']} is configured with secret but SECRET_HASH was not received",
    ):
        aws.idp.initiate_auth(ClientId=made["ClientId"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)

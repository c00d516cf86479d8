"""A member that is too short is told with its constraint.

Sources: model: PasswordType; observed: aws-amplify/amplify-js#1013
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    client = aws.create_client(pool)
    with aws.refused("InvalidParameterException"):
        aws.idp.sign_up(ClientId=client, Username="", Password=PASSWORD)

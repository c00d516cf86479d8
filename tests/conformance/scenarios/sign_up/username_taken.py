"""A second sign-up with the same name is refused.

Sources: model: SignUp; observed: aws-amplify/amplify-js#1067
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.idp.sign_up(ClientId=client, Username="ann", Password=PASSWORD)
    with aws.refused("UsernameExistsException", "User already exists"):
        aws.idp.sign_up(ClientId=client, Username="ann", Password=PASSWORD)

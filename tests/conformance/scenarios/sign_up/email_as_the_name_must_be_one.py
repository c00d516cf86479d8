"""In a pool whose users sign in by e-mail address, another name is refused.

Sources: docs: user-pool-settings-attributes; observed: aws-amplify/amplify-js#2087
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    pool = aws.create_pool(UsernameAttributes=["email"])
    client = aws.create_client(pool)
    with aws.refused("InvalidParameterException", "Username should be an email."):
        aws.idp.sign_up(ClientId=client, Username="ann", Password=PASSWORD)

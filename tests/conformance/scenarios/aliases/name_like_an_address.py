"""Where addresses are aliases, a username may not look like one.

Sources: docs: user-pool-settings-attributes; observed: aws-amplify/amplify-js#1067
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    pool = aws.create_pool(AliasAttributes=["email"])
    client = aws.create_client(pool)
    with aws.refused(
        "InvalidParameterException",
        "Username cannot be of email format, since user pool is configured for email alias.",
    ):
        aws.idp.sign_up(ClientId=client, Username="ann@example.com", Password=PASSWORD)

"""An e-mail address has to look like one.

Sources: docs: user-pool-settings-attributes
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    with aws.refused("InvalidParameterException", "Invalid email address format."):
        aws.idp.sign_up(
            ClientId=client, Username="ann", Password=PASSWORD, UserAttributes=[{"Name": "email", "Value": "ann"}]
        )

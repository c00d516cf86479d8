"""A phone number has to have the form of E.164.

Sources: docs: user-pool-settings-attributes
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    with aws.refused("InvalidParameterException", "Invalid phone number format."):
        aws.idp.sign_up(
            ClientId=client,
            Username="ann",
            Password=PASSWORD,
            UserAttributes=[{"Name": "phone_number", "Value": "555-0100"}],
        )

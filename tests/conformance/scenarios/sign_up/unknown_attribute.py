"""An attribute that is not in the schema is refused.

Sources: docs: user-pool-settings-attributes
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    attributes = [{"Name": "custom:shoe", "Value": "41"}]
    with aws.refused("InvalidParameterException"):
        aws.idp.sign_up(ClientId=client, Username="ann", Password=PASSWORD, UserAttributes=attributes)

"""A required attribute has to be given at sign-up.

Sources: docs: user-pool-settings-attributes; observed: aws-amplify/amplify-js#3071
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    pool = aws.create_pool(Schema=[{"Name": "email", "Required": True}])
    client = aws.create_client(pool)
    text = "Attributes did not conform to the schema: email: The attribute is required\n"
    with aws.refused("InvalidParameterException", text):
        aws.idp.sign_up(ClientId=client, Username="ann", Password=PASSWORD)

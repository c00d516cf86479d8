"""The sub cannot be changed.

Sources: docs: user-pool-settings-attributes
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    aws.sign_in(client, "ann")

    attributes = [{"Name": "sub", "Value": "5d1c1f6a-92b7-4dbb-a3a9-6b0f6a3a9c11"}]
    with aws.refused("InvalidParameterException"):
        aws.idp.admin_update_user_attributes(UserPoolId=pool, Username="ann", UserAttributes=attributes)

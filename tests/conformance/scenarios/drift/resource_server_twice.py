"""The identifier of a resource server is taken once.

Sources: model: CreateResourceServer
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    server = {"UserPoolId": pool, "Identifier": "orders", "Name": "orders"}
    aws.idp.create_resource_server(**server)
    with aws.refused("InvalidParameterException", "orders already exists in user pool " + pool + "."):
        aws.idp.create_resource_server(**server)

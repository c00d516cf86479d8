"""A client of another pool is not found.

Sources: model: DescribeUserPoolClient
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool, other = aws.create_pool(), aws.create_pool()
    client = aws.create_client(other)
    with aws.refused("ResourceNotFoundException", f"User pool client {client} does not exist."):
        aws.idp.describe_user_pool_client(UserPoolId=pool, ClientId=client)

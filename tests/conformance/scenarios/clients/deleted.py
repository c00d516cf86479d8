"""No user signs in with a deleted client.

Sources: model: DeleteUserPoolClient
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    aws.idp.delete_user_pool_client(UserPoolId=pool, ClientId=client)
    with aws.refused("ResourceNotFoundException", f"User pool client {client} does not exist."):
        aws.sign_in(client, "ann")

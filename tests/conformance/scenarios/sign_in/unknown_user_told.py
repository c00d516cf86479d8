"""With PreventUserExistenceErrors LEGACY an unknown user is told.

Sources: docs: cognito-user-pool-managing-errors
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool, PreventUserExistenceErrors="LEGACY")
    with aws.refused("UserNotFoundException", "User does not exist."):
        aws.sign_in(client, "nobody")

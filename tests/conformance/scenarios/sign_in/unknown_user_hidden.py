"""With PreventUserExistenceErrors an unknown user looks like a wrong password.

Sources: docs: cognito-user-pool-managing-errors
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool, PreventUserExistenceErrors="ENABLED")
    with aws.refused("NotAuthorizedException", "Incorrect username or password."):
        aws.sign_in(client, "nobody")

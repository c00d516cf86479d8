"""A wrong password is refused without saying what was wrong.

Sources: docs: cognito-user-pool-managing-errors; observed: aws-amplify/amplify-js#1364
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    with aws.refused("NotAuthorizedException", "Incorrect username or password."):
        aws.sign_in(client, "ann", "Wrong-horse-7")

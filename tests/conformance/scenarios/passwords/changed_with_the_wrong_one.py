"""A change of password wants the present one.

Sources: model: ChangePassword; observed: aws-amplify/amplify-js#1364
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    result = aws.sign_in(client, "ann")

    with aws.refused("NotAuthorizedException", "Incorrect username or password."):
        aws.idp.change_password(
            AccessToken=result["AccessToken"], PreviousPassword="Wrong-horse-7", ProposedPassword="Another-horse-8"
        )

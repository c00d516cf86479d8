"""A user deletes the own account.

Sources: model: DeleteUser
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    aws.idp.delete_user(AccessToken=aws.sign_in(client, "ann")["AccessToken"])
    with aws.refused("UserNotFoundException", "User does not exist."):
        aws.idp.admin_get_user(UserPoolId=pool, Username="ann")

"""The access token of a deleted user is refused.

Sources: model: GetUser
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    result = aws.sign_in(client, "ann")

    aws.idp.admin_delete_user(UserPoolId=pool, Username="ann")
    with aws.refused("UserNotFoundException", "User does not exist."):
        aws.idp.get_user(AccessToken=result["AccessToken"])

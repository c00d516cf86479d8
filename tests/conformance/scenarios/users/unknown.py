"""A user who is not there is not found.

Sources: model: AdminGetUser
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    with aws.refused("UserNotFoundException", "User does not exist."):
        aws.idp.admin_get_user(UserPoolId=pool, Username="nobody")

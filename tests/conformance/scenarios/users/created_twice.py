"""An administrator creates a user once.

Sources: model: AdminCreateUser
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    aws.create_user(pool, "ann")
    with aws.refused("UsernameExistsException", "User account already exists"):
        aws.idp.admin_create_user(UserPoolId=pool, Username="ann", MessageAction="SUPPRESS")

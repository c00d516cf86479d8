"""A user made by an administrator has a temporary password.

Sources: model: AdminCreateUser
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    made = aws.idp.admin_create_user(UserPoolId=pool, Username="ann", MessageAction="SUPPRESS")["User"]
    assert (made["UserStatus"], made["Enabled"]) == ("FORCE_CHANGE_PASSWORD", True)
    assert {"Username", "Attributes", "UserCreateDate", "UserLastModifiedDate"} <= set(made)

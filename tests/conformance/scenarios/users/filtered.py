"""ListUsers finds users by an attribute, whole or by its beginning.

Sources: docs: how-to-manage-user-accounts; model: ListUsers
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    for name in ("ann", "anna", "bob"):
        aws.create_user(pool, name, email=f"{name}@example.com")
    for text, names in (
        ('username = "ann"', {"ann"}),
        ('username ^= "ann"', {"ann", "anna"}),
        ('email = "bob@example.com"', {"bob"}),
        ('email ^= "b"', {"bob"}),
        ('cognito:user_status = "CONFIRMED"', {"ann", "anna", "bob"}),
        ('status = "Disabled"', set()),
    ):
        found = aws.idp.list_users(UserPoolId=pool, Filter=text)["Users"]
        assert {user["Username"] for user in found} == names, text

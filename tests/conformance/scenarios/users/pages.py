"""ListUsers gives pages, and a token for the next one.

Sources: model: ListUsers
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    for number in range(3):
        aws.create_user(pool, f"user{number}")
    first = aws.idp.list_users(UserPoolId=pool, Limit=2)
    second = aws.idp.list_users(UserPoolId=pool, Limit=2, PaginationToken=first["PaginationToken"])
    assert len(first["Users"]) == 2
    assert len(second["Users"]) == 1
    assert "PaginationToken" not in second
    names = {user["Username"] for user in first["Users"] + second["Users"]}
    assert names == {"user0", "user1", "user2"}

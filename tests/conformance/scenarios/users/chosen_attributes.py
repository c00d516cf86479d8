"""ListUsers gives the attributes that are asked for.

Sources: model: ListUsers
"""

from __future__ import annotations

from tests.conformance.service import Service, attributes_of


def run(aws: Service) -> None:
    pool = aws.create_pool()

    aws.create_user(pool, "ann", email="ann@example.com", name="Ann")
    [user] = aws.idp.list_users(UserPoolId=pool, AttributesToGet=["name"])["Users"]
    assert attributes_of(user["Attributes"]) == {"name": "Ann"}

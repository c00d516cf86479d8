"""A filter that cannot be read is refused.

Sources: docs: how-to-manage-user-accounts; model: ListUsers
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    with aws.refused("InvalidParameterException"):
        aws.idp.list_users(UserPoolId=pool, Filter="name is Ann")

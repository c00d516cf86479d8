"""A page of ListUsers has at most sixty users.

Sources: model: QueryLimitType
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    with aws.refused("InvalidParameterException"):
        aws.idp.list_users(UserPoolId=pool, Limit=61)

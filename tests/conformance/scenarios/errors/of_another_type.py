"""A text where a number is wanted cannot be read.

Sources: model: ListUsers
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    with aws.refused("SerializationException"):
        aws.idp.list_users(UserPoolId=pool, Limit="many")

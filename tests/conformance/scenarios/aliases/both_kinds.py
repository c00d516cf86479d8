"""A pool has aliases or usernames of attributes, not both.

Sources: model: CreateUserPool
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    with aws.refused(
        "InvalidParameterException",
        "Only one of the aliasAttributes or usernameAttributes can be set in a User pool.",
    ):
        aws.create_pool(AliasAttributes=["email"], UsernameAttributes=["email"])

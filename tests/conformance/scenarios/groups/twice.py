"""A group is created once.

Sources: docs: cognito-user-pools-user-groups; model: GroupExistsException
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    aws.idp.create_group(UserPoolId=pool, GroupName="readers")
    with aws.refused("GroupExistsException", "A group with the name already exists."):
        aws.idp.create_group(UserPoolId=pool, GroupName="readers")

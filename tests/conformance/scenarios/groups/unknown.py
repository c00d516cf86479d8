"""A group that is not there is not found.

Sources: docs: cognito-user-pools-user-groups; model: GetGroup
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    with aws.refused("ResourceNotFoundException", "Group not found."):
        aws.idp.get_group(UserPoolId=pool, GroupName="readers")

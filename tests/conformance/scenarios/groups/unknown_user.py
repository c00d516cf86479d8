"""A user who is not there joins no group.

Sources: docs: cognito-user-pools-user-groups; model: AdminAddUserToGroup
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    aws.idp.create_group(UserPoolId=pool, GroupName="readers")
    with aws.refused("UserNotFoundException", "User does not exist."):
        aws.idp.admin_add_user_to_group(UserPoolId=pool, Username="nobody", GroupName="readers")

"""A deleted group has no members.

Sources: docs: cognito-user-pools-user-groups
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    aws.create_user(pool, "ann")
    aws.idp.create_group(UserPoolId=pool, GroupName="readers")
    aws.idp.admin_add_user_to_group(UserPoolId=pool, Username="ann", GroupName="readers")
    aws.idp.delete_group(UserPoolId=pool, GroupName="readers")
    assert aws.idp.admin_list_groups_for_user(UserPoolId=pool, Username="ann")["Groups"] == []

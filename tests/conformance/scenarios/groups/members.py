"""A user joins a group, is listed in it, and leaves.

Sources: docs: cognito-user-pools-user-groups
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    aws.create_user(pool, "ann")
    aws.idp.create_group(UserPoolId=pool, GroupName="readers")
    member = {"UserPoolId": pool, "Username": "ann"}
    aws.idp.admin_add_user_to_group(**member, GroupName="readers")
    aws.idp.admin_add_user_to_group(**member, GroupName="readers")
    listed = aws.idp.list_users_in_group(UserPoolId=pool, GroupName="readers")["Users"]
    assert [user["Username"] for user in listed] == ["ann"]
    groups = aws.idp.admin_list_groups_for_user(**member)["Groups"]
    assert [group["GroupName"] for group in groups] == ["readers"]
    aws.idp.admin_remove_user_from_group(**member, GroupName="readers")
    assert aws.idp.admin_list_groups_for_user(**member)["Groups"] == []

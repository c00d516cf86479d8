"""A group is created, described and listed.

Sources: docs: cognito-user-pools-user-groups; model: CreateGroup
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    made = aws.idp.create_group(UserPoolId=pool, GroupName="readers", Description="May read", Precedence=3)["Group"]
    assert (made["GroupName"], made["Description"], made["Precedence"]) == ("readers", "May read", 3)
    assert aws.idp.get_group(UserPoolId=pool, GroupName="readers")["Group"] == made
    assert aws.idp.list_groups(UserPoolId=pool)["Groups"] == [made]

"""The nine group operations."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.operations import groups
from cognito_emulator.world import World
from tests.helpers.build import refused, user
from tests.helpers.harness import Running

ROLE = "arn:aws:iam::000000000000:role/r"


@pytest.fixture
def pool(running: Running) -> str:
    pool_id: str = running.call("CreateUserPool", PoolName="p")["UserPool"]["Id"]
    return pool_id


def create(idp: Any, pool: str, name: str = "g", **members: Any) -> dict[str, Any]:
    made: dict[str, Any] = idp.create_group(UserPoolId=pool, GroupName=name, **members)["Group"]
    assert idp.get_group(UserPoolId=pool, GroupName=name)["Group"] == made
    return made


def names(answer: dict[str, Any]) -> list[str]:
    return [group["GroupName"] for group in answer["Groups"]]


def test_create(idp: Any, world: World, pool: str) -> None:
    world.clock.freeze(1_700_000_000.5)
    made = create(idp, pool, Description="d", RoleArn=ROLE, Precedence=0)
    assert made.pop("CreationDate").timestamp() == made.pop("LastModifiedDate").timestamp() == 1_700_000_000.5
    assert made == {"GroupName": "g", "UserPoolId": pool, "Description": "d", "RoleArn": ROLE, "Precedence": 0}


def test_members_that_were_not_given_are_absent(idp: Any, pool: str) -> None:
    assert set(create(idp, pool)) == {"GroupName", "UserPoolId", "LastModifiedDate", "CreationDate"}


def test_a_name_is_taken_in_its_pool_only(running: Running, idp: Any, pool: str) -> None:
    create(idp, pool)
    with refused("GroupExistsException", "A group with the name already exists."):
        create(idp, pool, Description="again")
    create(idp, running.call("CreateUserPool", PoolName="q")["UserPool"]["Id"])


def test_update_changes_what_is_sent(idp: Any, world: World, pool: str) -> None:
    made = create(idp, pool, Description="d", RoleArn=ROLE, Precedence=4)
    world.clock.advance(9)
    changed = idp.update_group(UserPoolId=pool, GroupName="g", Precedence=0)["Group"]
    assert changed == idp.get_group(UserPoolId=pool, GroupName="g")["Group"]
    assert changed.pop("LastModifiedDate") > made.pop("LastModifiedDate")
    assert changed == {**made, "Precedence": 0}
    changed = idp.update_group(UserPoolId=pool, GroupName="g", Description="e", RoleArn=ROLE + "2")["Group"]
    assert (changed["Description"], changed["RoleArn"], changed["Precedence"]) == ("e", ROLE + "2", 0)


def test_delete_ends_memberships(running: Running, idp: Any, pool: str) -> None:
    user(running, pool, password=None)
    create(idp, pool)
    idp.admin_add_user_to_group(UserPoolId=pool, Username="ann", GroupName="g")
    idp.delete_group(UserPoolId=pool, GroupName="g")
    create(idp, pool)
    assert idp.list_users_in_group(UserPoolId=pool, GroupName="g")["Users"] == []
    assert idp.admin_list_groups_for_user(UserPoolId=pool, Username="ann")["Groups"] == []


def test_list_in_pages(idp: Any, pool: str) -> None:
    made = [create(idp, pool, name) for name in "cab"]
    first = idp.list_groups(UserPoolId=pool, Limit=2)
    rest = idp.list_groups(UserPoolId=pool, Limit=2, NextToken=first["NextToken"])
    assert first["Groups"] + rest["Groups"] == made
    assert "NextToken" not in rest
    with refused("InvalidParameterException", "Invalid pagination token."):
        idp.list_users_in_group(UserPoolId=pool, GroupName="a", NextToken=first["NextToken"])


def test_membership(running: Running, idp: Any, pool: str) -> None:
    sub = user(running, pool, password=None, email="ann@example.com")
    create(idp, pool)
    for name in ("ann", "ann", sub):  # again changes nothing; the sub is a name too
        idp.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName="g")
    (member,) = idp.list_users_in_group(UserPoolId=pool, GroupName="g")["Users"]
    assert (member["Username"], member["UserStatus"], member["Enabled"]) == ("ann", "FORCE_CHANGE_PASSWORD", True)
    assert {"Name": "email", "Value": "ann@example.com"} in member["Attributes"]
    for _ in range(2):
        idp.admin_remove_user_from_group(UserPoolId=pool, Username="ann", GroupName="g")
        assert idp.list_users_in_group(UserPoolId=pool, GroupName="g")["Users"] == []


def test_groups_of_a_user_by_precedence(running: Running, idp: Any, pool: str) -> None:
    user(running, pool, password=None)
    for name, members in (("none", {}), ("five", {"Precedence": 5}), ("zero", {"Precedence": 0})):
        create(idp, pool, name, **members)
        idp.admin_add_user_to_group(UserPoolId=pool, Username="ann", GroupName=name)
    create(idp, pool, "other")
    first = idp.admin_list_groups_for_user(UserPoolId=pool, Username="ann", Limit=2)
    rest = idp.admin_list_groups_for_user(UserPoolId=pool, Username="ann", Limit=2, NextToken=first["NextToken"])
    assert names(first) + names(rest) == ["zero", "five", "none"]
    assert "NextToken" not in rest


def test_users_of_a_group_in_pages(running: Running, idp: Any, pool: str) -> None:
    create(idp, pool)
    for name in ("ann", "bob", "cat"):
        user(running, pool, name, password=None)
        idp.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName="g")
    first = idp.list_users_in_group(UserPoolId=pool, GroupName="g", Limit=2)
    rest = idp.list_users_in_group(UserPoolId=pool, GroupName="g", Limit=2, NextToken=first["NextToken"])
    assert [found["Username"] for found in first["Users"] + rest["Users"]] == ["ann", "bob", "cat"]


# --- refusals --------------------------------------------------------------------------------------------

OF_GROUP = ["get_group", "update_group", "delete_group", "list_users_in_group"]
OF_USER_AND_GROUP = ["admin_add_user_to_group", "admin_remove_user_from_group"]


@pytest.mark.parametrize("operation", OF_GROUP)
def test_unknown_group(idp: Any, pool: str, operation: str) -> None:
    with refused("ResourceNotFoundException", "Group not found."):
        getattr(idp, operation)(UserPoolId=pool, GroupName="g")


@pytest.mark.parametrize("operation", OF_USER_AND_GROUP)
def test_unknown_group_or_user(running: Running, idp: Any, pool: str, operation: str) -> None:
    create(idp, pool)
    with refused("UserNotFoundException", "User does not exist."):
        getattr(idp, operation)(UserPoolId=pool, Username="ann", GroupName="g")
    user(running, pool, password=None)
    with refused("ResourceNotFoundException", "Group not found."):
        getattr(idp, operation)(UserPoolId=pool, Username="ann", GroupName="h")


def test_groups_of_nobody(idp: Any, pool: str) -> None:
    with refused("UserNotFoundException", "User does not exist."):
        idp.admin_list_groups_for_user(UserPoolId=pool, Username="ann")


def test_limits(running: Running, idp: Any, pool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MAX_GROUPS", 2)
    monkeypatch.setattr(groups, "MAX_GROUPS_OF_USER", 1)
    user(running, pool, password=None)
    create(idp, pool, "a")
    create(idp, pool, "b")
    with refused("LimitExceededException", "The limit of 2 groups per user pool is reached."):
        create(idp, pool, "c")
    for _ in range(2):  # a member stays one at the limit
        idp.admin_add_user_to_group(UserPoolId=pool, Username="ann", GroupName="a")
    with refused("InvalidParameterException", "The limit of 1 groups per user is reached."):
        idp.admin_add_user_to_group(UserPoolId=pool, Username="ann", GroupName="b")


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("create_group", {"GroupName": "g"}),
        ("list_groups", {}),
        ("admin_list_groups_for_user", {"Username": "ann"}),
        *((name, {"GroupName": "g"}) for name in OF_GROUP),
        *((name, {"GroupName": "g", "Username": "ann"}) for name in OF_USER_AND_GROUP),
    ],
)
def test_foreign_pool(running: Running, pool: str, operation: str, members: dict[str, Any]) -> None:
    stranger = running.client(region="eu-west-1")
    with refused("ResourceNotFoundException", f"User pool {pool} does not exist."):
        getattr(stranger, operation)(UserPoolId=pool, **members)

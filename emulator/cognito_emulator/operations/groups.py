"""Serve groups: their nine operations, for groups and for their members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.page import page_of, slice_of
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import group as rules
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.group import Group, Membership
from cognito_emulator.flows.tokens.issue import groups_of
from cognito_emulator.operations._shapes import stamp, user_type
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World

MAX_GROUPS = 10_000  # a pool [docs: quotas]
MAX_GROUPS_OF_USER = 100


def _shape(group: Group) -> dict[str, Any]:
    return {
        "GroupName": group.name,
        "UserPoolId": group.pool_id,
        "Description": group.description,
        "RoleArn": group.role_arn,
        "Precedence": group.precedence,
        "LastModifiedDate": stamp(group.modified),
        "CreationDate": stamp(group.created),
    }


def _group(world: World, pool: Pool, name: str) -> Group:
    group = world.store.groups.get((pool.id, name))
    if group is None:
        raise errors.group_not_found()
    return group


@operation("CreateGroup")
async def create_group(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    group_name: str,
    description: str | None = None,
    role_arn: str | None = None,
    precedence: int | None = None,
) -> Mapping[str, Any]:
    if world.store.memberships.count("group", (user_pool_id, group_name)):
        from cognito_emulator.flows.pools import deletion  # rarely needed: it brings the records of all tables along

        await deletion.finish_group(world, (user_pool_id, group_name))
    pool = world.pool(user_pool_id, caller.account, caller.region)
    if (pool.id, group_name) in world.store.groups:
        raise errors.GroupExists("A group with the name already exists.")
    if world.store.groups.count("pool", pool.id) >= MAX_GROUPS:
        raise errors.LimitExceeded(f"The limit of {MAX_GROUPS} groups per user pool is reached.")
    now = world.clock.now()
    group = Group(pool.id, group_name, now, now, description, role_arn, precedence)
    with world.store.write():
        world.store.groups.put(group)
    return {"Group": _shape(group)}


@operation("GetGroup")
async def get_group(world: World, *, caller: Caller, user_pool_id: str, group_name: str) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return {"Group": _shape(_group(world, pool, group_name))}


@operation("UpdateGroup")
async def update_group(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    group_name: str,
    description: str | None = None,
    role_arn: str | None = None,
    precedence: int | None = None,
) -> Mapping[str, Any]:
    """Change a group; members that are left out keep their value [assumed]."""
    pool = world.pool(user_pool_id, caller.account, caller.region)
    group = _group(world, pool, group_name)
    changed = replace(
        group,
        description=group.description if description is None else description,
        role_arn=group.role_arn if role_arn is None else role_arn,
        precedence=group.precedence if precedence is None else precedence,
        modified=world.clock.now(),
    )
    with world.store.write():
        world.store.groups.put(changed)
    return {"Group": _shape(changed)}


@operation("DeleteGroup")
async def delete_group(world: World, *, caller: Caller, user_pool_id: str, group_name: str) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    group = _group(world, pool, group_name)
    from cognito_emulator.flows.pools import deletion  # it brings the records of all tables along

    await deletion.delete_group(world, group)


@operation("ListGroups")
async def list_groups(
    world: World, *, caller: Caller, user_pool_id: str, limit: int | None = None, next_token: str | None = None
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    page = page_of(world.store.groups, "pool", pool.id, f"ListGroups:{pool.id}", limit, next_token)
    return {"Groups": [_shape(group) for group in page.items], "NextToken": page.token}


@operation("AdminAddUserToGroup")
async def admin_add_user_to_group(
    world: World, *, caller: Caller, user_pool_id: str, username: str, group_name: str
) -> None:
    """Add a user to a group; a member stays one."""
    pool = world.pool(user_pool_id, caller.account, caller.region)
    user, group = names.get_for_admin(world.store, pool, username), _group(world, pool, group_name)
    membership = Membership(pool.id, group.name, user.sub)
    if membership.key in world.store.memberships:
        return
    if len(groups_of(world, user.key)) >= MAX_GROUPS_OF_USER:
        # LimitExceededException is not modelled for this operation.
        raise errors.InvalidParameter(f"The limit of {MAX_GROUPS_OF_USER} groups per user is reached.").because(
            "api.quota"
        )
    with world.store.write():
        world.store.memberships.put(membership)


@operation("AdminRemoveUserFromGroup")
async def admin_remove_user_from_group(
    world: World, *, caller: Caller, user_pool_id: str, username: str, group_name: str
) -> None:
    """Remove a user from a group; a user who is no member is no error."""
    pool = world.pool(user_pool_id, caller.account, caller.region)
    user, group = names.get_for_admin(world.store, pool, username), _group(world, pool, group_name)
    with world.store.write():
        world.store.memberships.delete((pool.id, group.name, user.sub))


@operation("AdminListGroupsForUser")
async def admin_list_groups_for_user(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    username: str,
    limit: int | None = None,
    next_token: str | None = None,
) -> Mapping[str, Any]:
    """List the groups of a user in order of precedence."""
    pool = world.pool(user_pool_id, caller.account, caller.region)
    user = names.get_for_admin(world.store, pool, username)
    groups = rules.by_precedence(groups_of(world, user.key))
    page = slice_of(groups, f"AdminListGroupsForUser:{user.key}", limit, next_token)
    return {"Groups": [_shape(group) for group in page.items], "NextToken": page.token}


@operation("ListUsersInGroup")
async def list_users_in_group(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    group_name: str,
    limit: int | None = None,
    next_token: str | None = None,
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    group = _group(world, pool, group_name)
    page = page_of(world.store.memberships, "group", group.key, f"ListUsersInGroup:{group.key}", limit, next_token)
    users = [world.store.users.get((m.pool_id, m.sub)) for m in page.items]
    return {"Users": [user_type(user) for user in users if user], "NextToken": page.token}

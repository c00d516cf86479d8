"""Users as administrators manage them, and DeleteUser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cognito_emulator.domain.pools import attributes
from cognito_emulator.domain.users import user_filter
from cognito_emulator.domain.users.names import get_for_admin
from cognito_emulator.flows.pools import deletion
from cognito_emulator.flows.tokens.access import authorize
from cognito_emulator.flows.users import admin_users, user_search
from cognito_emulator.flows.users.admin_users import Invitation
from cognito_emulator.operations._callers import trigger_caller, validation
from cognito_emulator.operations._shapes import mfa_settings, user_type
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


@operation("AdminCreateUser")
async def admin_create_user(world: World, members: Mapping[str, Any], caller: Caller) -> Mapping[str, Any]:
    pool = world.pool(members["UserPoolId"], caller.account, caller.region)
    action = members.get("MessageAction")
    invitation = Invitation(
        members["Username"],
        attributes.pairs(members.get("UserAttributes")),
        temporary=members.get("TemporaryPassword"),
        mediums=members.get("DesiredDeliveryMediums"),
        silent=action == "SUPPRESS",
        force_alias=members.get("ForceAliasCreation", False),
    )
    make = admin_users.invite_again if action == "RESEND" else admin_users.create
    data = validation(members.get("ValidationData"))
    told = trigger_caller(caller, metadata=members.get("ClientMetadata"), validation=data)
    return {"User": user_type(await make(world, pool, invitation, told))}


@operation("AdminGetUser")
async def admin_get_user(world: World, *, caller: Caller, user_pool_id: str, username: str) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    user = get_for_admin(world.store, pool, username)
    answer = user_type(user)
    return {"UserAttributes": answer.pop("Attributes"), **answer, **mfa_settings(user)}


@operation("AdminDeleteUser")
async def admin_delete_user(world: World, *, caller: Caller, user_pool_id: str, username: str) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    await deletion.delete_user(world, get_for_admin(world.store, pool, username))


@operation("AdminEnableUser")
async def admin_enable_user(world: World, *, caller: Caller, user_pool_id: str, username: str) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    await admin_users.set_enabled(world, get_for_admin(world.store, pool, username), True)


@operation("AdminDisableUser")
async def admin_disable_user(world: World, *, caller: Caller, user_pool_id: str, username: str) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    await admin_users.set_enabled(world, get_for_admin(world.store, pool, username), False)


@operation("DeleteUser")
async def delete_user(world: World, *, access_token: str) -> None:
    access = await authorize(world, access_token)
    await deletion.delete_user(world, access.user)


@operation("ListUsers")
async def list_users(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    attributes_to_get: Sequence[str] | None = None,
    limit: int | None = None,
    pagination_token: str | None = None,
    filter: str | None = None,  # noqa: A002 - the member's name
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    page = user_search.search(
        world, pool, user_filter.parse(filter), attributes_to_get, limit=limit, token=pagination_token
    )
    return {"Users": [user_type(user, attributes_to_get) for user in page.items], "PaginationToken": page.token}

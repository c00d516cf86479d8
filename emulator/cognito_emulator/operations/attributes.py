"""Attributes of the signed-in user, and of any user for administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cognito_emulator.domain.pools.attributes import pairs, wire
from cognito_emulator.domain.tokens.token import can_read
from cognito_emulator.domain.users.names import get_for_admin
from cognito_emulator.flows.tokens.access import authorize
from cognito_emulator.flows.users import attributes
from cognito_emulator.operations._callers import trigger_caller
from cognito_emulator.operations._shapes import mfa_options, mfa_settings
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


@operation("GetUser")
async def get_user(world: World, *, access_token: str) -> Mapping[str, Any]:
    """Return `sub`, and the attributes that the client may read."""
    access = await authorize(world, access_token)
    readable = [
        (name, value) for name, value in access.user.all_attributes() if name == "sub" or can_read(access.client, name)
    ]
    settings = {**mfa_options(access.user), **mfa_settings(access.user)}
    return {"Username": access.user.username, "UserAttributes": wire(readable), **settings}


@operation("UpdateUserAttributes")
async def update_user_attributes(
    world: World,
    *,
    caller: Caller,
    access_token: str,
    user_attributes: Sequence[Mapping[str, str]],
    client_metadata: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    access = await authorize(world, access_token)
    told = trigger_caller(caller, access.client.id, client_metadata)
    return {"CodeDeliveryDetailsList": await attributes.update_own(world, access, pairs(user_attributes), told)}


@operation("DeleteUserAttributes")
async def delete_user_attributes(
    world: World, *, caller: Caller, access_token: str, user_attribute_names: Sequence[str]
) -> None:
    access = await authorize(world, access_token)
    told = trigger_caller(caller, access.client.id)
    await attributes.update_own(world, access, dict.fromkeys(user_attribute_names, ""), told)


@operation("GetUserAttributeVerificationCode")
async def get_user_attribute_verification_code(
    world: World,
    *,
    caller: Caller,
    access_token: str,
    attribute_name: str,
    client_metadata: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    access = await authorize(world, access_token)
    told = trigger_caller(caller, access.client.id, client_metadata)
    return {"CodeDeliveryDetails": await attributes.send_code(world, access, attribute_name, told)}


@operation("VerifyUserAttribute")
async def verify_user_attribute(world: World, *, access_token: str, attribute_name: str, code: str) -> None:
    access = await authorize(world, access_token)
    await attributes.verify(world, access, attribute_name, code)


@operation("AdminUpdateUserAttributes")
async def admin_update_user_attributes(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    username: str,
    user_attributes: Sequence[Mapping[str, str]],
    client_metadata: Mapping[str, str] | None = None,
) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    told = trigger_caller(caller, metadata=client_metadata)
    await attributes.update(world, pool, get_for_admin(world.store, pool, username), pairs(user_attributes), told)


@operation("AdminDeleteUserAttributes")
async def admin_delete_user_attributes(
    world: World, *, caller: Caller, user_pool_id: str, username: str, user_attribute_names: Sequence[str]
) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    user = get_for_admin(world.store, pool, username)
    await attributes.update(world, pool, user, dict.fromkeys(user_attribute_names, ""), trigger_caller(caller))

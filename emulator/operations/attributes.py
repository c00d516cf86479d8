"""Attributes of the signed-in user, and of any user for administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from emulator.domain.attributes import pairs, wire
from emulator.domain.names import get_for_admin
from emulator.domain.token import can_read
from emulator.flows import attributes
from emulator.flows.access import authorize
from emulator.operations._shapes import mfa_options, mfa_settings
from emulator.wire.registry import Caller, operation
from emulator.world import World


@operation("GetUser")
async def get_user(world: World, *, access_token: str) -> Mapping[str, Any]:
    """`sub`, and what the client may read."""
    access = await authorize(world, access_token)
    readable = [
        (name, value) for name, value in access.user.all_attributes() if name == "sub" or can_read(access.client, name)
    ]
    settings = {**mfa_options(access.user), **mfa_settings(access.user)}
    return {"Username": access.user.username, "UserAttributes": wire(readable), **settings}


@operation("UpdateUserAttributes", ignores=("ClientMetadata",))
async def update_user_attributes(
    world: World, *, access_token: str, user_attributes: Sequence[Mapping[str, str]]
) -> Mapping[str, Any]:
    access = await authorize(world, access_token)
    return {"CodeDeliveryDetailsList": await attributes.update_own(world, access, pairs(user_attributes))}


@operation("DeleteUserAttributes")
async def delete_user_attributes(world: World, *, access_token: str, user_attribute_names: Sequence[str]) -> None:
    access = await authorize(world, access_token)
    await attributes.update_own(world, access, dict.fromkeys(user_attribute_names, ""))


@operation("GetUserAttributeVerificationCode", ignores=("ClientMetadata",))
async def get_user_attribute_verification_code(
    world: World, *, access_token: str, attribute_name: str
) -> Mapping[str, Any]:
    access = await authorize(world, access_token)
    return {"CodeDeliveryDetails": await attributes.send_code(world, access, attribute_name)}


@operation("VerifyUserAttribute")
async def verify_user_attribute(world: World, *, access_token: str, attribute_name: str, code: str) -> None:
    access = await authorize(world, access_token)
    await attributes.verify(world, access, attribute_name, code)


@operation("AdminUpdateUserAttributes", ignores=("ClientMetadata",))
async def admin_update_user_attributes(
    world: World, *, caller: Caller, user_pool_id: str, username: str, user_attributes: Sequence[Mapping[str, str]]
) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    await attributes.update(world, pool, get_for_admin(world.store, pool, username), pairs(user_attributes))


@operation("AdminDeleteUserAttributes")
async def admin_delete_user_attributes(
    world: World, *, caller: Caller, user_pool_id: str, username: str, user_attribute_names: Sequence[str]
) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    await attributes.update(
        world, pool, get_for_admin(world.store, pool, username), dict.fromkeys(user_attribute_names, "")
    )

"""Passwords: ChangePassword, ForgotPassword, ConfirmForgotPassword, AdminSet- and AdminResetUserPassword."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.domain import names
from emulator.domain.auth_event import FORGOT_PASSWORD, PASSWORD_CHANGE
from emulator.domain.secret_hash import check as check_hash
from emulator.flows import recover
from emulator.flows.access import authorize
from emulator.flows.auth_events import Origin, recorded
from emulator.operations._callers import trigger_caller
from emulator.wire.registry import Caller, operation
from emulator.world import World


@operation("ChangePassword")
async def change_password(
    world: World, *, caller: Caller, access_token: str, proposed_password: str, previous_password: str | None = None
) -> None:
    access = await authorize(world, access_token)
    with recorded(world, access.pool, access.user, PASSWORD_CHANGE, Origin(caller.ip, caller.user_agent)):
        await recover.change(world, access, previous_password, proposed_password)


@operation(
    "ForgotPassword",
    ignores=("AnalyticsMetadata", "UserContextData"),
    simplified="Five codes and five wrong ones an hour: the fewest of AWS's 5 to 20, which depend on risk.",
)
async def forgot_password(
    world: World,
    *,
    caller: Caller,
    client_id: str,
    username: str,
    secret_hash: str | None = None,
    client_metadata: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    pool, client = world.client(client_id)
    check_hash(client, [username], secret_hash)
    user = names.find(world.store, pool, username)
    with recorded(world, pool, user, FORGOT_PASSWORD, Origin(caller.ip, caller.user_agent)):
        told = trigger_caller(caller, client_id, client_metadata)
        return {"CodeDeliveryDetails": await recover.forgot(world, pool, client, username, told)}


@operation(
    "ConfirmForgotPassword",
    ignores=("AnalyticsMetadata", "UserContextData"),
    simplified="Five wrong codes an hour: the fewest of AWS's 5 to 20, which depend on risk.",
)
async def confirm_forgot_password(
    world: World,
    *,
    caller: Caller,
    client_id: str,
    username: str,
    confirmation_code: str,
    password: str,
    secret_hash: str | None = None,
    client_metadata: Mapping[str, str] | None = None,
) -> None:
    pool, client = world.client(client_id)
    check_hash(client, [username], secret_hash)
    told = trigger_caller(caller, client_id, client_metadata)
    await recover.confirm(world, pool, client, username, confirmation_code, password, told)


@operation("AdminSetUserPassword")
async def admin_set_user_password(
    world: World, *, caller: Caller, user_pool_id: str, username: str, password: str, permanent: bool = False
) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    await recover.set_as_admin(world, pool, username, password, permanent=permanent)


@operation("AdminResetUserPassword")
async def admin_reset_user_password(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    username: str,
    client_metadata: Mapping[str, str] | None = None,
) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    await recover.reset_as_admin(world, pool, username, trigger_caller(caller, metadata=client_metadata))

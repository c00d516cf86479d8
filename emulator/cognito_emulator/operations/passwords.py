"""Serve passwords: change, forget, confirm, and the administrator's set and reset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.auth.origin import Origin
from cognito_emulator.domain.clients.secret_hash import check as check_hash
from cognito_emulator.domain.threats.auth_event import FORGOT_PASSWORD
from cognito_emulator.domain.users import names
from cognito_emulator.flows.threats.auth_events import recorded
from cognito_emulator.flows.tokens.access import authorize
from cognito_emulator.flows.users import passwords
from cognito_emulator.operations._callers import trigger_caller
from cognito_emulator.operations._origin import of_user
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


@operation("ChangePassword")
async def change_password(
    world: World, *, caller: Caller, access_token: str, proposed_password: str, previous_password: str | None = None
) -> None:
    access = await authorize(world, access_token)
    await passwords.change(world, access, previous_password, proposed_password, Origin(caller.ip, caller.user_agent))


@operation(
    "ForgotPassword",
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
    user_context_data: Mapping[str, Any] | None = None,
) -> Mapping[str, Any]:
    pool, client = world.client(client_id)
    check_hash(client, [username], secret_hash)
    user = names.find(world.store, pool, username)
    origin = of_user(caller, pool, client, user_context_data)
    with recorded(world, pool, user, FORGOT_PASSWORD, origin):
        told = trigger_caller(caller, client_id, client_metadata, origin=origin)
        return {"CodeDeliveryDetails": await passwords.forgot(world, pool, client, username, told)}


@operation(
    "ConfirmForgotPassword", simplified="Five wrong codes an hour: the fewest of AWS's 5 to 20, which depend on risk."
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
    user_context_data: Mapping[str, Any] | None = None,
) -> None:
    pool, client = world.client(client_id)
    check_hash(client, [username], secret_hash)
    origin = of_user(caller, pool, client, user_context_data)
    told = trigger_caller(caller, client_id, client_metadata, origin=origin)
    await passwords.confirm(world, pool, client, username, code=confirmation_code, typed=password, caller=told)


@operation("AdminSetUserPassword")
async def admin_set_user_password(
    world: World, *, caller: Caller, user_pool_id: str, username: str, password: str, permanent: bool = False
) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    await passwords.set_as_admin(world, pool, username, password, permanent=permanent)


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
    await passwords.reset_as_admin(world, pool, username, trigger_caller(caller, metadata=client_metadata))

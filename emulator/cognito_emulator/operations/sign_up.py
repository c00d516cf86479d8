"""Serve sign-up and its confirmation, by the user and by an administrator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cognito_emulator.domain.clients.secret_hash import check as check_hash
from cognito_emulator.domain.pools import attributes
from cognito_emulator.domain.threats.auth_event import RESEND_CODE
from cognito_emulator.domain.users import names
from cognito_emulator.flows.auth import auto_sign_in
from cognito_emulator.flows.threats.auth_events import recorded
from cognito_emulator.flows.users import sign_up as flow
from cognito_emulator.flows.users.sign_up import SignUpRequest
from cognito_emulator.operations._callers import trigger_caller, validation
from cognito_emulator.operations._origin import of_user
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


@operation("SignUp")
async def sign_up(
    world: World,
    *,
    caller: Caller,
    client_id: str,
    username: str,
    password: str | None = None,
    secret_hash: str | None = None,
    user_attributes: Sequence[Mapping[str, str]] | None = None,
    validation_data: Sequence[Mapping[str, str]] | None = None,
    client_metadata: Mapping[str, str] | None = None,
    user_context_data: Mapping[str, Any] | None = None,
) -> Mapping[str, Any]:
    pool, client = world.client(client_id)
    check_hash(client, [username], secret_hash)
    registration = SignUpRequest(username, password, attributes.pairs(user_attributes))
    origin = of_user(caller, pool, client, user_context_data)
    told = trigger_caller(caller, client_id, client_metadata, validation(validation_data), origin)
    answer = await flow.sign_up(world, pool, client, registration, told)
    session = auto_sign_in.offer(world, client_id, answer, origin)
    return {**answer, "Session": session}


@operation("ConfirmSignUp")
async def confirm_sign_up(
    world: World,
    *,
    caller: Caller,
    client_id: str,
    username: str,
    confirmation_code: str,
    secret_hash: str | None = None,
    force_alias_creation: bool = False,
    session: str | None = None,
    client_metadata: Mapping[str, str] | None = None,
    user_context_data: Mapping[str, Any] | None = None,
) -> Mapping[str, Any]:
    pool, client = world.client(client_id)
    check_hash(client, [username], secret_hash)
    attribute = auto_sign_in.check(world, pool, client, username, session)
    origin = of_user(caller, pool, client, user_context_data)
    told = trigger_caller(caller, client_id, client_metadata, origin=origin)
    await flow.confirm(world, pool, client, username, confirmation_code, caller=told, force_alias=force_alias_creation)
    carried = auto_sign_in.renew_session(
        world, client_id, session, username=username, attribute=attribute, origin=origin
    )
    return {"Session": carried}


@operation("ResendConfirmationCode")
async def resend_confirmation_code(
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
    with recorded(world, pool, user, RESEND_CODE, origin):
        told = trigger_caller(caller, client_id, client_metadata, origin=origin)
        return {"CodeDeliveryDetails": await flow.resend(world, pool, client, username, told)}


@operation("AdminConfirmSignUp")
async def admin_confirm_sign_up(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    username: str,
    client_metadata: Mapping[str, str] | None = None,
) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    await flow.confirm_as_admin(world, pool, username, trigger_caller(caller, metadata=client_metadata))

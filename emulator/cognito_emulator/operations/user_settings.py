"""Serve SetUserSettings and its Admin twin: the older way to switch on SMS MFA."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cognito_emulator.domain.users.names import get_for_admin
from cognito_emulator.flows.auth import mfa_setup
from cognito_emulator.flows.tokens.access import authorize
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


@operation("SetUserSettings")
async def set_user_settings(world: World, *, access_token: str, mfa_options: Sequence[Mapping[str, str]]) -> None:
    access = await authorize(world, access_token)
    mfa_setup.set_options(world, access.pool, access.user, mfa_options)


@operation("AdminSetUserSettings")
async def admin_set_user_settings(
    world: World, *, caller: Caller, user_pool_id: str, username: str, mfa_options: Sequence[Mapping[str, str]]
) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    mfa_setup.set_options(world, pool, get_for_admin(world.store, pool, username), mfa_options)

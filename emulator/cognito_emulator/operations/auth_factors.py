"""What a user can sign in with, and taking an authenticator away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.names import get_for_admin
from cognito_emulator.domain.users.user import User
from cognito_emulator.flows.auth import mfa_setup
from cognito_emulator.flows.tokens.access import authorize
from cognito_emulator.operations._shapes import mfa_settings
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


def _shape(world: World, pool: Pool, user: User) -> Mapping[str, Any]:
    return {
        "Username": user.username,
        **mfa_settings(user),
        "ConfiguredUserAuthFactors": mfa_setup.configured(world, pool, user),
    }


@operation("GetUserAuthFactors")
async def get_user_auth_factors(world: World, *, access_token: str) -> Mapping[str, Any]:
    access = await authorize(world, access_token)
    return _shape(world, access.pool, access.user)


@operation("AdminGetUserAuthFactors")
async def admin_get_user_auth_factors(
    world: World, *, caller: Caller, user_pool_id: str, username: str
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return _shape(world, pool, get_for_admin(world.store, pool, username))


@operation("AdminDeleteSoftwareToken")
async def admin_delete_software_token(world: World, *, caller: Caller, user_pool_id: str, username: str) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    mfa_setup.delete_totp(world, get_for_admin(world.store, pool, username))

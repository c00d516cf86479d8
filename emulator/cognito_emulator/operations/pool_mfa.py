"""The MFA configuration of a user pool: get and set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.pools import pool_mfa, sign_in_policy
from cognito_emulator.flows.pools import replicas
from cognito_emulator.ports.public_suffixes import is_public_suffix
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


@operation("GetUserPoolMfaConfig")
async def get_user_pool_mfa_config(world: World, *, caller: Caller, user_pool_id: str) -> Mapping[str, Any]:
    return pool_mfa.described(world.pool(user_pool_id, caller.account, caller.region))


@operation(
    "SetUserPoolMfaConfig",
    simplified="RelyingPartyId is compared with the public suffix list only if the extra `passkeys` is installed.",
)
async def set_user_pool_mfa_config(world: World, members: Mapping[str, Any], caller: Caller) -> Mapping[str, Any]:
    pool = world.pool(members["UserPoolId"], caller.account, caller.region)
    if is_public_suffix(members.get("WebAuthnConfiguration", {}).get("RelyingPartyId", "")):
        raise sign_in_policy.public_suffix()
    changed = pool_mfa.replaced(pool, world.clock.now(), members)
    replicas.check_change(world, pool, changed)
    with world.store.write():
        replicas.put_pool(world, changed)
    return pool_mfa.described(changed)

"""Serve GetSigningCertificate, by which a SAML provider checks signed requests."""

from __future__ import annotations

from collections.abc import Mapping

from cognito_emulator.ports.certificates import self_signed
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


@operation(
    "GetSigningCertificate", simplified="The certificate belongs to the key that also signs the pool's ID tokens."
)
async def get_signing_certificate(world: World, *, caller: Caller, user_pool_id: str) -> Mapping[str, str]:
    """Return the certificate of the key that signs ID tokens.

    It stays the same as long as the pool has that key, in all of its Regions.
    """
    seen = world.pool(user_pool_id, caller.account, caller.region)
    pool = world.store.pools.get(seen.id) or seen
    keys = await world.keys.of(pool.id)
    return {"Certificate": self_signed(keys.first.id_key, pool.id, pool.created)}

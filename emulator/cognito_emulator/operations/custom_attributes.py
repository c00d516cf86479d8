"""AddCustomAttributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.pools import custom_attributes as rules
from cognito_emulator.domain.users.import_job import check_idle
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


@operation("AddCustomAttributes")
async def add_custom_attributes(
    world: World, *, caller: Caller, user_pool_id: str, custom_attributes: list[Mapping[str, Any]]
) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    check_idle(world.store.import_jobs.where("pool", pool.id))
    changed = rules.added(pool, custom_attributes, world.clock.now())
    with world.store.write():
        world.store.pools.put(changed)

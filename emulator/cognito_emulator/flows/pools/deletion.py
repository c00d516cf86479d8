"""The deletion of a user pool, in slices: others are answered in between.

The pool's own record goes first. From then on nothing finds the pool, its clients, users or tokens, whatever else is
still there. A restore that brings the pool back in between ends the deletion: all is as the snapshot had it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.removal import remove_pool, remove_user

if TYPE_CHECKING:
    from cognito_emulator.world import World

SLICE = 200  # users deleted at once: some milliseconds


async def delete(world: World, pool: Pool) -> None:
    """Delete a pool and everything in it."""
    store = world.store
    # While a recovery is active, no user may go; then all is refused at once, or nothing.
    if store.users.count("pool", pool.id) <= SLICE or len(store.recoveries):
        return remove_rest(world, pool)
    with store.write():
        store.pools.delete(pool.id)
    while store.users.count("pool", pool.id):
        await world.background.give_way()
        if pool.id in store.pools:
            return None
        with store.write():
            for user in store.users.newest("pool", pool.id, SLICE):
                remove_user(store, user)
    return remove_rest(world, pool)


def remove_rest(world: World, pool: Pool) -> None:
    """Delete what is there of a pool, in one write block.

    A pool that is made with the id of one whose deletion has not ended begins without its users.
    """
    with world.store.write():
        remove_pool(world.store, pool)

"""Deletions of records that own very many others, in slices: requests run between.

    owner's own record ──► gone for all callers at once
    what it owns       ──► deleted behind it; nothing finds it without its owner

A restore that brings the owner back in between ends the deletion: all is as the snapshot had it. A record of the same
key begins without what an earlier one has left (`finish_group` and others).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import TYPE_CHECKING, Any

from cognito_emulator.domain import removal

if TYPE_CHECKING:
    from cognito_emulator.domain.clients.client import Client
    from cognito_emulator.domain.identity_pools.identity_pool import IdentityPool
    from cognito_emulator.domain.pools.pool import Pool
    from cognito_emulator.domain.table import Table
    from cognito_emulator.domain.users.group import Group
    from cognito_emulator.domain.users.user import User
    from cognito_emulator.world import World

SLICE = 200  # records deleted at once: some milliseconds


async def delete_pool(world: World, pool: Pool) -> None:
    """Delete a pool and everything in it."""
    store = world.store
    parts = removal.of_pool(store, pool.id)
    await _delete(world, store.pools, pool.id, partial(removal.remove_pool, store, pool.id), parts)


async def delete_group(world: World, group: Group) -> None:
    """Delete a group and its memberships."""
    groups = world.store.groups
    parts = removal.of_group(world.store, group.key)
    await _delete(world, groups, group.key, partial(groups.delete, group.key), parts)


async def delete_user(world: World, user: User) -> None:
    """Delete a user with every record that belongs to them.

    Sign-ins in progress end at their next step.
    """
    users = world.store.users
    parts = removal.of_user(world.store, user.key)
    await _delete(world, users, user.key, partial(users.delete, user.key), parts)


async def delete_client(world: World, client: Client) -> None:
    """Delete an app client with its sign-ins and settings."""
    store = world.store
    parts = removal.of_client(store, client.id)
    await _delete(world, store.clients, client.id, partial(removal.remove_client, store, client), parts)


async def delete_identity_pool(world: World, pool: IdentityPool) -> None:
    """Delete an identity pool and its identities."""
    pools = world.store.identity_pools
    parts = removal.of_identity_pool(world.store, pool.id)
    await _delete(world, pools, pool.id, partial(pools.delete, pool.id), parts)


async def finish_pool(world: World, pool_id: str) -> None:
    """Delete what an earlier pool of this id has left, whose deletion has not ended."""
    await _finish(world, world.store.pools, pool_id, removal.of_pool(world.store, pool_id))


async def finish_group(world: World, key: tuple[str, str]) -> None:
    """Delete what an earlier group of this key has left."""
    await _finish(world, world.store.groups, key, removal.of_group(world.store, key))


async def finish_client(world: World, client_id: str) -> None:
    """Delete what an earlier app client of this id has left."""
    await _finish(world, world.store.clients, client_id, removal.of_client(world.store, client_id))


async def finish_identity_pool(world: World, pool_id: str) -> None:
    """Delete what an earlier identity pool of this id has left."""
    await _finish(world, world.store.identity_pools, pool_id, removal.of_identity_pool(world.store, pool_id))


async def _delete(
    world: World, table: Table[Any], key: Hashable, remove: Callable[[], object], parts: removal.Parts
) -> None:
    """Delete a record, and what it owns.

    Where that is little, all is one write block. While a recovery of the pool is active, the first block is refused.

    Args:
        remove: deletes the record.
        parts: delete what it owns.
    """
    with world.store.write():
        is_over = removal.are_last(parts, SLICE)
        remove()
    if not is_over:
        await _finish(world, table, key, parts)


async def _finish(world: World, table: Table[Any], key: Hashable, parts: removal.Parts) -> None:
    """Delete what a record that is gone has left, while there is none of its key."""
    with world.background.deleting():
        is_over = False
        while not is_over:
            await world.background.give_way()
            if key in table:
                return
            # What no one finds any more is no change of a user: no recovery refuses it.
            with world.store.write(guarded=False):
                is_over = removal.are_last(parts, SLICE)

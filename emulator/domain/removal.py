"""Deleting what owns other records, in one write block of the caller's."""

from __future__ import annotations

from emulator.domain.pool import Pool
from emulator.domain.store import Store


def remove_pool(store: Store, pool: Pool) -> None:
    """Delete a pool and everything in it; costs what the pool holds. Inside a write block.

    Newest first: the end of a long index is the cheap one.
    """
    for group in reversed(store.groups.where("pool", pool.id)):
        for membership in reversed(store.memberships.where("group", group.key)):
            store.memberships.delete(membership.key)
        store.groups.delete(group.key)
    for user in reversed(store.users.where("pool", pool.id)):
        for code in store.codes.where("user", user.key):
            store.codes.delete(code.key)
        for family in reversed(store.families.where("user", user.key)):
            store.families.delete(family.origin)
        store.users.delete(user.key)
    for client in reversed(store.clients.where("pool", pool.id)):
        store.clients.delete(client.id)
    for session in store.sessions.where("all", None):
        if session.attempt.pool_id == pool.id:
            store.sessions.delete(session.digest)
    store.pools.delete(pool.id)

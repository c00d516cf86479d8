"""Deleting what owns other records, in one write block of the caller's."""

from __future__ import annotations

from emulator.domain.pool import Pool
from emulator.domain.store import Store
from emulator.domain.user import User


def remove_user(store: Store, user: User) -> None:
    """Delete a user with everything that hangs on them; sign-ins under way end at their next step."""
    for membership in store.memberships.where("user", user.key):
        store.memberships.delete(membership.key)
    for code in store.codes.where("user", user.key):
        store.codes.delete(code.key)
    for device in store.devices.where("user", user.key):
        store.devices.delete(device.row_key)
    for identity in store.identities.where("user", user.key):
        store.identities.delete(identity.key)
    for family in reversed(store.families.where("user", user.key)):
        store.families.delete(family.origin)
    store.users.delete(user.key)


def remove_pool(store: Store, pool: Pool) -> None:
    """Delete a pool and everything in it; costs what the pool holds. Inside a write block.

    Newest first: the end of a long index is the cheap one.
    """
    for group in reversed(store.groups.where("pool", pool.id)):
        for membership in reversed(store.memberships.where("group", group.key)):
            store.memberships.delete(membership.key)
        store.groups.delete(group.key)
    for user in reversed(store.users.where("pool", pool.id)):
        remove_user(store, user)
    for client in reversed(store.clients.where("pool", pool.id)):
        store.clients.delete(client.id)
    for server in reversed(store.resource_servers.where("pool", pool.id)):
        store.resource_servers.delete(server.key)
    for provider in reversed(store.providers.where("pool", pool.id)):
        store.providers.delete(provider.key)
    for session in store.sessions.where("all", None):
        if session.attempt.pool_id == pool.id:
            store.sessions.delete(session.digest)
    store.pools.delete(pool.id)

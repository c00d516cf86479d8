"""Deleting what owns other records, in one write block of the caller's."""

from __future__ import annotations

from emulator.domain.client import Client
from emulator.domain.pool import Pool
from emulator.domain.store import Store
from emulator.domain.terms import TERMS_NAMES
from emulator.domain.user import User


def remove_user(store: Store, user: User) -> None:
    """Delete a user with everything that hangs on them; sign-ins under way end at their next step."""
    for membership in store.memberships.where("user", user.key):
        store.memberships.delete(membership.key)
    for code in store.codes.where("user", user.key):
        store.codes.delete(code.key)
    for event in reversed(store.auth_events.where("user", user.key)):
        store.auth_events.delete(event.id)
    for device in store.devices.where("user", user.key):
        store.devices.delete(device.row_key)
    for passkey in store.passkeys.where("user", user.key):
        store.passkeys.delete(passkey.key)
    if user.key in store.registrations:
        store.registrations.delete(user.key)
    for identity in store.identities.where("user", user.key):
        store.identities.delete(identity.key)
    for family in reversed(store.families.where("user", user.key)):
        store.families.delete(family.origin)
    store.users.delete(user.key)


def remove_client(store: Store, client: Client) -> None:
    """Delete an app client with its style, look, terms and risk settings. Inside a write block."""
    branding = store.brandings.find("client", (client.pool_id, client.id))
    if branding is not None:
        store.brandings.delete(branding.id)
    for name in TERMS_NAMES:
        terms = store.terms.find("place", (client.pool_id, client.id, name))
        if terms is not None:
            store.terms.delete(terms.id)
    store.looks.delete((client.pool_id, client.id))
    store.risks.delete((client.pool_id, client.id))
    store.clients.delete(client.id)


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
    for code in store.codes.where("pool", pool.id):
        store.codes.delete(code.key)  # promised to names that no user has
    for client in reversed(store.clients.where("pool", pool.id)):
        remove_client(store, client)
    for look in store.looks.where("pool", pool.id):
        store.looks.delete(look.key)
    for risk in store.risks.where("pool", pool.id):
        store.risks.delete(risk.key)
    store.log_deliveries.delete(pool.id)
    for server in reversed(store.resource_servers.where("pool", pool.id)):
        store.resource_servers.delete(server.key)
    for provider in reversed(store.providers.where("pool", pool.id)):
        store.providers.delete(provider.key)
    for session in store.sessions.where("all", None):
        if session.attempt.pool_id == pool.id:
            store.sessions.delete(session.digest)
    store.pools.delete(pool.id)

"""Delete records with those they own, and end sign-ins.

What a record owns may be very much. It is deleted in small parts (`Parts`), so that the caller can end its write block
after some and let others run. Each part looks again at what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, TypeVar

from msgspec.structs import replace

from cognito_emulator.domain.clients.cimd_policy import CimdPolicy
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.clients.terms import TERMS_NAMES
from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.domain.store import Store
from cognito_emulator.domain.table import Table
from cognito_emulator.domain.tokens.token import RefreshFamily
from cognito_emulator.domain.users.group import Group
from cognito_emulator.domain.users.user import User

R = TypeVar("R")
PART = 100  # records that are deleted without a look at what is there now
Parts = Iterator[int]  # deletes some records each time it is resumed, inside a write block, and tells how many


def at_once(parts: Parts) -> None:
    """Delete all parts inside the caller's write block."""
    for _ in parts:
        pass


def are_last(parts: Parts, most: int) -> bool:
    """Delete about so many records; return whether nothing is left.

    Call it inside a write block.
    """
    count = 0
    for deleted in parts:
        count += deleted
        if count >= most:
            return False
    return True


def _clear(table: Table[Any], index: str, value: Hashable) -> Parts:
    """Delete the records with that value, the newest first.

    Deleting at the end of a long index is the cheap case.
    """
    while keys := table.newest_keys(index, value, PART):
        for key in keys:
            table.delete(key)
        yield len(keys)


def of_group(store: Store, key: tuple[str, str]) -> Parts:
    """Delete the memberships of a group."""
    yield from _clear(store.memberships, "group", key)


def of_user(store: Store, key: tuple[str, str]) -> Parts:
    """Delete every record of a user, but not the user's own."""
    owned: tuple[Table[Any], ...] = (
        store.memberships,
        store.codes,
        store.auth_events,
        store.devices,
        store.passkeys,
        store.virtual_passkeys,
        store.identities,
        store.families,
        store.authorization_codes,
        store.browser_sessions,
    )
    for table in owned:
        yield from _clear(table, "user", key)
    store.registrations.delete(key)


def remove_user(store: Store, user: User) -> None:
    """Delete a user and every record of theirs.

    A sign-in in progress ends at its next step.
    """
    at_once(of_user(store, user.key))
    store.users.delete(user.key)


def revoke(store: Store, families: Iterable[RefreshFamily]) -> None:
    """End sign-ins: their refresh and access tokens are refused from now on.

    Call it inside a write block.
    """
    for family in families:
        store.families.put(replace(family, revoked=True))


def of_client(store: Store, client_id: str) -> Parts:
    """Delete the sign-ins of an app client."""
    yield from _clear(store.families, "client", client_id)


def remove_client(store: Store, client: Client) -> None:
    """Delete an app client with its branding, terms and risk settings.

    Sign-ins under way end at their next step, which finds no client. Its CIMD policies stay, without it.
    """
    branding = store.brandings.find("client", (client.pool_id, client.id))
    if branding is not None:
        store.brandings.delete(branding.id)
    for name in TERMS_NAMES:
        terms = store.terms.find("place", (client.pool_id, client.id, name))
        if terms is not None:
            store.terms.delete(terms.id)
    for policy in store.cimd_policies.where("client", client.id):
        # "Amazon Cognito omits this value when the app client no longer exists" [docs: CIMDPolicyType].
        store.cimd_policies.put(replace(policy, client_id=None))
    store.looks.delete((client.pool_id, client.id))
    store.risks.delete((client.pool_id, client.id))
    store.clients.delete(client.id)


def remove_policy(store: Store, policy: CimdPolicy) -> None:
    """Delete a CIMD policy and the documents cached for it. Inside a write block."""
    at_once(_clear(store.client_documents, "policy", policy.id))
    store.cimd_policies.delete(policy.id)


def remove_provider(store: Store, provider: Provider) -> None:
    """Delete an identity provider, and the accounts of its mock provider.

    Call it inside a write block.
    """
    at_once(_clear(store.people, "provider", provider.key))
    store.providers.delete(provider.key)


def of_pool(store: Store, pool_id: str) -> Parts:
    """Delete everything in a pool, but not the pool's own record and its recoveries."""
    yield from _each(store.users, pool_id, lambda user: _user(store, user))
    yield from _each(store.groups, pool_id, lambda group: _group(store, group))
    yield from _each(store.clients, pool_id, lambda client: _client(store, client))
    yield from _each(store.providers, pool_id, lambda provider: _provider(store, provider))
    # Simulated codes remain, of names that no user has.
    owned: tuple[Table[Any], ...] = (
        store.import_jobs,
        store.codes,
        store.looks,
        store.risks,
        store.fixed_risks,
        store.compromised,
        store.resource_servers,
        store.replicas,
        store.log_deliveries,
        store.cimd_policies,
        store.client_documents,
    )
    for table in owned:
        yield from _clear(table, "pool", pool_id)
    yield from _of_sign_ins(store, pool_id)


def remove_pool(store: Store, pool_id: str) -> None:
    """Delete a pool's own record, and its recoveries.

    What goes with the pool is no write that they pause.
    """
    at_once(_clear(store.recoveries, "pool", pool_id))
    store.pools.delete(pool_id)


def _each(table: Table[R], pool_id: str, remove: Callable[[R], Parts]) -> Parts:
    """Delete the records of a pool with what each owns, the newest first."""
    while (record := table.last("pool", pool_id)) is not None:
        yield from remove(record)


def _user(store: Store, user: User) -> Parts:
    yield from of_user(store, user.key)
    store.users.delete(user.key)
    yield 1


def _group(store: Store, group: Group) -> Parts:
    yield from of_group(store, group.key)
    store.groups.delete(group.key)
    yield 1


def _client(store: Store, client: Client) -> Parts:
    yield from of_client(store, client.id)
    remove_client(store, client)
    yield 1


def _provider(store: Store, provider: Provider) -> Parts:
    remove_provider(store, provider)
    yield 1


def _of_sign_ins(store: Store, pool_id: str) -> Parts:
    """Delete the sessions of sign-ins under way.

    There is no index of them by pool: all are looked at.
    """
    for number, digest in enumerate(store.sessions.keys("all", None), 1):
        session = store.sessions.get(digest)
        if session is not None and session.attempt.who.pool_id == pool_id:
            store.sessions.delete(digest)
        if not number % PART:
            yield PART


def of_identity_pool(store: Store, pool_id: str) -> Parts:
    """Delete the identities of an identity pool."""
    yield from _clear(store.federated_identities, "pool", pool_id)

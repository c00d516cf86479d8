"""Delete records with those they own, and end sign-ins.

Each function runs inside the caller's write block.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain.clients.cimd_policy import CimdPolicy
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.clients.terms import TERMS_NAMES
from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.store import Store
from cognito_emulator.domain.table import Table
from cognito_emulator.domain.tokens.token import RefreshFamily
from cognito_emulator.domain.users.user import User


def _clear(table: Table[Any], index: str, value: Hashable) -> None:
    """Delete the records with that value, the newest first.

    Deleting at the end of a long index is the cheap case.
    """
    for record in reversed(table.where(index, value)):
        table.delete(table.key_of(record))


def remove_user(store: Store, user: User) -> None:
    """Delete a user and every record of theirs.

    A sign-in in progress ends at its next step.
    """
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
        _clear(table, "user", user.key)
    store.registrations.delete(user.key)
    store.users.delete(user.key)


def revoke(store: Store, families: Iterable[RefreshFamily]) -> None:
    """End sign-ins: their refresh and access tokens are refused from now on.

    Call it inside a write block.
    """
    for family in families:
        store.families.put(replace(family, revoked=True))


def remove_client(store: Store, client: Client) -> None:
    """Delete an app client with its sign-ins, branding, terms and risk settings.

    Sign-ins under way end at their next step, which finds no client. Its CIMD policies stay, without it.
    """
    _clear(store.families, "client", client.id)
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
    _clear(store.client_documents, "policy", policy.id)
    store.cimd_policies.delete(policy.id)


def remove_provider(store: Store, provider: Provider) -> None:
    """Delete an identity provider, and the accounts of its mock provider.

    Call it inside a write block.
    """
    _clear(store.people, "provider", provider.key)
    store.providers.delete(provider.key)


def remove_pool(store: Store, pool: Pool) -> None:
    """Delete a pool and everything in it.

    Call it inside a write block. The cost depends on what the pool holds.
    """
    for user in reversed(store.users.where("pool", pool.id)):
        remove_user(store, user)
    for client in reversed(store.clients.where("pool", pool.id)):
        remove_client(store, client)
    for provider in reversed(store.providers.where("pool", pool.id)):
        remove_provider(store, provider)
    # Simulated codes remain, of names that no user has.
    owned: tuple[Table[Any], ...] = (
        store.groups,
        store.import_jobs,
        store.codes,
        store.looks,
        store.risks,
        store.fixed_risks,
        store.compromised,
        store.resource_servers,
        store.replicas,
        store.recoveries,
        store.log_deliveries,
        store.cimd_policies,
        store.client_documents,
    )
    for table in owned:
        _clear(table, "pool", pool.id)
    for session in store.sessions.where("all", None):
        if session.attempt.who.pool_id == pool.id:
            store.sessions.delete(session.digest)
    store.pools.delete(pool.id)

"""Find what operations would refuse to set again, so that no block carries it.

The section State has it. It was set while it was allowed. Then a pool moved to the Lite plan or stopped tracking
sessions, or a domain or a resource server was deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.clients import cimd_policy
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.clients.client_oauth import REGISTRATION_SCOPE, STANDARD_SCOPES
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.store import Store

# Tables of which only such rows are in State, and the fields of others that are.
ROWS = ("cimd_policies", "looks")
POOL_FIELDS = ("tracks_sessions", "max_sessions")
CLIENT_FIELDS = ("sso_minutes", "settings", "flows", "scopes")
_FLOW = "ALLOW_USER_AUTH"
_OAUTH = ("AllowedOAuthFlowsUserPoolClient", "AllowedOAuthFlows", "AllowedOAuthScopes")


def is_retained(store: Store, table: str, record: Any) -> bool:
    """Return whether no block can carry a record of one of `ROWS`."""
    pool = store.pools.get(record.pool_id)
    if pool is None:
        return False
    return not (cimd_policy.is_available(pool) if table == "cimd_policies" else has_looks(store, pool))


def retained_fields(store: Store, record: Any) -> set[str]:
    """Return those fields of a record that no block can carry: of a pool or a client."""
    if isinstance(record, Pool):
        return set() if has_sessions(record) else set(POOL_FIELDS)
    pool = store.pools.get(record.pool_id) if isinstance(record, Client) else None
    if pool is None:
        return set()
    found = set() if has_sessions(pool) and pool.tracks_sessions else {"sso_minutes"}
    return found | ({"settings", "flows", "scopes"} if shortened(store, pool, record.settings) else set())


def has_sessions(pool: Pool) -> bool:
    """Return whether the pool's plan lets its session tracking be set."""
    return pool.tier != "LITE"


def has_looks(store: Store, pool: Pool) -> bool:
    """Return whether the looks of the pool's classic pages can be set."""
    return store.domains.count("pool", pool.id) > 0


def shortened(store: Store, pool: Pool, block: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a client's block that the operation takes only in part.

    Its scopes may be of a deleted resource server, and its flows of a higher plan. Without scopes it has no OAuth.
    """
    made: dict[str, Any] = {}
    flows, scopes = block.get("ExplicitAuthFlows", ()), block.get("AllowedOAuthScopes", ())
    if pool.tier == "LITE" and _FLOW in flows:
        made["ExplicitAuthFlows"] = [flow for flow in flows if flow != _FLOW]
    servers = store.resource_servers.where("pool", pool.id)
    known = {*STANDARD_SCOPES, REGISTRATION_SCOPE, *(scope for server in servers for scope in server.scope_names)}
    if not known.issuperset(scopes):
        left = [scope for scope in scopes if scope in known]
        made |= {"AllowedOAuthScopes": left} if left else dict.fromkeys(_OAUTH)
    return made

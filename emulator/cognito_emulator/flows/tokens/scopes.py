"""The one function that selects the scopes of access tokens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cognito_emulator.domain.clients import scopes as rules

if TYPE_CHECKING:
    from cognito_emulator.world import World


def active(world: World, pool_id: str, scopes: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes of a grant that a token holds now, in the order of its claim."""
    servers = world.store.resource_servers.where("pool", pool_id)
    return rules.active(scopes, [scope for server in servers for scope in server.scope_names])

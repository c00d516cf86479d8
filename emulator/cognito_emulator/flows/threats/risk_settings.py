"""The effective risk configuration, and how a Region shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cognito_emulator.domain.pools import replica as replicas
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.threats.risk import RiskConfiguration
from cognito_emulator.flows.pools.replicas import of_view

if TYPE_CHECKING:
    from cognito_emulator.world import World


def seen(world: World, pool: Pool, risk: RiskConfiguration | None) -> RiskConfiguration | None:
    """Return a risk configuration as the Region of `pool` shows it."""
    if risk is None or not pool.is_replica:
        return risk
    return replace(risk, settings=replicas.risk_seen(of_view(world, pool), risk.client_id, risk.settings))


def configuration(world: World, pool: Pool, client_id: str) -> Mapping[str, Any]:
    """Return the three blocks that apply to a client.

    Its own configuration replaces the pool's as a whole [docs: cognito-user-pool-settings-threat-protection]. The
    result is empty where there is neither.
    """
    risks = world.store.risks
    found = seen(world, pool, risks.get((pool.id, client_id)) or risks.get((pool.id, None)))
    return found.settings if found else {}

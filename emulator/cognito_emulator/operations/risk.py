"""Serve risk configuration of threat protection, for a pool or an app client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.pools import replica as replicas
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.threats import risk as rules
from cognito_emulator.domain.threats.risk import RiskConfiguration
from cognito_emulator.flows.pools.replicas import of_view
from cognito_emulator.flows.threats.risk_settings import seen
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World

_BLOCKS = (
    "CompromisedCredentialsRiskConfiguration",
    "AccountTakeoverRiskConfiguration",
    "RiskExceptionConfiguration",
)


def _shape(pool: Pool, client_id: str | None, risk: RiskConfiguration | None) -> Mapping[str, Any]:
    """Return RiskConfigurationType; blocks that were not set are absent."""
    settings = risk.settings if risk else {}
    modified = {"LastModifiedDate": stamp(risk.modified)} if risk else {}
    return {"RiskConfiguration": {"UserPoolId": pool.id, "ClientId": client_id, **settings, **modified}}


@operation("DescribeRiskConfiguration")
async def describe_risk_configuration(
    world: World, *, caller: Caller, user_pool_id: str, client_id: str | None = None
) -> Mapping[str, Any]:
    """Describe a risk configuration; without its own, a client shows no blocks.

    Such a client inherits the pool's. UserPoolAddOnNotEnabledException is in the model, but is not raised: tests on AWS
    set and read configurations of pools without the add-on [observed: hashicorp/terraform-provider-aws].
    """
    pool = world.pool(user_pool_id, caller.account, caller.region)
    target = None if client_id is None else world.client_of(pool, client_id).id
    return _shape(pool, target, seen(world, pool, world.store.risks.get((pool.id, target))))


@operation("SetRiskConfiguration")
async def set_risk_configuration(world: World, members: Mapping[str, Any], caller: Caller) -> Mapping[str, Any]:
    """Replace all three blocks; without any the target goes back to the defaults.

    [docs: SetRiskConfiguration]
    """
    pool = world.pool(members["UserPoolId"], caller.account, caller.region)
    target = world.client_of(pool, members["ClientId"]).id if "ClientId" in members else None
    settings = rules.completed({name: block for name, block in members.items() if name in _BLOCKS})
    if pool.is_replica:
        return _set_sender(world, pool, target, settings)
    risk = RiskConfiguration(pool.id, target, settings, world.clock.now())
    with world.store.write():
        if settings:
            world.store.risks.put(risk)
        else:
            world.store.risks.delete(risk.key)
    return _shape(pool, target, risk if settings else None)


def _set_sender(world: World, pool: Pool, target: str | None, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Set a sender only: SetRiskConfiguration in a secondary Region."""
    risk = world.store.risks.get((pool.id, target))
    changed = replicas.with_sender(of_view(world, pool), target, risk.settings if risk else {}, settings)
    with world.store.write():
        world.store.replicas.put(changed)
    return _shape(pool, target, seen(world, pool, risk))

"""Risk configuration of threat protection: describe and set, for a pool or one of its app clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.pools import replica as replicas
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.threats import risk as rules
from cognito_emulator.domain.threats.risk import RiskConfiguration
from cognito_emulator.flows.pools.replicas import of_view
from cognito_emulator.flows.threats.risk_settings import seen
from cognito_emulator.operations._given import given
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World

_EMAIL = ("Subject", "HtmlBody", "TextBody")
_NOTIFY = "AccountTakeoverRiskConfiguration.NotifyConfiguration"
_ACTIONS = "AccountTakeoverRiskConfiguration.Actions"
_NESTED = (
    "CompromisedCredentialsRiskConfiguration.EventFilter",
    "CompromisedCredentialsRiskConfiguration.Actions",
    "CompromisedCredentialsRiskConfiguration.Actions.EventAction",
    _NOTIFY,
    *(f"{_NOTIFY}.{name}" for name in ("From", "ReplyTo", "SourceArn", "BlockEmail", "NoActionEmail", "MfaEmail")),
    *(f"{_NOTIFY}.{email}.{name}" for email in ("BlockEmail", "NoActionEmail", "MfaEmail") for name in _EMAIL),
    _ACTIONS,
    *(f"{_ACTIONS}.{level}Action" for level in ("Low", "Medium", "High")),
    *(f"{_ACTIONS}.{level}Action.{name}" for level in ("Low", "Medium", "High") for name in ("Notify", "EventAction")),
    "RiskExceptionConfiguration.BlockedIPRangeList",
    "RiskExceptionConfiguration.SkippedIPRangeList",
)


def _shape(pool: Pool, client_id: str | None, risk: RiskConfiguration | None) -> Mapping[str, Any]:
    """RiskConfigurationType; blocks that were not set are absent."""
    settings = risk.settings if risk else {}
    modified = {"LastModifiedDate": stamp(risk.modified)} if risk else {}
    return {"RiskConfiguration": {"UserPoolId": pool.id, "ClientId": client_id, **settings, **modified}}


@operation("DescribeRiskConfiguration")
async def describe_risk_configuration(
    world: World, *, caller: Caller, user_pool_id: str, client_id: str | None = None
) -> Mapping[str, Any]:
    """A client without a configuration of its own is shown without blocks: it inherits the pool's.

    UserPoolAddOnNotEnabledException is modelled, but acceptance tests on AWS set and read configurations of pools
    without the add-on, so it is not raised.
    """
    pool = world.pool(user_pool_id, caller.account, caller.region)
    target = None if client_id is None else world.client_of(pool, client_id).id
    return _shape(pool, target, seen(world, pool, world.store.risks.get((pool.id, target))))


@operation(
    "SetRiskConfiguration",
    nested=_NESTED,
)
async def set_risk_configuration(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    client_id: str | None = None,
    compromised_credentials_risk_configuration: Mapping[str, Any] | None = None,
    account_takeover_risk_configuration: Mapping[str, Any] | None = None,
    risk_exception_configuration: Mapping[str, Any] | None = None,
) -> Mapping[str, Any]:
    """Replaces all three blocks; without any of them the target goes back to the defaults (API reference)."""
    pool = world.pool(user_pool_id, caller.account, caller.region)
    target = None if client_id is None else world.client_of(pool, client_id).id
    settings = rules.completed(
        given(
            CompromisedCredentialsRiskConfiguration=compromised_credentials_risk_configuration,
            AccountTakeoverRiskConfiguration=account_takeover_risk_configuration,
            RiskExceptionConfiguration=risk_exception_configuration,
        )
    )
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
    """SetRiskConfiguration in a secondary Region."""
    risk = world.store.risks.get((pool.id, target))
    changed = replicas.with_sender(of_view(world, pool), target, risk.settings if risk else {}, settings)
    with world.store.write():
        world.store.replicas.put(changed)
    return _shape(pool, target, seen(world, pool, risk))

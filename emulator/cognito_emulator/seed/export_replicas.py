"""Export a pool's replica: the block that makes it again (`seed.replicas`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.pools.replica import INACTIVE, Replica, risk_seen
from cognito_emulator.seed.at_once import at_once
from cognito_emulator.seed.plain import present, shaped
from cognito_emulator.seed.replicas import REGIONAL
from cognito_emulator.wire.model import IDP
from cognito_emulator.wire.registry import Caller, call
from cognito_emulator.world import World

Block = dict[str, Any]


def replica_block(world: World, pool: Pool, replica: Replica) -> Block:
    """Return the block of one replica; one that is being made is as good as made."""
    away = Caller(pool.account, replica.region)

    def ask(operation: str, **members: str) -> Mapping[str, Any]:
        return at_once(call(world, IDP, operation, members, away))

    def domain(name: str) -> Block:
        found = ask("DescribeUserPoolDomain", Domain=name)["DomainDescription"]
        return shaped(IDP, "CreateUserPoolDomain", found, ("UserPoolId",))

    # A custom domain serves all Regions, and is in the pool's own block.
    found = [one for one in world.store.domains.where("pool", pool.id) if not one.serves(pool)]
    domains = [one.name for one in found if one.region == replica.region]
    settings = {name: value for name, value in replica.settings.items() if name in REGIONAL}
    return present(
        {
            "RegionName": replica.region,
            "Status": replica.status(world.clock.now() + 1) or INACTIVE,
            "UserPoolTags": dict(replica.settings.get("UserPoolTags", {})) or None,
            **shaped(IDP, "UpdateUserPool", settings),
            "Domains": [domain(name) for name in domains],
            "RiskConfigurations": _risks(world, pool, replica),
            "LogDeliveryConfigurations": _logs(world, replica),
        }
    )


def _risks(world: World, pool: Pool, replica: Replica) -> list[Block]:
    """Return the configurations that have a sender of the Region's own."""
    found = [risk for risk in world.store.risks.where("pool", pool.id) if replica.senders.get(risk.client_id or "")]
    seen = ({**risk_seen(replica, one.client_id, one.settings), "ClientId": one.client_id} for one in found)
    return [shaped(IDP, "SetRiskConfiguration", one) for one in seen]


def _logs(world: World, replica: Replica) -> list[Block]:
    found = world.store.log_deliveries.get(replica.key)
    return [{"LogConfigurations": [dict(one) for one in found.configurations]}] if found else []

"""Serve provisioned limits: an account's request rates in a Region."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain import limits as rules
from cognito_emulator.domain.limits import ProvisionedLimit
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


def _shape(world: World, caller: Caller, definition: Mapping[str, Any], category: str) -> Mapping[str, Any]:
    limit = world.store.limits.get((caller.account, caller.region, category))
    return {
        "Limit": {
            "LimitDefinition": definition,
            "ProvisionedLimitValue": limit.value if limit else rules.DEFAULTS[category],
            "FreeLimitValue": rules.DEFAULTS[category],
        }
    }


def _has_managed_login(world: World, caller: Caller) -> bool:
    """Tell whether a pool of the account has a domain with managed login.

    Only pools of the Region count.
    """
    pools = world.store.pools.where("home", (caller.account, caller.region))
    return any(domain.version == 2 for pool in pools for domain in world.store.domains.where("pool", pool.id))


@operation("GetProvisionedLimit")
async def get_provisioned_limit(
    world: World, *, caller: Caller, limit_definition: Mapping[str, Any]
) -> Mapping[str, Any]:
    return _shape(world, caller, limit_definition, rules.category_of(limit_definition["Attributes"]))


@operation(
    "UpdateProvisionedLimit",
    simplified="At most ten times the free rate. API calls are counted from then on; pages and federation are not.",
)
async def update_provisioned_limit(
    world: World, *, caller: Caller, limit_definition: Mapping[str, Any], requested_limit_value: int
) -> Mapping[str, Any]:
    """Set the rate and begin to count.

    Calls without credentials count for the default account and Region.
    """
    category = rules.category_of(limit_definition["Attributes"])
    rules.check_value(category, requested_limit_value, managed_login=_has_managed_login(world, caller))
    with world.store.write():
        world.store.limits.put(ProvisionedLimit(caller.account, caller.region, category, requested_limit_value))
    return _shape(world, caller, limit_definition, category)

"""Export of logs: get and set where a pool's events go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.threats.log_delivery import LogDelivery, checked
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


def _shape(logs: LogDelivery) -> Mapping[str, Any]:
    return {"LogDeliveryConfiguration": {"UserPoolId": logs.pool_id, "LogConfigurations": logs.configurations}}


@operation("GetLogDeliveryConfiguration")
async def get_log_delivery_configuration(world: World, *, caller: Caller, user_pool_id: str) -> Mapping[str, Any]:
    """Return the configuration; an empty list if it was never set.

    The model requires the member.
    """
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return _shape(world.store.log_deliveries.get((pool.id, pool.region)) or LogDelivery(pool.id, pool.region, ()))


@operation(
    "SetLogDeliveryConfiguration",
    simplified="The entries are at /_emulator/logs; nothing is sent to CloudWatch Logs, S3 or Firehose.",
)
async def set_log_delivery_configuration(
    world: World, *, caller: Caller, user_pool_id: str, log_configurations: list[Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Replace the whole list; an empty one ends the export."""
    pool = world.pool(user_pool_id, caller.account, caller.region)
    logs = LogDelivery(pool.id, pool.region, checked(pool, log_configurations))
    with world.store.write():
        world.store.log_deliveries.put(logs)
    return _shape(logs)

"""Point-in-time recovery of a pool's users, groups, MFA settings and passkeys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.history import KEPT_CHANGES
from cognito_emulator.domain.page import slice_of
from cognito_emulator.domain.pools.recovery import GENERATING, Recovery
from cognito_emulator.flows.users import recoveries
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


def _summary(world: World, recovery: Recovery) -> dict[str, Any]:
    """Return RestorationDescriptionType."""
    return {
        "RestoreId": recovery.id,
        "RestoreStatus": recovery.status(world.clock.now()),
        "RestoreTimestamp": stamp(recovery.point),
    }


def _shape(world: World, recovery: Recovery) -> dict[str, Any]:
    """Return RestorationType; the preview is there once it is generated."""
    shape = {**_summary(world, recovery), "TriggerTimestamp": stamp(recovery.created)}
    if recovery.preview is not None and shape["RestoreStatus"] != GENERATING:
        shape["RestorePreview"] = [
            {
                "Entity": one.entity,
                "CreateCount": one.creates,
                "UpdateCount": one.updates,
                "DeleteCount": one.deletes,
            }
            for one in recovery.preview
        ]
    return shape


@operation(
    "InitiatePointInTimeRecovery",
    simplified=f"The last {KEPT_CHANGES:,} changes of users, groups and passkeys of all pools are kept; "
    "a preview of older ones fails. PREVIEW_GENERATING lasts one second.",
)
async def initiate_point_in_time_recovery(
    world: World, *, caller: Caller, user_pool_id: str, restore_timestamp: float
) -> Mapping[str, Any]:
    """Pause writes to the pool's users, and count what a recovery would change."""
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return {"Restoration": _shape(world, await recoveries.initiate(world, pool, restore_timestamp))}


@operation("DescribePointInTimeRecovery")
async def describe_point_in_time_recovery(
    world: World, *, caller: Caller, user_pool_id: str, restore_id: str
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return {"Restoration": _shape(world, recoveries.find(world, pool, restore_id))}


@operation("ListPointInTimeRecoveries")
async def list_point_in_time_recoveries(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    max_results: int | None = None,
    next_token: str | None = None,
) -> Mapping[str, Any]:
    """List the pool's recoveries, newest first, without previews."""
    pool = world.pool(user_pool_id, caller.account, caller.region)
    found = recoveries.of_pool(world, pool)
    page = slice_of(found, f"ListPointInTimeRecoveries:{pool.id}", max_results, next_token)
    return {"Restorations": [_summary(world, one) for one in page.items], "NextToken": page.token}


@operation("StartPointInTimeRecovery", simplified="All is restored at once; RESTORING lasts one second.")
async def start_point_in_time_recovery(
    world: World, *, caller: Caller, user_pool_id: str, restore_id: str
) -> Mapping[str, Any]:
    """Restore the pool's users, groups, MFA settings and passkeys."""
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return {"Restoration": _shape(world, recoveries.start(world, recoveries.find(world, pool, restore_id)))}


@operation("CancelPointInTimeRecovery")
async def cancel_point_in_time_recovery(
    world: World, *, caller: Caller, user_pool_id: str, restore_id: str
) -> Mapping[str, Any]:
    """Let writes go on."""
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return {"Restoration": _shape(world, recoveries.cancel(world, recoveries.find(world, pool, restore_id)))}

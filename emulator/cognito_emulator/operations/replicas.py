"""Serve replicas of user pools (their effect in a Region: `domain.pools.replica`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.page import slice_of
from cognito_emulator.domain.pools import replica as rules
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.pools.replica import Replica
from cognito_emulator.flows.pools import replicas
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


def _shape(world: World, replica: Replica) -> dict[str, Any]:
    """Return UserPoolReplicaType of a secondary."""
    return {
        "RegionName": replica.region,
        "Status": replica.status(world.clock.now()),
        "Role": "SECONDARY",
        "UserPoolArn": replica.arn,
    }


def _primary(pool: Pool) -> dict[str, Any]:
    """Return UserPoolReplicaType of the pool itself, whichever Region asks."""
    arn = replace(pool, region=pool.primary_region).arn
    return {"RegionName": pool.primary_region, "Status": "ACTIVE", "Role": "PRIMARY", "UserPoolArn": arn}


def _replica(world: World, pool: Pool, region: str) -> Replica:
    """Return a secondary replica of the pool; errors are in [own wording].

    Raises:
        InvalidParameter: the Region is the primary one, which cannot be switched off or deleted alone.
        ResourceNotFound
    """
    if region == pool.primary_region:
        raise errors.InvalidParameter(f"Region {region} is the primary Region of user pool {pool.id}.").because(
            "pools.replica-region", setting="RegionName", value=region
        )
    found = next((replica for replica in replicas.of_pool(world, pool) if replica.region == region), None)
    if found is None:
        raise errors.ResourceNotFound(f"User pool {pool.id} has no replica in Region {region}.").because(
            "pools.replica-region", setting="RegionName", value=region
        )
    return found


@operation(
    "CreateUserPoolReplica",
    simplified="This server is both Regions, so nothing is copied; CREATING lasts one second.",
)
async def create_user_pool_replica(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    region_name: str,
    user_pool_tags: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    """Create a replica: CREATING, and soon INACTIVE.

    Only UpdateUserPoolReplica makes it ACTIVE.
    """
    pool = world.pool(user_pool_id, caller.account, caller.region)
    made = rules.new(pool, region_name, world.clock.now(), user_pool_tags or {})
    if len(replicas.of_pool(world, pool)) >= rules.MAX_REPLICAS:
        raise errors.LimitExceeded(f"User pool {pool.id} can have at most {rules.MAX_REPLICAS} secondary replica.")
    with world.store.write():
        for gone in world.store.replicas.where("pool", pool.id):
            world.store.replicas.delete(gone.key)
        world.store.replicas.put(made)
    return {"UserPoolReplica": _shape(world, made)}


@operation(
    "UpdateUserPoolReplica",
    simplified="Unsigned calls go to the primary Region, unless AWS's host name or the path names another.",
)
async def update_user_pool_replica(
    world: World, *, caller: Caller, user_pool_id: str, region_name: str, status: str
) -> Mapping[str, Any]:
    """Set a replica's status, effective at once, from either Region.

    The status that it has already is no error.
    """
    pool = world.pool(user_pool_id, caller.account, caller.region)
    replica = _replica(world, pool, region_name)
    now = world.clock.now()
    rules.check_status(replica, now, (rules.INACTIVE, rules.ACTIVE))
    changed = replace(replica, phase=status, since=now)
    with world.store.write():
        world.store.replicas.put(changed)
    return {"UserPoolReplica": _shape(world, changed)}


@operation("DeleteUserPoolReplica", simplified="DELETING lasts one second.")
async def delete_user_pool_replica(
    world: World, *, caller: Caller, user_pool_id: str, region_name: str
) -> Mapping[str, Any]:
    """Delete a replica: DELETING, and soon gone from the list.

    The settings that were the Region's own are deleted with it.
    """
    pool = world.pool(user_pool_id, caller.account, caller.region)
    replica = _replica(world, pool, region_name)
    now = world.clock.now()
    rules.check_status(replica, now, (rules.INACTIVE,))
    domains = world.store.domains.where("pool", pool.id)
    if any(domain.region == region_name and not domain.is_custom for domain in domains):
        # Not documented; as DeleteUserPool.
        raise errors.InvalidParameter(
            "The replica cannot be deleted. It has a domain that should be deleted first."
        ).because("pools.replica-state")
    changed = replace(replica, phase=rules.DELETING, since=now)
    with world.store.write():
        world.store.replicas.put(changed)
        world.store.log_deliveries.delete(replica.key)
    return {"UserPoolReplica": _shape(world, changed)}


@operation("ListUserPoolReplicas")
async def list_user_pool_replicas(
    world: World, *, caller: Caller, user_pool_id: str, next_token: str | None = None
) -> Mapping[str, Any]:
    """List replicas, the primary first, on one page.

    There is no page size to ask for.
    """
    pool = world.pool(user_pool_id, caller.account, caller.region)
    listed = [_primary(pool), *(_shape(world, replica) for replica in replicas.of_pool(world, pool))]
    page = slice_of(listed, f"ListUserPoolReplicas:{pool.id}", None, next_token)
    return {"UserPoolReplicas": page.items, "NextToken": page.token}

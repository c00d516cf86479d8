"""User pools: create, describe, list, update, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain import errors
from cognito_emulator.domain.hosted.hosted_domain import check_tier
from cognito_emulator.domain.page import page_across
from cognito_emulator.domain.pools import pool_mfa, pool_settings, pool_tags
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.table import Table
from cognito_emulator.domain.users.import_job import check_idle
from cognito_emulator.flows.pools import replicas
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World

MAX_POOLS = 1000  # an account and Region [docs: quotas]


def _describe(world: World, pool: Pool) -> dict[str, Any]:
    """Return UserPoolType, with the defaults that AWS fills in."""
    shown = {name: value for name, value in pool.settings.items() if name not in pool_mfa.NOT_DESCRIBED}
    answer = {
        "Id": pool.id,
        "Name": pool.name,
        "Arn": pool.arn,
        **shown,
        "LastModifiedDate": stamp(pool.modified),
        "CreationDate": stamp(pool.created),
        "SchemaAttributes": [spec.describe() for spec in pool.schema.values()],
        "MfaConfiguration": pool.mfa.mode,
        "EstimatedNumberOfUsers": world.store.users.count("pool", pool.id),
        **_domains(world, pool),
    }
    if pool.tier == "LITE":
        # The names of the levels need Essentials; whether a Lite pool shows them is not known.
        answer.pop("AcrConfiguration", None)
    return answer


def _domains(world: World, pool: Pool) -> dict[str, str]:
    """Domain (the prefix) and CustomDomain, each where the pool has one."""
    return {"CustomDomain" if domain.is_custom else "Domain": domain.name for domain in world.domains(pool)}


@operation("CreateUserPool", simplified="A customer managed key encrypts nothing.")
async def create_user_pool(world: World, members: Mapping[str, Any], caller: Caller) -> Mapping[str, Any]:
    pool_id = pool_tags.custom_id(members.get("UserPoolTags", {}), caller.region)
    pool_id = pool_id or f"{caller.region}_{world.ids.pool_suffix()}"
    pool = pool_settings.new_pool(pool_id, caller.account, caller.region, world.clock.now(), members)
    if pool_id in world.store.pools:
        # Only an id that the caller chose can be taken.
        raise _exists(pool_id)
    if _is_left(world, pool_id):
        from cognito_emulator.flows.pools import deletion  # it brings the records of all tables along

        await deletion.finish_pool(world, pool_id)
        if pool_id in world.store.pools:
            raise _exists(pool_id)
    if world.store.pools.count("home", (caller.account, caller.region)) >= MAX_POOLS:
        raise errors.LimitExceeded(f"The limit of {MAX_POOLS} user pools per account and Region is reached.")
    with world.store.write():
        world.store.pools.put(pool)
    return {"UserPool": _describe(world, pool)}


def _is_left(world: World, pool_id: str) -> bool:
    """Return whether there is something of an earlier pool of that id."""
    store = world.store
    tables: tuple[Table[Any], ...] = (store.users, store.groups, store.clients, store.compromised, store.fixed_risks)
    return any(table.count("pool", pool_id) for table in tables)


def _exists(pool_id: str) -> errors.InvalidParameter:
    return errors.InvalidParameter(f"User pool {pool_id} already exists.").because("pools.exists", value=pool_id)


@operation("DescribeUserPool", simplified="EstimatedNumberOfUsers is the exact number at every moment.")
async def describe_user_pool(world: World, *, caller: Caller, user_pool_id: str) -> Mapping[str, Any]:
    return {"UserPool": _describe(world, world.pool(user_pool_id, caller.account, caller.region))}


@operation("ListUserPools")
async def list_user_pools(
    world: World, *, caller: Caller, max_results: int, next_token: str | None = None
) -> Mapping[str, Any]:
    home = (caller.account, caller.region)
    now = world.clock.now()
    page = page_across(
        (world.store.pools, world.store.replicas),
        "home",
        home,
        f"ListUserPools:{home}",
        max_results,
        next_token,
        lambda record: isinstance(record, Pool) or record.serves(now),
    )
    pools = [item if isinstance(item, Pool) else world.pool(item.pool_id, *home) for item in page.items]
    return {"UserPools": [_summary(world, pool) for pool in pools], "NextToken": page.token}


def _summary(world: World, pool: Pool) -> dict[str, Any]:
    """Return UserPoolDescriptionType.

    ReplicaRegions are all Regions of a replicated pool, whose primary is a replica too.
    """
    others = [replica.region for replica in replicas.of_pool(world, pool)]
    return {
        "ReplicaRegions": [pool.primary_region, *others] if others else None,
        "Id": pool.id,
        "Name": pool.name,
        "LambdaConfig": pool.settings["LambdaConfig"],
        "LastModifiedDate": stamp(pool.modified),
        "CreationDate": stamp(pool.created),
    }


@operation("UpdateUserPool", simplified="A customer managed key encrypts nothing.")
async def update_user_pool(world: World, members: Mapping[str, Any], caller: Caller) -> None:
    """Change a pool; what is left out goes back to its default or stays.

    See `domain.pools.pool_settings.KEPT`.
    """
    pool = world.pool(members["UserPoolId"], caller.account, caller.region)
    check_idle(world.store.import_jobs.where("pool", pool.id))
    changed = pool_settings.updated(pool, world.clock.now(), members)
    check_tier(changed, [domain.version for domain in world.store.domains.where("pool", pool.id)])
    regions = [pool.primary_region, *(replica.region for replica in replicas.of_pool(world, pool))]
    exports = [world.store.log_deliveries.get((pool.id, region)) for region in regions]
    if any(exports):
        from cognito_emulator.domain.threats import log_delivery  # few pools export logs

        log_delivery.check_tier(changed, [logs for logs in exports if logs])
    replicas.check_change(world, pool, changed)
    with world.store.write():
        replicas.put_pool(world, changed)


@operation("DeleteUserPool")
async def delete_user_pool(world: World, *, caller: Caller, user_pool_id: str) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    if pool.settings["DeletionProtection"] == "ACTIVE":
        raise errors.InvalidParameter(
            "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be "
            "inactivated first."
        ).because("pools.deletion-protection", setting="DeletionProtection", value="ACTIVE")
    if world.store.domains.count("pool", pool.id):
        raise errors.InvalidParameter(
            "User pool cannot be deleted. It has a domain configured that should be deleted first."
        ).because("pools.has-domain")
    if replicas.of_pool(world, pool):
        # Not documented; as with a domain.
        raise errors.InvalidParameter(
            "User pool cannot be deleted. It has replicas that should be deleted first."
        ).because("pools.has-replicas")
    check_idle(world.store.import_jobs.where("pool", pool.id))
    from cognito_emulator.flows.pools import deletion  # it brings the records of all tables along

    await deletion.delete_pool(world, pool)

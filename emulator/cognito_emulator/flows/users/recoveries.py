"""Recover users to a point in time: preview the changes since then, and restore."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain import errors, recovered_data
from cognito_emulator.domain.history import Forgotten
from cognito_emulator.domain.pools import recovery as rules
from cognito_emulator.domain.pools import replica
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.pools.recovery import Recovery
from cognito_emulator.domain.users import import_job
from cognito_emulator.flows.pools import replicas

if TYPE_CHECKING:
    from cognito_emulator.world import World


def find(world: World, pool: Pool, recovery_id: str) -> Recovery:
    """Return a recovery of the pool.

    Raises:
        FeatureUnavailableInTier, ResourceNotFound
    """
    rules.check_tier(pool)
    found = world.store.recoveries.get(recovery_id)
    if found is None or found.pool_id != pool.id:
        raise errors.ResourceNotFound(f"Recovery {recovery_id} does not exist.").because(
            "pools.recovery-state", value=recovery_id
        )
    return found


def of_pool(world: World, pool: Pool) -> list[Recovery]:
    """Return the pool's recoveries, newest first.

    Raises:
        FeatureUnavailableInTier
    """
    rules.check_tier(pool)
    return world.store.recoveries.where("pool", pool.id)[::-1]


async def initiate(world: World, pool: Pool, point: float) -> Recovery:
    """Pause writes and find out what a recovery would change.

    A deletion that goes on ends first: what it deletes is among the changes.

    Raises:
        ConcurrentModification, FeatureUnavailableInTier, InvalidParameter, LimitExceeded, OperationNotEnabled
    """
    await world.background.all_deleted()
    pool = world.pool(pool.id, pool.account, pool.region)
    now = world.clock.now()
    rules.check_tier(pool)
    rules.check_point(pool, point, now, _tiers_since(world, pool, point))
    jobs = world.store.import_jobs.where("pool", pool.id)
    if any(job.status in import_job.ACTIVE for job in jobs):
        raise errors.InvalidParameter("A user import job is in progress for this user pool.").because(
            "users.import-state"
        )
    if any(one.status(now) == replica.CREATING for one in replicas.of_pool(world, pool)):
        raise errors.OperationNotEnabled(f"The replication of user pool {pool.id} is not complete.").because(
            "pools.replica-state"
        )
    rules.check_room(pool, world.store.recoveries.where("account", pool.account), now)
    made = Recovery(world.ids.uuid(), pool.id, pool.account, point, created=now, since=now)
    try:
        changes = recovered_data.reverts(world.store.changes_since(point), pool.id)
    except Forgotten:
        pass
    else:
        made = replace(made, reverts=changes, preview=recovered_data.preview(changes))
    with world.store.write():
        for over in world.store.recoveries.where("pool", pool.id):
            world.store.recoveries.put(replace(over, reverts=()))
        world.store.recoveries.put(made)
    return made


def _tiers_since(world: World, pool: Pool, point: float) -> set[str]:
    """Return the plans that the pool has had since then, as far as that is known."""
    tiers = {pool.tier}
    try:
        commits = world.store.history.kept.after(point)
    except Forgotten:
        return tiers
    for commit in commits:
        rows = [change.before for change in commit.changes if change.table == "pools" and change.key == pool.id]
        tiers |= {row[1].tier for row in rows if row is not None}
    return tiers


def start(world: World, recovery: Recovery) -> Recovery:
    """Change the pool's users, groups and passkeys back.

    Raises:
        InvalidParameter: there is no preview, or it is no longer good.
    """
    now = world.clock.now()
    rules.check_status(recovery, now, (rules.GENERATED,))
    begun = replace(recovery, phase=rules.RESTORING, since=now, reverts=())
    with world.store.write():
        recovered_data.recover(world.store, recovery.reverts)
        world.store.recoveries.put(begun)
    return begun


def cancel(world: World, recovery: Recovery) -> Recovery:
    """Let writes go on; nothing has changed.

    Raises:
        InvalidParameter: it was started, or is over.
    """
    now = world.clock.now()
    rules.check_status(recovery, now, (rules.GENERATING, rules.GENERATED))
    cancelled = replace(recovery, phase=rules.CANCELLED, since=now, reverts=())
    with world.store.write():
        world.store.recoveries.put(cancelled)
    return cancelled

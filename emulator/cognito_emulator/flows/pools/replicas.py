"""Find the replicas of a pool, and write changes made through the view of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools import replica as rules
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.pools.replica import Replica

if TYPE_CHECKING:
    from cognito_emulator.world import World


def of_view(world: World, pool: Pool) -> Replica:
    """Return the replica through which `pool`, a view, was seen.

    Raises:
        ResourceNotFound: it is gone.
    """
    replica = world.store.replicas.get((pool.id, pool.region))
    if replica is None:
        raise errors.pool_not_found(pool.id)
    return replica


def is_active(world: World, pool: Pool) -> bool:
    """Tell whether the replica of `pool`, a view, accepts sign-ins."""
    return of_view(world, pool).status(world.clock.now()) == rules.ACTIVE


def of_pool(world: World, pool: Pool) -> list[Replica]:
    """Return the pool's secondary replicas that are not gone."""
    found = world.store.replicas.where("pool", pool.id)
    return [replica for replica in found if replica.status(world.clock.now()) is not None]


def check_change(world: World, seen: Pool, changed: Pool) -> None:
    """Refuse a change of settings that the pool's replicas do not allow.

    `seen` may be a view.

    Raises:
        InvalidParameter, FeatureUnavailableInTier
    """
    if seen.is_replica:
        rules.check_shared(seen, changed)
    elif of_pool(world, seen):
        rules.check_replicable(changed)


def put_pool(world: World, changed: Pool) -> None:
    """Write a changed pool; of a replica's view, its regional part. In a write block."""
    if changed.is_replica:
        world.store.replicas.put(rules.regional_part(of_view(world, changed), changed))
    else:
        world.store.pools.put(changed)

"""Replicas of a pool: which there are, and where a change of the pool goes that was made through one's view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools import replica as rules
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.pools.replica import Replica

if TYPE_CHECKING:
    from cognito_emulator.world import World


def of_view(world: World, pool: Pool) -> Replica:
    """The replica that `pool`, a view, was seen through.

    Raises:
        ResourceNotFound: it is gone.
    """
    replica = world.store.replicas.get((pool.id, pool.region))
    if replica is None:
        raise errors.pool_not_found(pool.id)
    return replica


def is_active(world: World, pool: Pool) -> bool:
    """Whether the replica that `pool`, a view, was seen through takes sign-ins."""
    return of_view(world, pool).status(world.clock.now()) == rules.ACTIVE


def of_pool(world: World, pool: Pool) -> list[Replica]:
    """The pool's secondary replicas that are not gone."""
    found = world.store.replicas.where("pool", pool.id)
    return [replica for replica in found if replica.status(world.clock.now()) is not None]


def check_change(world: World, seen: Pool, changed: Pool) -> None:
    """Refuse a change of settings that the pool's replicas stand against; `seen` may be a view.

    Raises:
        InvalidParameter, FeatureUnavailableInTier
    """
    if seen.is_replica:
        rules.check_shared(seen, changed)
    elif of_pool(world, seen):
        rules.check_replicable(changed)


def put_pool(world: World, changed: Pool) -> None:
    """Inside a write block: keep a changed pool; of a replica's view, what is regional."""
    if changed.is_replica:
        world.store.replicas.put(rules.regional_part(of_view(world, changed), changed))
    else:
        world.store.pools.put(changed)

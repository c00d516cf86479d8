"""The log entries of a pool's SetLogDeliveryConfiguration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cognito_emulator.domain.threats import log_delivery
from cognito_emulator.domain.threats.auth_event import AuthEvent
from cognito_emulator.domain.threats.known_risk import place_of

if TYPE_CHECKING:
    from cognito_emulator.world import World


def user_activity(world: World, event: AuthEvent, client_id: str | None) -> None:
    """Write an event in its present state to where the pool exports userAuthEvents."""
    pool = world.store.pools.get(event.pool_id)
    user = world.store.users.get(event.user_key)
    if pool is None or user is None:
        return
    logs = world.store.log_deliveries.get((pool.id, pool.region))
    destination = log_delivery.destination(logs, "userAuthEvents")
    if destination is not None:
        place = place_of(world.store.places, event.ip)
        entry = log_delivery.user_activity(pool, user, event, client_id=client_id, place=place, now=world.clock.now())
        world.exported_logs.add(destination, entry)

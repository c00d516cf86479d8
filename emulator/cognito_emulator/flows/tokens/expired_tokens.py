"""Tokens that a test declares to have expired.

An app's own verifier still reads the times in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain.tokens.token import RefreshFamily
from cognito_emulator.flows.tokens.made_tokens import CannotExist, find_pool, find_user

if TYPE_CHECKING:
    from cognito_emulator.world import World


def expire(
    world: World,
    *,
    pool_id: str | None = None,
    username: str | None = None,
    client_id: str | None = None,
    refresh: bool = False,
) -> int:
    """Declare the access and ID tokens of a user or client to be expired.

    With `refresh` their refresh tokens have expired too. Tokens that are refreshed afterwards have another event_id, by
    which they differ from the expired ones. Returns how many sign-ins it was.

    Raises:
        CannotExist: neither a user nor a client is named, or none is there.
    """
    now, count = world.clock.now(), 0
    found = _families(world, pool_id, username, client_id)
    with world.store.write():
        for family in found:
            if family.revoked or family.expires <= now:
                continue
            count += 1
            ended = (*family.expired_events, family.event_id)
            changed = replace(family, event_id=world.ids.uuid(), expired_events=ended)
            world.store.families.put(replace(changed, expires=now) if refresh else changed)
    return count


def _families(world: World, pool_id: str | None, username: str | None, client_id: str | None) -> list[RefreshFamily]:
    if (username is None) is not (pool_id is None) or (username is None and client_id is None):
        raise CannotExist("Name 'pool' and 'user', or 'client', or all three.")
    if client_id is not None and client_id not in world.store.clients:
        raise CannotExist(f"There is no client {client_id!r}.")
    if username is None or pool_id is None:
        return world.store.families.where("client", client_id)
    user = find_user(world, find_pool(world, pool_id), username)
    found = world.store.families.where("user", user.key)
    return [family for family in found if client_id in (None, family.client_id)]

"""Tokens that a test declares to have expired.

An app's own verifier still reads the times in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain.tokens.token import RefreshFamily
from cognito_emulator.flows.tokens import many_sign_ins
from cognito_emulator.flows.tokens.made_tokens import CannotExist, find_pool, find_user

if TYPE_CHECKING:
    from cognito_emulator.world import World


async def expire(
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
    index, value = _whose(world, pool_id, username, client_id)
    now = world.clock.now()

    def changed(family: RefreshFamily) -> RefreshFamily:
        if family.revoked or family.expires <= now or client_id not in (None, family.client_id):
            return family
        ended = (*family.expired_events, family.event_id)
        after = replace(family, event_id=world.ids.uuid(), expired_events=ended)
        return replace(after, expires=now) if refresh else after

    return await many_sign_ins.change(world, index, value, changed)


def _whose(
    world: World, pool_id: str | None, username: str | None, client_id: str | None
) -> tuple[str, str | tuple[str, str]]:
    """Return an index of the sign-ins, and the value there.

    Raises:
        CannotExist
    """
    if (username is None) is not (pool_id is None) or (username is None and client_id is None):
        raise CannotExist("Name 'pool' and 'user', or 'client', or all three.")
    if client_id is not None and client_id not in world.store.clients:
        raise CannotExist(f"There is no client {client_id!r}.")
    if username is not None and pool_id is not None:
        return "user", find_user(world, find_pool(world, pool_id), username).key
    return "client", client_id or ""

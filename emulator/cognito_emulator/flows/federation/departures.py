"""Sending a browser to an identity provider and taking it back: once, in time, and the same browser."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from cognito_emulator.domain.expiry import drop_ended
from cognito_emulator.domain.federation.departure import LIFETIME, REMEMBERED, Departure, TooLate
from cognito_emulator.domain.hosted.authorization import AuthorizationRequest, RefusedOnPage, digest

if TYPE_CHECKING:
    from cognito_emulator.world import World


def send(
    world: World,
    asked: AuthorizationRequest,
    provider: str,
    cookie: str,
    *,
    nonce: str = "",
    callback: str = "",
    request_id: str = "",
) -> str:
    """Keep what has to be known when the browser with that cookie comes back; returns its `state`."""
    state = f"{world.ids.uuid()}{world.ids.bytes(16).hex()}"
    now = world.clock.now()
    departure = Departure(digest(state), asked, provider, digest(cookie), now + LIFETIME, nonce, callback, request_id)
    with world.store.write():
        drop_ended(world.store.departures, now, remembered=REMEMBERED)
        world.store.departures.put(departure)
    return state


def take(world: World, state: str | None, cookie: str | None) -> Departure:
    """What is known of a browser that comes back with `state`; the state is spent.

    Raises:
        RefusedOnPage: it was never given out, was used, or was given to another browser. No redirect to the app: whose
            request it was is not proved.
        TooLate: it is over.
    """
    departure = world.store.departures.get(digest(state)) if state else None
    if departure is None or not cookie or not hmac.compare_digest(departure.browser, digest(cookie)):
        raise RefusedOnPage("Invalid state")
    with world.store.write():
        world.store.departures.delete(departure.digest)
    if departure.request.client_id not in world.store.clients:
        raise RefusedOnPage("Invalid state")
    if departure.expires <= world.clock.now():
        raise TooLate(departure.request)
    return departure

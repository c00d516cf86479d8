"""Redirects of a browser to an identity provider, and its return.

A browser returns once, in time, and must be the same browser.
"""

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
    """Store a browser's departure with its cookie; return the `state`."""
    state = f"{world.ids.uuid()}{world.ids.bytes(16).hex()}"
    now = world.clock.now()
    departure = Departure(digest(state), asked, provider, digest(cookie), now + LIFETIME, nonce, callback, request_id)
    with world.store.write():
        drop_ended(world.store.departures, now, remembered=REMEMBERED)
        world.store.departures.put(departure)
    return state


def take(world: World, state: str | None, cookie: str | None) -> Departure:
    """Return the record of a browser that comes back with `state`; use the state up.

    Raises:
        RefusedOnPage: it was never issued, was used, or was issued to another browser. There is no redirect to the
            app, since nothing proves that the request was the app's.
        TooLate: it is over.
    """
    departure = world.store.departures.get(digest(state)) if state else None
    if departure is None or not cookie or not hmac.compare_digest(departure.browser, digest(cookie)):
        raise RefusedOnPage("Invalid state").because("federation.state")
    with world.store.write():
        world.store.departures.delete(departure.digest)
    if departure.request.client_id not in world.store.clients:
        raise RefusedOnPage("Invalid state").because("federation.state")
    if departure.expires <= world.clock.now():
        raise TooLate(departure.request)
    return departure

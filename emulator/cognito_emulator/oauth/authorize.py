"""`GET /oauth2/authorize`: redirect to the app, the sign-in page or a provider.

A live session leads to the app at once.
"""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.domain.errors import ApiError
from cognito_emulator.domain.hosted.authorization import COGNITO, AuthorizationRequest, RefusedByRedirect, RefusedOnPage
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.flows.hosted import authorize as flow
from cognito_emulator.oauth import federation, hosts, requests
from cognito_emulator.oauth.errors import on_page, redirect, sent_back
from cognito_emulator.ports.journal import note_refusal
from cognito_emulator.world import World

log = logging.getLogger("emulator")


async def read(request: Request) -> AuthorizationRequest:
    """Return the authorization request in the address.

    It is the address of this endpoint or of a page.

    Raises:
        RefusedOnPage, RefusedByRedirect
    """
    world: World = request.app.state.world
    place = hosts.place(request)
    try:
        params = requests.query(request)
    except requests.Repeated:
        raise RefusedOnPage("invalid_request").because("oauth.parameter-repeated") from None
    await flow.load_client(world, params.get("client_id"), place.pool)
    return flow.read(world, params, place.pool, managed=place.managed)


async def authorize(request: Request) -> Response:
    world: World = request.app.state.world
    try:
        wanted = flow.with_only_provider(world, await read(request))
        location = await _silently(request, world, wanted)
        if location is None and wanted.identity_provider not in (None, COGNITO):
            return await federation.depart(request, wanted)
    except RefusedOnPage as error:
        return on_page(request, error)
    except RefusedByRedirect as error:
        return sent_back(request, error)
    return redirect(request, location or f"/login?{request.scope['query_string'].decode('latin-1')}")


async def _silently(request: Request, world: World, wanted: AuthorizationRequest) -> str | None:
    """Return the redirect for a live session; None if the user has to sign in.

    Raises:
        RefusedByRedirect
    """
    session = flow.fitting_session(world, wanted, request.cookies.get(requests.SESSION_COOKIE))
    if session is None:
        return None
    came, caller = requests.origin(request), Caller(wanted.client_id, away=hosts.place(request).away)
    fragment = wanted.response_type == "token"
    try:
        finished = await flow.silently(world, wanted, session, caller, came)
    except ApiError as error:
        note_refusal(error)
        raise RefusedByRedirect(
            wanted.redirect_uri, "invalid_request", error.message, wanted.state, fragment=fragment
        ) from None
    except Exception:
        log.exception("authorization failed")
        raise RefusedByRedirect(wanted.redirect_uri, "server_error", "", wanted.state, fragment=fragment).because(
            "emulator.failure"
        ) from None
    return finished.location

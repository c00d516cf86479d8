"""`POST /saml2/idpresponse` and `POST /saml2/logout`, by HTTP-POST binding.

    own RelayState         ─► the assertion answers the request ─► user created or updated ─► the app
    RelayState with params ─► sign-in that the provider began (IDPInit)
    errors                 ─► the app, as error and error_description; the error page if the app is unknown

A browser does not send the cookie that identifies it with a form of another site (SameSite=Lax). So a form without the
cookie is answered with a page that sends the same form again, and then the cookie is there.
"""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.domain.errors import ApiError
from cognito_emulator.domain.federation.departure import Departure, TooLate
from cognito_emulator.domain.federation.oidc import ProviderTrouble
from cognito_emulator.domain.hosted.authorization import RefusedByRedirect, RefusedOnPage, digest
from cognito_emulator.domain.hosted.oauth_error import OAuthError
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.flows.federation import departures, saml_client
from cognito_emulator.flows.federation import sign_in as federate
from cognito_emulator.flows.hosted.authorize import Finished
from cognito_emulator.oauth import hosts, requests
from cognito_emulator.oauth.errors import on_page, redirect, sent_back
from cognito_emulator.oauth.federation import COOKIE, SAML_CALLBACK, finished, refusal
from cognito_emulator.oauth.pages import render, theme
from cognito_emulator.oauth.pages.again import start_over
from cognito_emulator.oauth.pages.look import Look
from cognito_emulator.oauth.pages.wording import texts
from cognito_emulator.world import World

log = logging.getLogger("emulator")
SIGN_OUT = "/saml2/logout"
_LARGEST = 320 * 1024  # bytes: 100,000 characters, each of which may be encoded by three
_AGAIN = "again"
_FIELDS = ("SAMLResponse", "RelayState")


async def idpresponse(request: Request) -> Response:
    """Answer `POST /saml2/idpresponse`."""
    world: World = request.app.state.world
    try:
        hosts.place(request)  # else the domain is no pool's
        given = await requests.form(request, _LARGEST)
        if not given.get("RelayState"):
            # [assumed]
            raise RefusedOnPage("Required String parameter 'RelayState' is not present").because("federation.state")
        if not given.get("SAMLResponse"):
            raise RefusedOnPage(saml_client.NO_STATE).because("federation.state")
        if digest(given["RelayState"]) in world.store.departures and _is_bare(request, given):
            return _again(request, given)
        departure = await _departure(request, given)
    except OAuthError:
        return on_page(request, RefusedOnPage("invalid_request"))
    except RefusedOnPage as refused:
        return on_page(request, refused)
    except TooLate as late:
        return start_over(request, late.request)
    try:
        return finished(request, await _signed_in(request, world, departure, given["SAMLResponse"]))
    except RefusedOnPage as refused:
        return on_page(request, refused)
    except RefusedByRedirect as refused:
        return sent_back(request, refused)


def _is_bare(request: Request, given: dict[str, str]) -> bool:
    return COOKIE not in request.cookies and _AGAIN not in given


def _again(request: Request, given: dict[str, str]) -> Response:
    """Return the page that sends the same form from this host."""
    look = Look("", "default", False, "en", settings=theme.settings_of(None))
    answer = {**{name: given[name] for name in _FIELDS if name in given}, _AGAIN: "1"}
    values = {"t": texts("en"), "look": look, "csrf": "", "title": "Signing in…", "action": request.url.path}
    if request.url.path == SIGN_OUT:
        values["title"] = "Signing out…"
    return render.page("form_post.html", {**values, "answer": answer}, leaves=True)


async def _departure(request: Request, given: dict[str, str]) -> Departure:
    """Return the departure that the RelayState names.

    Raises:
        RefusedOnPage, TooLate
    """
    world: World = request.app.state.world
    state = given["RelayState"]
    if "client_id=" in state:
        place = hosts.place(request)
        acs = f"{hosts.base(request)}{SAML_CALLBACK}"
        return await saml_client.unasked(world, state, place.pool, acs, managed=place.managed)
    try:
        return departures.take(world, state, request.cookies.get(COOKIE))
    except RefusedOnPage:
        raise RefusedOnPage(saml_client.NO_STATE).because("federation.state") from None


async def _signed_in(request: Request, world: World, departure: Departure, presented: str) -> Finished:
    """Sign the user in with the provider's assertion.

    Raises:
        RefusedByRedirect, RefusedOnPage
    """
    asked = departure.request
    came, caller = requests.origin(request), Caller(asked.client_id, away=hosts.place(request).away)
    world.metrics.answer_of_provider()
    try:
        provider = federate.place(world, asked.client_id, departure.provider).provider
        if provider.type != "SAML":
            raise RefusedOnPage(saml_client.NO_STATE).because("federation.state")
        external, assertion = await saml_client.arrive(world, provider, departure, presented)
        done = await federate.sign_in(world, asked, external, caller, came)
        saml_client.remember(world, provider, assertion, done)
    except (ApiError, ProviderTrouble) as error:
        world.metrics.federation(asked.pool_id, asked.client_id, departure.provider, success=False)
        raise refusal(asked, error) from None
    except (RefusedOnPage, RefusedByRedirect):
        raise
    except Exception:
        log.exception("sign-in at %s failed", departure.provider)
        raise refusal(asked, ProviderTrouble("", "server_error")).because("emulator.failure") from None
    return done


async def signed_out(request: Request) -> Response:
    """Answer `POST /saml2/logout` with a LogoutResponse.

    A LogoutRequest of the provider is refused, since Cognito accepts none.
    """
    world: World = request.app.state.world
    try:
        given = await requests.form(request, _LARGEST)
        if digest(given.get("RelayState", "")) in world.store.signing_out and _is_bare(request, given):
            return _again(request, given)
        return redirect(request, await saml_client.signed_out(world, given, request.cookies.get(COOKIE)))
    except OAuthError:
        return on_page(request, RefusedOnPage("invalid_request"))
    except RefusedOnPage as refused:
        return on_page(request, refused)

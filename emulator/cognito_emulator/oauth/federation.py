"""Sign-in at an identity provider, with the return at `/oauth2/idpresponse`.

/oauth2/authorize?identity_provider=X ─► 302 to the provider (cookie csrf-state, state) ─► /oauth2/idpresponse
    GET code&state  ─► code for tokens, ID token proved, user made or updated ─► the app
    POST code&state ─► the same as GET: Apple posts, and a browser sends no cookie with a form of another site
    errors          ─► the app, as error and error_description; the error page if the app is unknown
"""

from __future__ import annotations

import logging
import re
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.domain.errors import ApiError
from cognito_emulator.domain.federation.departure import Departure, TooLate
from cognito_emulator.domain.federation.oidc import ProviderTrouble
from cognito_emulator.domain.hosted.authorization import AuthorizationRequest, RefusedByRedirect, RefusedOnPage
from cognito_emulator.domain.hosted.oauth_error import OAuthError
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.reasons import Reason, reason_of
from cognito_emulator.flows.federation import departures, oidc_client, saml_client
from cognito_emulator.flows.federation import sign_in as federate
from cognito_emulator.flows.hosted.authorize import Finished
from cognito_emulator.oauth import hosts, requests
from cognito_emulator.oauth.errors import on_page, redirect, sent_back
from cognito_emulator.oauth.pages.again import start_over
from cognito_emulator.world import World

log = logging.getLogger("emulator")
CALLBACK = "/oauth2/idpresponse"
SAML_CALLBACK = "/saml2/idpresponse"
COOKIE = "csrf-state"
_COOKIE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FIELDS = ("code", "state", "error", "error_description", "iss")


async def depart(request: Request, wanted: AuthorizationRequest) -> Response:
    """Redirect to the provider that the authorization request names.

    Raises:
        RefusedByRedirect
        RefusedOnPage: the extra for SAML is not installed.
    """
    world: World = request.app.state.world
    hosts.place(request)  # else the domain is no pool's
    cookie = browser_cookie(request)
    try:
        provider = federate.place(world, wanted.client_id, wanted.identity_provider or "").provider
        if provider.type == "SAML":
            callback = f"{hosts.base(request)}{SAML_CALLBACK}"
            location = await saml_client.depart(world, provider, wanted, cookie, callback)
            return with_cookie(request, redirect(request, location), cookie)
        location = await oidc_client.depart(world, provider, wanted, cookie, f"{hosts.base(request)}{CALLBACK}")
    except (ApiError, ProviderTrouble) as error:
        raise refusal(wanted, error) from None
    return with_cookie(request, redirect(request, location), cookie)


def browser_cookie(request: Request) -> str:
    """Return the cookie that identifies this browser.

    An existing cookie is kept, since several tabs may be at providers.
    """
    known = request.cookies.get(COOKIE, "")
    world: World = request.app.state.world
    return known if _COOKIE.fullmatch(known) else world.ids.uuid()


def with_cookie(request: Request, response: Response, cookie: str) -> Response:
    """Return the response that sends a browser to a provider, with its cookie.

    The cookie identifies the browser when it comes back.
    """
    secure = requests.is_secure(request)
    response.set_cookie(COOKIE, cookie, max_age=3600, path="/", secure=secure, httponly=True, samesite="lax")
    return response


async def idpresponse(request: Request) -> Response:
    """Answer `GET` and `POST /oauth2/idpresponse`."""
    world: World = request.app.state.world
    try:
        if request.method == "POST":
            given = await requests.form(request)
            kept = {name: given[name] for name in _FIELDS if name in given}
            # 303: the browser repeats the request as GET, which has the cookie (SameSite=Lax).
            response = redirect(request, f"{CALLBACK}?{urlencode(kept)}")
            response.status_code = 303
            return response
        given = requests.query(request)
        hosts.place(request)  # else the domain is no pool's
        departure = departures.take(world, given.get("state"), request.cookies.get(COOKIE))
    except (requests.Repeated, OAuthError):
        return on_page(request, RefusedOnPage("invalid_request"))
    except RefusedOnPage as refused:
        return on_page(request, refused)
    except TooLate as late:
        return start_over(request, late.request)
    try:
        return finished(request, await _signed_in(request, world, departure, given))
    except RefusedByRedirect as refused:
        return sent_back(request, refused)


async def _signed_in(request: Request, world: World, departure: Departure, given: dict[str, str]) -> Finished:
    """Sign the user in with the provider's answer.

    Raises:
        RefusedByRedirect
    """
    asked = departure.request
    if "error" in given or not given.get("code"):
        # The provider's error is passed to the app; without one the code is missing.
        error = given.get("error") or "invalid_request"
        description = given.get("error_description", "" if "error" in given else "The provider has sent no code")
        raise refusal(asked, ProviderTrouble(description, error))
    came, caller = requests.origin(request), Caller(asked.client_id, away=hosts.place(request).away)
    world.metrics.answer_of_provider()
    try:
        provider = federate.place(world, asked.client_id, departure.provider).provider
        external = await oidc_client.arrive(world, provider, departure, given["code"], given.get("iss"))
        return await federate.sign_in(world, asked, external, caller, came)
    except (ApiError, ProviderTrouble) as error:
        world.metrics.federation(asked.pool_id, asked.client_id, departure.provider, success=False)
        raise refusal(asked, error) from None
    except Exception:
        log.exception("sign-in at %s failed", departure.provider)
        raise refusal(asked, ProviderTrouble("", "server_error")).because("emulator.failure") from None


def refusal(asked: AuthorizationRequest, error: ApiError | ProviderTrouble) -> RefusedByRedirect:
    """Return an error as the app gets it: `invalid_request` with the text.

    [docs: authorization-endpoint] [observed: amazon-archives/amazon-cognito-auth-js#48]
    """
    code, text = (
        (error.error, error.description) if isinstance(error, ProviderTrouble) else ("invalid_request", error.message)
    )
    fragment = asked.response_type == "token"
    refused = RefusedByRedirect(asked.redirect_uri, code, text.rstrip("\n"), asked.state, fragment=fragment)
    refused.reason = reason_of(error) or Reason("federation.provider")
    return refused


def finished(request: Request, done: Finished) -> Response:
    """Redirect the signed-in user to the app."""
    response = redirect(request, done.location)
    if done.cookie is not None:
        requests.set_session(request, response, done.cookie, done.max_age)
    return response

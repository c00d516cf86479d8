"""`GET /logout`: end the browser's session, then redirect.

The redirect goes to a sign-out URL of the client or to the sign-in page. This is not OpenID Connect's RP-initiated
logout: id_token_hint and post_logout_redirect_uri have no effect, as on AWS. A user of a SAML provider with single
logout is redirected there first, and returns by `POST /saml2/logout`.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.domain.hosted.authorization import RefusedByRedirect, RefusedOnPage
from cognito_emulator.flows.federation import saml_client
from cognito_emulator.flows.hosted import authorize as flow
from cognito_emulator.flows.hosted import logout_url
from cognito_emulator.oauth import federation, hosts, requests
from cognito_emulator.oauth.errors import on_page, redirect
from cognito_emulator.oauth.saml import SIGN_OUT
from cognito_emulator.ports.journal import note_reason
from cognito_emulator.world import World


async def logout(request: Request) -> Response:
    world: World = request.app.state.world
    try:
        place = hosts.place(request)
        params = requests.query(request)
        await flow.load_client(world, params.get("client_id"), place.pool)
        location = logout_url.destination(world, params, place.pool, managed=place.managed)
    except requests.Repeated:
        return on_page(request, RefusedOnPage("invalid_request"))
    except RefusedOnPage as error:
        return on_page(request, error)
    except RefusedByRedirect as error:
        note_reason(error)
        location = error.location
    cookie = request.cookies.get(requests.SESSION_COOKIE)
    browser = federation.browser_cookie(request)
    callback = f"{hosts.base(request)}{SIGN_OUT}"
    away = await saml_client.sign_out(world, cookie, browser, callback, location)
    flow.forget(world, cookie)
    response = redirect(request, away or location)
    if away is not None:
        federation.with_cookie(request, response, browser)
    requests.drop_session(request, response)
    return response

"""Pages that give the reason why there is no other page.

They are `/error`, managed login without a style, and a forged form.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.domain.hosted.authorization import RefusedOnPage
from cognito_emulator.domain.pools import replica
from cognito_emulator.flows.tokens import client_metadata
from cognito_emulator.oauth import hosts
from cognito_emulator.oauth.errors import redirect
from cognito_emulator.oauth.pages import render, theme
from cognito_emulator.oauth.pages.look import Look
from cognito_emulator.oauth.pages.page_request import LANGUAGE_COOKIE, look_for
from cognito_emulator.oauth.pages.wording import Texts, choose, classic_texts, texts
from cognito_emulator.ports.journal import note_reason
from cognito_emulator.world import World

_LONGEST = 300  # characters of an error in the address
# Facts for a developer beyond AWS's text.
_HINTS = {
    "redirect_mismatch": "cognito-emulator: redirect_uri has to be one of the app client's CallbackURLs, to the letter."
}


def _look(request: Request) -> Look:
    """Return the look of the client in the address, else Amazon's values."""
    world: World = request.app.state.world
    try:
        place = hosts.place(request)
    except RefusedOnPage:
        place = hosts.OWN
    client = client_metadata.find(world, request.query_params.get("client_id", ""), None)
    pool = world.store.pools.get(client.pool_id) if client else None
    if client is not None and pool is not None and place.pool in (None, pool):
        return look_for(world, request, pool, client, place.domain)
    language = choose(request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE))
    return Look("", "default", False, language, settings=theme.settings_of(None))


def _texts(look: Look) -> Texts:
    return classic_texts() if look.classic else texts(look.language)


def tell(request: Request, title: str, status: int, **values: Any) -> Response:
    """Return a page with nothing but a text.

    `title` is the text's key, or the text itself where it has none.
    """
    look = _look(request)
    t = _texts(look)
    heading = t(title) if t.has(title) else title
    return render.page("plain.html", {"t": t, "look": look, "csrf": "", "title": heading, **values}, status=status)


async def show(request: Request) -> Response:
    """Answer `GET /error`: show an error that the app must not get.

    The address for the redirect is not verified as the app's.
    """
    error = request.query_params.get("error", "")
    hint = _HINTS.get(error)
    return tell(request, "error.title", 400, detail=error[:_LONGEST], hint=hint, graphic="alert")


def refused(request: Request, error: RefusedOnPage) -> Response:
    """Answer an authorization request that is not to be trusted.

    The browser goes to `/error`, or stays here where the request did not cause the error.
    """
    note_reason(error)
    if error.status == 400:
        return redirect(request, error.location)
    return tell(request, "error.title", error.status, detail=error.error, graphic="alert")


def not_here(request: Request, operation: str) -> Response:
    """Return the page for an operation that a secondary Region does not have."""
    return tell(request, "error.title", 400, detail=replica.not_enabled(operation).message, graphic="alert")


def unavailable(request: Request) -> Response:
    hint = (
        "cognito-emulator: the domain has managed login (ManagedLoginVersion 2), so the app client needs a style, here "
        "as on AWS. CreateManagedLoginBranding with UseCognitoProvidedValues=true is enough."
    )
    return tell(request, "error.unavailable", 403, hint=hint, graphic="alert")


def forged(request: Request) -> Response:
    """Return the page for a form without the emulator's token, or from another site.

    As on AWS such a form is not read.
    """
    path = request.url.path if request.url.path in ("/login", "/signup", "/forgotPassword") else "/login"
    t = _texts(_look(request))
    return tell(
        request, "error.forged", 403, next_url=f"{path}?{request.url.query}", next_label=t("continue"), graphic="alert"
    )

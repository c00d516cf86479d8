"""Back to the sign-in page, which says that something went wrong, for who comes to us from elsewhere."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.authorization import AuthorizationRequest
from emulator.flows.authorize import parameters
from emulator.oauth import requests
from emulator.oauth.errors import redirect
from emulator.oauth.pages import page_data
from emulator.oauth.pages.page_data import FAILED, PageData
from emulator.world import World


def start_over(request: Request, asked: AuthorizationRequest) -> Response:
    """The sign-in page of that request, for another try."""
    world: World = request.app.state.world
    query = urlencode(parameters(world, asked))
    response = redirect(request, f"/login?{query}")
    sealed = page_data.seal(world, query, PageData(FAILED, ""))
    secure = requests.is_secure(request)
    response.set_cookie(page_data.COOKIE, sealed, path="/", secure=secure, httponly=True, samesite="lax")
    return response

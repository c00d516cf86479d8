"""The return to the sign-in page with the message that something went wrong.

It is for a browser that comes back from another site.
"""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.domain.hosted.authorization import AuthorizationRequest
from cognito_emulator.flows.hosted.authorize import parameters
from cognito_emulator.oauth import requests
from cognito_emulator.oauth.errors import redirect
from cognito_emulator.oauth.pages import page_data
from cognito_emulator.oauth.pages.page_data import FAILED, PageData
from cognito_emulator.world import World


def start_over(request: Request, asked: AuthorizationRequest) -> Response:
    """Return the sign-in page of that request, for another attempt."""
    world: World = request.app.state.world
    query = urlencode(parameters(world, asked))
    response = redirect(request, f"/login?{query}")
    sealed = page_data.seal(world, query, PageData(FAILED, ""))
    secure = requests.is_secure(request)
    response.set_cookie(page_data.COOKIE, sealed, path="/", secure=secure, httponly=True, samesite="lax")
    return response

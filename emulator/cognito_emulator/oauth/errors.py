"""Answers of the OAuth endpoints, refusals among them: the edge where they become HTTP, once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from cognito_emulator.domain.hosted.authorization import RefusedOnPage
from cognito_emulator.domain.hosted.oauth_error import OAuthError
from cognito_emulator.ports.journal import REQUEST_ID

# As the service sends them with everything that may hold a token (developer guide, "userInfo endpoint").
PRIVATE = {
    "cache-control": "no-cache, no-store, max-age=0, must-revalidate",
    "pragma": "no-cache",
    "expires": "0",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


_ASCII = "".join(map(chr, range(0x21, 0x7F)))


def _headers(request: Request) -> dict[str, str]:
    return {**PRIVATE, "x-amz-cognito-request-id": REQUEST_ID.get() or request.app.state.world.ids.uuid()}


def answer(request: Request, body: Mapping[str, Any], status: int = 200) -> Response:
    """JSON for an app."""
    return JSONResponse(dict(body), status, _headers(request), "application/json;charset=UTF-8")


def empty(request: Request) -> Response:
    return Response(headers=_headers(request))


def refused(request: Request, error: OAuthError) -> Response:
    return answer(request, error.body, error.status)


def redirect(request: Request, location: str) -> Response:
    """Redirect with 302.

    A location on this host is written without the host: a browser behind a proxy stays on the proxy's host.
    """
    return Redirect(location, request)


class Redirect(RedirectResponse):
    """A redirect to an address that is sent as it is, since a registered URL may hold what a library would encode; only
    what no header can hold is encoded (RFC 3987, section 3.1)."""

    def __init__(self, location: str, request: Request) -> None:
        Response.__init__(self, b"", 302, _headers(request))
        self.headers["location"] = quote(location, safe=_ASCII)


def on_page(request: Request, error: RefusedOnPage) -> Response:
    """The error page; what is no mistake of the request's is told without one."""
    if error.status == 400:
        return redirect(request, error.location)
    return JSONResponse({"message": error.error}, error.status, _headers(request))

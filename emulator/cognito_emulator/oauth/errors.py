"""Answers of the OAuth endpoints and pages, and the translation of errors to HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from cognito_emulator.domain.hosted.authorization import RefusedByRedirect, RefusedOnPage
from cognito_emulator.domain.hosted.oauth_error import OAuthError
from cognito_emulator.ports.journal import REQUEST_ID, note_reason

# The headers of every answer that may hold a token [docs: userinfo-endpoint].
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
    """Return JSON for an app."""
    return JSONResponse(dict(body), status, _headers(request), "application/json;charset=UTF-8")


def empty(request: Request) -> Response:
    return Response(headers=_headers(request))


def refused(request: Request, error: OAuthError) -> Response:
    note_reason(error)
    return answer(request, error.body, error.status)


def redirect(request: Request, location: str) -> Response:
    """Return a redirect with status 302.

    A location on this host is written without the host, so that a browser behind a proxy stays on the proxy's host.
    """
    return Redirect(location, request)


def sent_back(request: Request, error: RefusedByRedirect) -> Response:
    """Return a refusal to the client, by redirect."""
    note_reason(error)
    return redirect(request, error.location)


class Redirect(RedirectResponse):
    """A redirect to an address that is sent unchanged.

    A registered URL may hold characters that a library would encode. Only characters that no header can hold are
    encoded [RFC 3987 §3.1].
    """

    def __init__(self, location: str, request: Request) -> None:
        Response.__init__(self, b"", 302, _headers(request))
        self.headers["location"] = quote(location, safe=_ASCII)


def on_page(request: Request, error: RefusedOnPage) -> Response:
    """Return the error page.

    An error that the request did not cause has no error page.
    """
    note_reason(error)
    if error.status == 400:
        return redirect(request, error.location)
    return JSONResponse({"message": error.error}, error.status, _headers(request))

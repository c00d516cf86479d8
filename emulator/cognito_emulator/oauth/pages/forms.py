"""Reading forms, and knowing one of ours from one that another site has made.

A form is taken with the token that the cookie XSRF-TOKEN has too (`_csrf`, as the classic pages call it, or `csrf`,
as managed login does), and from a page of this very host if the browser tells where it comes from. The second
holds where a neighbour, `http://other.auth.localhost`, could plant a cookie.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from cognito_emulator.domain.hosts import host_of
from cognito_emulator.wire.body import Disconnected, RequestTooLarge, read_body
from cognito_emulator.wire.headers import by_name

COOKIE = "XSRF-TOKEN"
FIELDS = ("_csrf", "csrf")
_LARGEST = 256 * 1024
_MOST_FIELDS = 100
_TOKEN = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Forged(Exception):
    """The form is not one that this browser got from us."""


class Unreadable(Exception):
    """The body is no form."""


async def read(request: Request) -> dict[str, str]:
    """The fields of a form that was sent; of several with one name the last.

    Raises:
        Unreadable
    """
    try:
        body = await read_body(request.receive, by_name(request.headers.raw), _LARGEST)
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except (RequestTooLarge, Disconnected, ValueError) as error:
        raise Unreadable from error
    return dict(pairs)


def token_of(request: Request) -> str | None:
    """The token that the browser has already: pages in several tabs share it."""
    token = request.cookies.get(COOKIE, "")
    return token if _TOKEN.fullmatch(token) else None


def check(request: Request, form: Mapping[str, str], public_url: str) -> None:
    """Raises: Forged."""
    token = token_of(request)
    given = next((form[name] for name in FIELDS if form.get(name)), "")
    if token is None or not hmac.compare_digest(token.encode(), given.encode()):
        raise Forged
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forged
    origin = request.headers.get("origin")
    if origin is not None and host_of(origin) not in _own_hosts(request, public_url):
        raise Forged


def _own_hosts(request: Request, public_url: str) -> set[str]:
    """A proxy before us may call us by another name than the browser does, and says so."""
    forwarded = request.headers.get("x-forwarded-host", "")
    return {request.headers.get("host", "").lower(), forwarded.lower(), host_of(public_url)} - {""}

"""Forms: read them, and refuse those that another site has made.

A form has the token that the cookie XSRF-TOKEN has too. Its field is `_csrf`, as on the classic pages, or `csrf`, as
in managed login. If the browser tells where the form comes from, it must be a page of this host. That prevents an
attack from a sibling such as `http://other.auth.localhost`, which could set a cookie.
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
    """The form is not one that this browser got from the emulator."""


class Unreadable(Exception):
    """The body is not a form."""


async def read(request: Request) -> dict[str, str]:
    """Return the fields of a form that was sent.

    Of several fields with one name the last is used.

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
    """Return the token that the browser already has.

    Pages in several tabs share it.
    """
    token = request.cookies.get(COOKIE, "")
    return token if _TOKEN.fullmatch(token) else None


def check(request: Request, form: Mapping[str, str], public_url: str) -> None:
    """Refuse a form without the browser's token, or from another site.

    Raises:
        Forged
    """
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
    """Return the emulator's hosts.

    A proxy before the emulator may use another name than the browser, and reports that name.
    """
    forwarded = request.headers.get("x-forwarded-host", "")
    return {request.headers.get("host", "").lower(), forwarded.lower(), host_of(public_url)} - {""}

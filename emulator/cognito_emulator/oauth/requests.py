"""Requests of the OAuth endpoints: parameters, client credentials, cookie."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.domain.auth.origin import LONGEST_AGENT, Origin
from cognito_emulator.domain.hosted.oauth_error import invalid_request
from cognito_emulator.flows.tokens.token_endpoint import Credentials
from cognito_emulator.wire.body import Disconnected, RequestTooLarge, read_body
from cognito_emulator.wire.headers import by_name

SESSION_COOKIE = "cognito"
FORM = "application/x-www-form-urlencoded"
_LARGEST = 64 * 1024
_MOST = 100


class Repeated(Exception):
    """A parameter came more than once.

    It "MUST NOT be included more than once" [RFC 6749 §3.1].
    """


def single(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the parameters by name.

    Raises:
        Repeated
    """
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise Repeated(name)
        found[name] = value
    return found


def query(request: Request) -> dict[str, str]:
    """Return the parameters of the address.

    Raises:
        Repeated
    """
    return single(request.query_params.multi_items())


async def form(request: Request, largest: int = _LARGEST) -> dict[str, str]:
    """Return the parameters of a POST: its form, and the query.

    Some clients put the code into the query.

    Raises:
        OAuthError: it is not a form, or a parameter comes twice.
    """
    content_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if content_type and content_type != FORM:
        raise invalid_request("Content-Type must be application/x-www-form-urlencoded").because("oauth.content-type")
    try:
        body = await read_body(request.receive, by_name(request.headers.raw), largest)
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST)
        return single([*request.query_params.multi_items(), *pairs])
    except Repeated as repeated:
        raise invalid_request(f"{repeated} is given more than once").because(
            "oauth.parameter-repeated", value=str(repeated)
        ) from None
    except (RequestTooLarge, Disconnected, ValueError):
        raise invalid_request("The request body cannot be read").because("oauth.content-type") from None


def credentials(request: Request, params: dict[str, str]) -> Credentials:
    """Return the credentials of client_secret_basic or client_secret_post.

    In the header, id and secret may be form-encoded, as the standard requires [RFC 6749 §2.3.1]. Many clients do not
    encode them.

    Raises:
        OAuthError: an Authorization header that is not Basic.
    """
    client_id, secret = params.get("client_id"), params.get("client_secret")
    header = request.headers.get("authorization")
    if header is None:
        return Credentials(client_id or None, (secret,) if secret else ())
    scheme, _, value = header.partition(" ")
    try:
        name, colon, presented = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except ValueError:
        raise invalid_request("The Authorization header cannot be read").because("oauth.authorization-header") from None
    if scheme.lower() != "basic" or not colon:
        raise invalid_request("The Authorization header must be Basic").because("oauth.authorization-header")
    clash = client_id not in (None, "", name, unquote_plus(name)) or secret not in (None, "", presented)
    return Credentials(unquote_plus(name), (presented, unquote_plus(presented)), clash)


def origin(request: Request) -> Origin:
    return Origin(request.client.host if request.client else "", request.headers.get("user-agent", "")[:LONGEST_AGENT])


def is_secure(request: Request) -> bool:
    """Return whether the browser uses TLS, with the emulator or a proxy before it."""
    forwarded = request.headers.get("x-forwarded-proto", "").split(",")[0].strip().lower()
    return (forwarded or request.url.scheme) == "https"


def set_session(request: Request, response: Response, cookie: str, max_age: int) -> None:
    """Set the browser's session cookie for this host alone."""
    response.set_cookie(
        SESSION_COOKIE, cookie, max_age=max_age, path="/", secure=is_secure(request), httponly=True, samesite="lax"
    )


def drop_session(request: Request, response: Response) -> None:
    response.delete_cookie(SESSION_COOKIE, path="/", secure=is_secure(request), httponly=True, samesite="lax")

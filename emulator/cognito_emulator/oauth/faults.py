"""Apply faults to pages, OAuth endpoints and key documents, before the answer."""

from __future__ import annotations

import base64
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.domain.faults import JWKS, PAGE, TOKEN, Failure, Fault, Occasion
from cognito_emulator.oauth import errors
from cognito_emulator.oauth.requests import FORM
from cognito_emulator.ports.faults import Dropped, wait
from cognito_emulator.wire.about import About, about
from cognito_emulator.wire.body import Receive, declared, read_body
from cognito_emulator.wire.headers import by_name
from cognito_emulator.world import World

# What no fault strikes: the control API, what looks like it, and files.
_OWN = ("/_emulator", "/_aws", "/_localstack", "/__admin", "/_pages/", "/_import/")
_OWN_PATHS = ("/", "/health")
_JWKS, _IDENTITY_JWKS = "/.well-known/jwks.json", "/cognito-identity/.well-known/jwks_uri"
_MOST_FIELDS, _LARGEST = 100, 64 * 1024
# The name under which the keys are kept that a document shows after a rotation that never was.
_FOREIGN = "keys-of-faults"
_BY_STATUS = {429: "temporarily_unavailable", 500: "server_error", 503: "temporarily_unavailable"}


def target_of(path: str, *, is_open: bool) -> str | None:
    """Return what a path is for the rules; None where no fault strikes.

    Args:
        is_open: whether apps call it, and not browsers.
    """
    if path.startswith(_OWN) or path in _OWN_PATHS:
        return None
    if path.endswith(_JWKS) or path == _IDENTITY_JWKS:
        return JWKS
    return TOKEN if is_open else PAGE


async def strike(
    world: World, target: str, scope: MutableMapping[str, Any], receive: Receive
) -> tuple[Response | None, Receive]:
    """Return the answer of the rule that strikes, if any, and how to read the request.

    Raises:
        Dropped: the connection is to be cut.
    """
    body, receive = await _form(scope, receive)
    found = _about(world, target, scope, body)
    occasion = Occasion(target, path=scope["path"], pool=found.pool, client=found.client, users=found.users)
    fault = world.faults.strike(occasion)
    if fault is None:
        return None, receive
    await wait(fault)
    if fault.drop:
        raise Dropped
    return await _answer(world, target, fault, Request(scope, receive)), receive


async def _form(scope: MutableMapping[str, Any], receive: Receive) -> tuple[bytes, Receive]:
    """Read a form, and put it back: rules are matched by what it names."""
    headers = by_name(scope["headers"])
    kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
    if kind != FORM.encode() or not 0 < declared(headers) <= _LARGEST:
        return b"", receive
    body = await read_body(receive, headers, _LARGEST)
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> MutableMapping[str, Any]:
        return messages.pop() if messages else await receive()

    return body, again


def _about(world: World, target: str, scope: Mapping[str, Any], body: bytes) -> About:
    if target == JWKS:
        return About(scope["path"].split("/")[1])
    pairs = parse_qsl(scope["query_string"].decode("latin-1"))
    with suppress(ValueError):  # the endpoint refuses it
        pairs += parse_qsl(body.decode(), max_num_fields=_MOST_FIELDS)
    return about(world, dict(pairs) | _presented(by_name(scope["headers"]).get(b"authorization", b"")))


def _presented(header: bytes) -> dict[str, str]:
    """Return the client of an Authorization header, or the access token in it."""
    scheme, _, value = header.decode("latin-1").partition(" ")
    if scheme.lower() == "bearer":
        return {"access_token": value.strip()}
    if scheme.lower() != "basic":
        return {}
    try:
        return {"client_id": unquote_plus(base64.b64decode(value.strip()).decode().partition(":")[0])}
    except ValueError:
        return {}


async def _answer(world: World, target: str, fault: Fault, request: Request) -> Response | None:
    if fault.rotate:
        return JSONResponse((await world.keys.of(_FOREIGN)).jwks())
    failure = fault.failure
    if failure is None:
        return None
    if target == PAGE:
        return _page(request, failure)
    if target == JWKS:
        return JSONResponse({"message": failure.message}, failure.status)
    code = failure.code or _BY_STATUS.get(failure.status, "server_error" if failure.status > 499 else "invalid_request")
    return errors.answer(request, {"error": code, "error_description": failure.message}, failure.status)


def _page(request: Request, failure: Failure) -> Response:
    from cognito_emulator.oauth.pages import error_pages  # brings the templates along

    return error_pages.tell(request, "error.title", failure.status, detail=failure.message, graphic="alert")

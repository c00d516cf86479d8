"""The HTTP interface of one world: the one list of routes, behind a plain ASGI entry point.

POST    /, /<region>                           the AWS JSON API (cognito-idp, cognito-identity, KMS Decrypt for codes)
OPTIONS *                                      CORS preflight
GET     /{pool}/.well-known/jwks.json          keys
GET     /{pool}/.well-known/openid-configuration; at a custom domain /.well-known/openid-configuration
GET     /cognito-identity/.well-known/openid-configuration, …/jwks_uri   the issuer of identity pools' tokens
GET     /{pool}/{client}/{version}/assets/images/image.jpg   the logo of the classic pages
GET     /oauth2/authorize, /authorize, /logout the browser's way in and out (no CORS)
GET,POST /oauth2/idpresponse                   back from an identity provider (no CORS)
POST /saml2/idpresponse, /saml2/logout         back from a SAML provider (no CORS)
*       /_emulator/idp/{pool}/{provider}/…     the built-in mock provider (no CORS)
POST    /oauth2/token, /token, /oauth2/revoke  apps
GET     /oauth2/userInfo
POST    /oauth2/register, /{pool}/oauth2/register
GET     /login, /signup, …                     the pages of the hosted login (no CORS; `oauth.pages.routes`)
GET     /confirmUser                           the link that confirms a sign-up
GET     /authEventFeedback                     the links in notices of risky sign-ins (no CORS)
GET     /                                      where things are
*       /_emulator/…, /_localstack/health, /_aws/ses   the control API (no CORS)
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cached_property
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from cognito_emulator import operations
from cognito_emulator.control.baseline import Baseline
from cognito_emulator.control.imports import upload
from cognito_emulator.control.routes import control_routes
from cognito_emulator.flows.federation.oidc_client import MOCK_IDP_PATH
from cognito_emulator.oauth.discovery import jwks, openid_configuration, openid_configuration_of_domain
from cognito_emulator.oauth.identity_issuer import PATH as IDENTITY_PATH
from cognito_emulator.oauth.identity_issuer import identity_configuration, identity_jwks
from cognito_emulator.wire.body import Receive, Send, Unread, declared, has_body
from cognito_emulator.wire.endpoint import Scope, endpoint
from cognito_emulator.wire.headers import by_name, repeated
from cognito_emulator.wire.regions import is_endpoint
from cognito_emulator.wire.render import Headers
from cognito_emulator.world import World

log = logging.getLogger("emulator")
requests_log = logging.getLogger("emulator.requests")

# Recorded of the service: on every actual answer, errors included.
CORS: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"),
]
# The control API is not for the scripts of other sites.
_CONTROL = ("/_emulator", "/_localstack", "/_aws")
# RFC 3986, section 3.2: a registered name, an IPv4 address or one of IPv6 in brackets, and a port. (Some versions of
# Starlette fail at others.)
_HOST = re.compile(rb"(?:[A-Za-z0-9._~!$&'()*+,;=%-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")
_PROBES = frozenset({"/_emulator/health", "/_emulator/ready", "/_localstack/health"})


def create_app(world: World) -> FrontDoor:
    """The ASGI application of `world`. What the world's store holds now is where resets go back to."""
    operations.load()
    return FrontDoor(world)


class FrontDoor:
    """Sends API calls straight to the endpoint, everything else through Starlette's router.

    Plain ASGI: a BaseHTTPMiddleware would cost three bare requests.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.baseline = Baseline(world)
        self._plain = self._router(_plain_routes())

    def _router(self, routes: list[BaseRoute]) -> Starlette:
        router = Starlette(routes=routes, exception_handlers={HTTPException: _refused, Exception: _failed})
        router.router.redirect_slashes = False
        router.state.world = self.world
        router.state.baseline = self.baseline
        return router

    @cached_property
    def _whole(self) -> Starlette:
        """With the browser's side, which takes its time to import."""
        from cognito_emulator.oauth.routes import browser_routes

        return self._router([*browser_routes(), *_plain_routes()])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._plain(scope, receive, send)
        path, method, headers = scope["path"], scope["method"], by_name(scope["headers"])
        is_call = method == "POST" and is_endpoint(path)
        if has_body(headers) and not (is_call and 0 < declared(headers) <= self.world.settings.max_body):
            unread = Unread(receive, send, headers)
            receive, send = unread.receive, unread.send
        twice = repeated(scope["headers"])
        if twice is not None:
            text = f"The header {twice} is there more than once."
            return await JSONResponse({"message": text}, 400)(scope, receive, send)
        if is_call:
            return await endpoint(self.world, scope, receive, send, CORS)
        if method == "OPTIONS" and not _is_for_browsers_alone(path):
            return await _preflight(scope, send)
        return await self._route(scope, receive, send)

    def _answering(self, scope: Scope) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
        if not _names_host(scope):
            return _BAD_HOST
        return self._plain if _is_plain(scope["path"]) else self._whole

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        cors = [] if _is_for_browsers_alone(scope["path"]) else CORS
        status = 500

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *cors]
            await send(message)

        try:
            await self._answering(scope)(scope, receive, sending)
        except Exception:
            # Starlette has answered by `_failed` and raises again.
            log.exception("%s %s failed", scope["method"], scope["path"])
        level = logging.DEBUG if scope["path"] in _PROBES else logging.INFO
        if requests_log.isEnabledFor(level):
            fields = {
                "operation": f"{scope['method']} {scope['path']}",
                "result": "ok" if status < 400 else "refused",
                "status": status,
                "ms": round((time.perf_counter() - started) * 1000, 1),
            }
            requests_log.log(level, "request", extra={"fields": fields})


def _names_host(scope: Scope) -> bool:
    """Whether the Host header is one. RFC 9112, section 3.2: else the answer must be 400."""
    return all(_HOST.fullmatch(value) for name, value in scope["headers"] if name == b"host")


_BAD_HOST = JSONResponse({"message": "The Host header is no host: it wants a name or an address, and a port."}, 400)


def _plain_routes() -> list[BaseRoute]:
    return [
        Route(f"{IDENTITY_PATH}/openid-configuration", identity_configuration),
        Route(f"{IDENTITY_PATH}/jwks_uri", identity_jwks),
        Route("/{pool_id}/.well-known/jwks.json", jwks),
        Route("/{pool_id}/.well-known/openid-configuration", openid_configuration),
        Route("/.well-known/openid-configuration", openid_configuration_of_domain),
        Route("/_import/{job_id}", upload, methods=["PUT"]),
        *control_routes(),
    ]


def _is_plain(path: str) -> bool:
    """Whether `_plain_routes` are all that can answer there."""
    if path.startswith(_CONTROL):
        return not path.startswith(f"{MOCK_IDP_PATH}/")  # pages, although beside the control API
    return path == "/" or "/.well-known/" in path or path.startswith("/_import/")


def _is_for_browsers_alone(path: str) -> bool:
    """The control API, and the pages of the hosted login: scripts of other origins have no business there."""
    if path.startswith(_CONTROL):
        return True
    if _is_plain(path):
        return False
    from cognito_emulator.oauth.routes import is_for_browsers_alone

    return is_for_browsers_alone(path)


def _refused(request: Request, error: Exception) -> Response:
    """Every refusal is JSON: `{"message": …}`."""
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    text = error.detail
    if error.status_code == 404 and text == "Not Found":
        text = f"No resource at {request.url.path}. GET / lists the endpoints."
    elif error.status_code == 405:
        text = f"{request.url.path} does not take {request.method}."
    return JSONResponse({"message": text}, error.status_code, error.headers)


def _failed(_: Request, __: Exception) -> Response:
    return JSONResponse({"message": "Something went wrong."}, 500)


async def _preflight(scope: Scope, send: Send) -> None:
    """Every header that was asked for is allowed: a fixed list breaks clients that add one."""
    asked = by_name(scope["headers"])
    headers: Headers = [
        (b"access-control-allow-origin", b"*"),
        (b"access-control-allow-methods", b"POST, GET, OPTIONS"),
        (b"access-control-max-age", b"172800"),
        (b"content-length", b"0"),
    ]
    wanted = asked.get(b"access-control-request-headers")
    if wanted:
        headers.append((b"access-control-allow-headers", wanted))
    if asked.get(b"access-control-request-private-network") == b"true":
        headers.append((b"access-control-allow-private-network", b"true"))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b""})

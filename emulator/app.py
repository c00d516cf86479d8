"""The HTTP face of one world: the one list of routes, and the plain ASGI front door before it.

POST    /                                      the AWS JSON API (cognito-idp, cognito-identity, KMS Decrypt for codes)
OPTIONS *                                      CORS preflight
GET     /{pool}/.well-known/jwks.json          keys
GET     /{pool}/.well-known/openid-configuration
GET     /cognito-identity/.well-known/openid-configuration, …/jwks_uri   the issuer of identity pools' tokens
GET     /{pool}/{client}/{version}/assets/images/image.jpg   the logo of the classic pages
GET     /oauth2/authorize, /logout             the browser's way in and out (no CORS)
GET,POST /oauth2/idpresponse                   back from an identity provider (no CORS)
POST /saml2/idpresponse, /saml2/logout         back from a SAML provider (no CORS)
*       /_emulator/idp/{pool}/{provider}/…     the built-in provider that stands in for others (no CORS)
POST    /oauth2/token, /oauth2/revoke          apps
GET     /oauth2/userInfo
POST    /oauth2/register, /{pool}/oauth2/register
GET     /login, /signup, …                     the pages of the hosted login (no CORS; emulator.oauth.pages.routes)
GET     /confirmUser                           the link that confirms a sign-up
GET     /                                      where things are
*       /_emulator/…, /_localstack/health, /_aws/ses   the control API (no CORS)
"""

from __future__ import annotations

import logging
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator import operations
from emulator.control.baseline import Baseline
from emulator.control.imports import upload
from emulator.control.routes import control_routes
from emulator.oauth.authorize import authorize
from emulator.oauth.confirm_user import confirm_user
from emulator.oauth.discovery import jwks, openid_configuration
from emulator.oauth.federation import CALLBACK, SAML_CALLBACK, idpresponse
from emulator.oauth.identity_issuer import PATH as IDENTITY_PATH
from emulator.oauth.identity_issuer import identity_configuration, identity_jwks
from emulator.oauth.logout import logout
from emulator.oauth.look import image
from emulator.oauth.pages.routes import ASSETS, PATHS, page_routes
from emulator.oauth.pretend import pretend_routes
from emulator.oauth.register import register
from emulator.oauth.revoke import revoke
from emulator.oauth.saml import SIGN_OUT, signed_out
from emulator.oauth.saml import idpresponse as saml_idpresponse
from emulator.oauth.token import token
from emulator.oauth.userinfo import userinfo
from emulator.wire.endpoint import Receive, Scope, Send, endpoint
from emulator.wire.render import Headers
from emulator.world import World

log = logging.getLogger("emulator")
requests_log = logging.getLogger("emulator.requests")

# Recorded of the service: on every actual answer, errors included.
CORS: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"),
]
# Scripts of other sites have no business there: the control API, and where a browser is sent to.
_PRIVATE = ("/_emulator", "/_localstack", "/_aws", "/oauth2/authorize", "/oauth2/idpresponse", "/saml2", "/logout")
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
        routes = [
            Route(f"{IDENTITY_PATH}/openid-configuration", identity_configuration),
            Route(f"{IDENTITY_PATH}/jwks_uri", identity_jwks),
            Route("/{pool_id}/.well-known/jwks.json", jwks),
            Route("/{pool_id}/.well-known/openid-configuration", openid_configuration),
            Route("/{pool_id}/{client_id}/{version}/assets/images/image.jpg", image),
            Route("/oauth2/authorize", authorize),
            Route("/oauth2/token", token, methods=["POST"]),
            Route("/oauth2/userInfo", userinfo),
            Route("/oauth2/revoke", revoke, methods=["POST"]),
            Route("/oauth2/register", register, methods=["POST"]),
            Route("/{pool_id}/oauth2/register", register, methods=["POST"]),
            Route(CALLBACK, idpresponse, methods=["GET", "POST"]),
            Route(SAML_CALLBACK, saml_idpresponse, methods=["POST"]),
            Route(SIGN_OUT, signed_out, methods=["POST"]),
            Route("/logout", logout),
            Route("/_import/{job_id}", upload, methods=["PUT"]),
            Route("/confirmUser", confirm_user),
            Route("/confirmUser/", confirm_user),
            *page_routes(),
            *pretend_routes(),
            *control_routes(),
        ]
        self.router = Starlette(routes=routes, exception_handlers={HTTPException: _refused, Exception: _failed})
        self.router.router.redirect_slashes = False
        self.router.state.world = world
        self.router.state.baseline = self.baseline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.router(scope, receive, send)
        path, method = scope["path"], scope["method"]
        if path == "/" and method == "POST":
            return await endpoint(self.world, scope, receive, send, CORS)
        if method == "OPTIONS" and not _is_for_browsers_alone(path):
            return await _preflight(scope, send)
        return await self._route(scope, receive, send)

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
            await self.router(scope, receive, sending)
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


def _is_for_browsers_alone(path: str) -> bool:
    """The control API, and the pages of the hosted login: scripts of other origins have no business there."""
    return path.startswith((*_PRIVATE, ASSETS)) or path in PATHS


def _refused(request: Request, error: Exception) -> Response:
    """Every refusal is JSON: `{"message": …}`."""
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    text = error.detail
    if error.status_code == 404 and text == "Not Found":
        text = f"Nothing is at {request.url.path}; GET / tells where things are."
    elif error.status_code == 405:
        text = f"{request.url.path} does not take {request.method}."
    return JSONResponse({"message": text}, error.status_code, error.headers)


def _failed(_: Request, __: Exception) -> Response:
    return JSONResponse({"message": "Something went wrong."}, 500)


async def _preflight(scope: Scope, send: Send) -> None:
    """Every header that was asked for is allowed: a fixed list breaks clients that add one."""
    asked = dict(scope["headers"])
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

"""The HTTP face of one world: the one list of routes, and the plain ASGI front door before it.

POST    /                                      the AWS JSON API (cognito-idp and cognito-identity)
OPTIONS *                                      CORS preflight
GET     /{pool}/.well-known/jwks.json          keys
GET     /{pool}/.well-known/openid-configuration
*       /_emulator/…, /_localstack/health      the control API (no CORS)
"""

from __future__ import annotations

import logging

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from emulator import operations
from emulator.control.routes import control_routes
from emulator.oauth.discovery import jwks, openid_configuration
from emulator.wire.endpoint import Receive, Scope, Send, endpoint
from emulator.wire.render import Headers
from emulator.world import World

log = logging.getLogger("emulator")

# Recorded of the service: on every actual answer, errors included.
CORS: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"),
]
_PRIVATE = ("/_emulator", "/_localstack")


def create_app(world: World) -> FrontDoor:
    """The ASGI application of `world`."""
    operations.load()
    return FrontDoor(world)


class FrontDoor:
    """Sends API calls straight to the endpoint, everything else through Starlette's router.

    Plain ASGI: a BaseHTTPMiddleware would cost three bare requests.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        routes = [
            Route("/{pool_id}/.well-known/jwks.json", jwks),
            Route("/{pool_id}/.well-known/openid-configuration", openid_configuration),
            Mount("/_emulator", routes=control_routes()),
            *control_routes(localstack=True),
        ]
        self.router = Starlette(routes=routes)
        self.router.state.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.router(scope, receive, send)
        path, method = scope["path"], scope["method"]
        if path == "/" and method == "POST":
            return await endpoint(self.world, scope, receive, send, CORS)
        if path.startswith(_PRIVATE):
            return await self.router(scope, receive, send)
        if method == "OPTIONS":
            return await _preflight(scope, send)
        return await self.router(scope, receive, _with_cors(send))


def _with_cors(send: Send) -> Send:
    async def send_with_cors(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *CORS]  # type: ignore[misc]
        await send(message)

    return send_with_cors  # type: ignore[return-value]


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

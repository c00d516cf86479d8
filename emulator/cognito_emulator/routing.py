"""Starlette's router, made of the table of `routes`.

It answers all but the calls of the API. Its making, with Starlette's import, took a tenth of a start: it is made at the
first request that needs it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router

from cognito_emulator.control.guard import Guard
from cognito_emulator.routes import CONTROL, ROUTES, Audience, Row

if TYPE_CHECKING:
    from cognito_emulator.control.baseline import Baseline
    from cognito_emulator.control.worlds import Worlds
    from cognito_emulator.world import World

Handler = Callable[[Request], Awaitable[Response]]

BAD_HOST = JSONResponse({"message": "The Host header is no host: it wants a name or an address, and a port."}, 400)


def make_router(world: World, baseline: Baseline, worlds: Worlds) -> Starlette:
    """Make what answers the requests to a world's routes."""
    made = Starlette(routes=build(), exception_handlers={HTTPException: _refused, Exception: _failed})
    made.router.redirect_slashes = False
    made.state.world = world
    made.state.baseline = baseline
    made.state.worlds = worlds
    return made


def build() -> list[BaseRoute]:
    """Build Starlette's routes from the table."""
    open_rows = [row for row in ROUTES if row.audience is not Audience.DEVELOPERS]
    # The mock's pages lie below a prefix that is guarded; the others may begin with a name of any kind.
    mock = [_route(row) for row in open_rows if row.path.startswith(CONTROL)]
    others = [_route(row) for row in open_rows if not row.path.startswith(CONTROL)]
    return [*mock, *(_guarded(prefix) for prefix in CONTROL), *others]


def _guarded(prefix: str) -> BaseRoute:
    """Return the control API below a prefix.

    The guard checks paths without a route too.
    """
    rows = [row for row in ROUTES if row.audience is Audience.DEVELOPERS and row.path.startswith(prefix)]
    routes = [_route(row, row.path.removeprefix(prefix)) for row in rows]
    return Mount(prefix, Router(routes, redirect_slashes=False), middleware=[Middleware(Guard)])


def _route(row: Row, path: str | None = None) -> BaseRoute:
    async def answer(request: Request) -> Response:
        if row not in _handlers:  # importing it takes up to 80 ms: others are answered meanwhile
            await asyncio.to_thread(_handler, row)
        return await _handler(row)(request)

    return Route(path or row.path, answer, methods=row.methods)


_handlers: dict[Row, Handler] = {}
_HOSTED = "oauth.pages.render:load"
_CONSOLE = "console.rendering:load"
# What these handlers import when they are called, up to 80 ms; signxml comes with an extra.
_LIBRARIES: Mapping[str, str] = {
    "oauth.federation:idpresponse": "jwt",
    "oauth.mock_idp:saml": "signxml.signer",
    "oauth.pages.mfa_setup:show": "segno",
    "oauth.saml:idpresponse": "signxml.verifier",
    "oauth.saml:signed_out": "signxml.verifier",
}


def _handler(row: Row) -> Handler:
    handler = _handlers.get(row)
    if handler is None:
        handler = _named(row.handler)
        if row.send:
            handler = _named("oauth.pages.endpoint:served")(handler, _named(row.send))
        if row.audience is Audience.BROWSERS:  # those without a page redirect to one, or show an error's
            _named(_HOSTED)()
        elif row.handler.startswith("console."):
            _named(_CONSOLE)()
        with suppress(ImportError):
            import_module(_LIBRARIES.get(row.handler, __name__))
        _handlers[row] = handler
    return handler


def _named(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(import_module(f"cognito_emulator.{module}"), function)


async def _refused(request: Request, error: Exception) -> Response:
    """Answer a refusal as JSON: `{"message": …}`.

    Starlette calls a plain function on a thread, for which it imports anyio's parts on the loop: 50 ms.
    """
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    text = error.detail
    if error.status_code == 404 and text == "Not Found":
        text = f"No resource at {request.url.path}. GET / lists the endpoints."
    elif error.status_code == 405:
        text = f"{request.url.path} does not take {request.method}."
    return JSONResponse({"message": text}, error.status_code, error.headers)


async def _failed(_: Request, __: Exception) -> Response:
    return JSONResponse({"message": "Something went wrong."}, 500)

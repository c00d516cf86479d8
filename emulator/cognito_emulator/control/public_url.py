"""`/_emulator/public-url`: read and change the address of issuers and links."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.control.inputs import object_body, query, world_of
from cognito_emulator.domain.hosts import base_url_of
from cognito_emulator.settings import REQUEST
from cognito_emulator.world import World


def state(world: World) -> dict[str, Any]:
    """Return the address of this request, if it follows requests, and earlier ones."""
    earlier = [f"{url}{world.prefix}" for url in world.address.earlier]
    return {"url": world.public_url, "followsRequests": world.address.follows, "earlier": earlier}


async def get_public_url(request: Request) -> Response:
    """Answer `GET /_emulator/public-url`."""
    query(request)
    return JSONResponse(state(world_of(request)))


async def put_public_url(request: Request) -> Response:
    """Answer `PUT /_emulator/public-url`.

    {"url": "https://cognito.test:9230"}   fixed from now on, for all worlds of the server
    {"url": "request"}                     scheme and Host of each request

    Tokens that were issued before stay valid.
    """
    query(request)
    world = world_of(request)
    wanted = await object_body(request)
    url = wanted.get("url")
    if wanted.keys() != {"url"} or not isinstance(url, str):
        raise HTTPException(400, 'The body must be {"url": …}, a URL or "request".')
    if world.prefix:
        raise HTTPException(400, "Worlds share the address of the server: change it without /w/<name>.")
    world.address.change(world.address.fixed if url == REQUEST else _read(url), follows=url == REQUEST)
    return JSONResponse(state(world))


def _read(url: str) -> str:
    try:
        return base_url_of(url)
    except ValueError as error:
        raise HTTPException(400, f"{error}; it may be {REQUEST!r} too.") from None

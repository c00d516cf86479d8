"""The files of the pages: `GET /_pages/…`.

pages.css, passkeys.js
theme/{client}.css, classic/{client}.css      the look of a client's pages
image/{style}/{number}                        an image of a managed login style
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.domain import errors
from cognito_emulator.oauth.pages import render
from cognito_emulator.oauth.pages.look import MEDIA_TYPES, look_of
from cognito_emulator.oauth.pages.theme import settings_of, sheet
from cognito_emulator.world import World

_TYPES = {"css": "text/css", "js": "text/javascript"}
# An image may be an SVG with a script in it, which must not run if a browser opens it by itself.
_IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def _kept(request: Request, content: bytes | str, media_type: str, **more: str) -> Response:
    """Return a file for the browser's cache.

    With `?v=…` in its address a file never changes.
    """
    lasting = "public, max-age=31536000, immutable" if "v" in request.query_params else "no-cache"
    headers = {"cache-control": lasting, "x-content-type-options": "nosniff", **more}
    return Response(content, media_type=media_type, headers=headers)


async def static(request: Request) -> Response:
    name = request.path_params["name"]
    try:
        content = render.static(name)
    except KeyError:
        raise HTTPException(404, "There is no such file.") from None
    return _kept(request, content, _TYPES[name.rpartition(".")[2]])


async def theme(request: Request) -> Response:
    world: World = request.app.state.world
    if request.path_params["client_id"] == "default":
        return _kept(request, sheet(settings_of(None), {}), "text/css")
    try:
        pool, client = world.client(request.path_params["client_id"])
    except errors.ResourceNotFound:
        raise HTTPException(404, "There is no such app client.") from None
    classic = request.url.path.startswith("/_pages/classic/")
    look = look_of(world, pool, client, classic=classic, language="en")
    return _kept(request, look.sheet, "text/css")


async def image(request: Request) -> Response:
    world: World = request.app.state.world
    style = world.store.brandings.get(request.path_params["style"])
    number = request.path_params["number"]
    if style is None or number >= len(style.assets) or not style.assets[number].content:
        raise HTTPException(404, "There is no such image.")
    asset = style.assets[number]
    more = {"content-security-policy": _IMAGE_POLICY}
    return _kept(request, asset.content or b"", MEDIA_TYPES[asset.extension], **more)

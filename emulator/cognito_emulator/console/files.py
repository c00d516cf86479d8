"""The console's style sheet and script."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.console import rendering

_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


async def static(request: Request) -> Response:
    """Answer `GET /_emulator/console/static/{name}`.

    With `?v=…` in its address a file never changes.
    """
    name = request.path_params["name"]
    try:
        content = rendering.static(name)
    except KeyError:
        raise HTTPException(404, "There is no such file.") from None
    lasting = "public, max-age=31536000, immutable" if "v" in request.query_params else "no-cache"
    return Response(content, media_type=_TYPES[name.rpartition(".")[2]], headers={"cache-control": lasting})

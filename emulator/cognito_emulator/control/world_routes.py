"""`/_emulator/worlds`: list worlds, and drop one."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.control.inputs import object_body, query
from cognito_emulator.control.worlds import MOST, Worlds


def worlds_of(request: Request) -> Worlds:
    worlds: Worlds = request.app.state.worlds
    return worlds


async def list_worlds(request: Request) -> Response:
    """Answer `GET /_emulator/worlds`: the other worlds, and how many there may be."""
    query(request)
    shown = [
        {
            "name": name,
            "url": opened.world.public_url,
            "created": datetime.fromtimestamp(opened.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "pools": len(opened.world.store.pools),
            "users": len(opened.world.store.users),
        }
        for name, opened in worlds_of(request).opened().items()
    ]
    return JSONResponse({"worlds": shown, "most": MOST})


async def drop_world(request: Request) -> Response:
    """Answer `DELETE /_emulator/worlds/{name}`: all that is in the world is gone."""
    query(request)
    if await object_body(request):
        raise HTTPException(400, "The deletion of a world takes no members.")
    worlds, name = worlds_of(request), request.path_params["name"]
    if not await worlds.drop(name):
        known = ", ".join(worlds.opened()) or "none"
        raise HTTPException(404, f"There is no world {name[:64]!r}. There are: {known}.")
    return JSONResponse({"dropped": name})

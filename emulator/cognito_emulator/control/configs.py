"""`/_emulator/config`: the settings of a client, ready to be pasted."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.control.connect.kinds import SNIPPETS
from cognito_emulator.control.connect.target import NoTarget, choose_target
from cognito_emulator.control.inputs import query, world_of

NOTE_HEADER = "x-emulator-note"


async def list_kinds(request: Request) -> Response:
    """Answer `GET /_emulator/config`: list the kinds of clients."""
    query(request)
    return JSONResponse({"configs": [{"name": name, "title": one.title} for name, one in SNIPPETS.items()]})


async def show(request: Request) -> Response:
    """Answer `GET /_emulator/config/<kind>`: the settings of that kind of client.

    `client` and `pool` name the app client; without them it is the first one without a secret. What a format without
    comments cannot say is in the header `x-emulator-note`.
    """
    values = query(request, "pool", "client")
    name = request.path_params["kind"]
    snippet = SNIPPETS.get(name)
    if snippet is None:
        raise HTTPException(404, f"There are no settings for {name[:64]!r}. There are: {', '.join(SNIPPETS)}.")
    try:
        target = choose_target(world_of(request), values.get("pool"), values.get("client"))
    except NoTarget as error:
        raise HTTPException(404, str(error)) from None
    if target is None:
        raise HTTPException(404, "There is no app client to which settings could lead.")
    note = snippet.note(target)
    return Response(f"{snippet.text(target)}\n", media_type=snippet.kind, headers={NOTE_HEADER: note} if note else None)

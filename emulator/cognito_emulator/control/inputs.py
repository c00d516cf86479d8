"""Control requests: read the query and the JSON body.

An error is answered with a status and one clear sentence.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from cognito_emulator.domain import strict_json
from cognito_emulator.wire.body import Disconnected, RequestTooLarge, read_body
from cognito_emulator.wire.headers import by_name
from cognito_emulator.world import World


def world_of(request: Request) -> World:
    world: World = request.app.state.world
    return world


def is_browser(request: Request) -> bool:
    """Tell whether a page is asked for.

    Browsers name HTML first; programs ask for JSON or for anything.
    """
    return request.headers.get("accept", "").startswith("text/html")


def query(request: Request, *known: str) -> dict[str, str]:
    """Return the query's values by name.

    Raises:
        HTTPException: 400 for an unknown name (a misspelt filter must not match everything) or a repeated one.
    """
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise HTTPException(400, f"Unknown query parameter {name!r}; known here: {_list(known)}.")
        if name in found:
            raise HTTPException(400, f"Query parameter {name!r} is given twice.")
        found[name] = value
    return found


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def switch(values: Mapping[str, str], name: str) -> bool:
    """Return whether a query parameter is on.

    `1` and `true` are on, `0` and `false` are off; absent is off.
    """
    value = values.get(name, "0").lower()
    if value not in ("1", "true", "0", "false"):
        raise HTTPException(400, f"Query parameter {name!r} must be 1 or 0.")
    return value in ("1", "true")


async def bytes_body(request: Request, most: int) -> bytes:
    """Return the body.

    Raises:
        HTTPException: 413 it has more bytes than `most`.
    """
    try:
        return await read_body(request.receive, by_name(request.headers.raw), most)
    except RequestTooLarge as error:
        raise HTTPException(413, error.message) from None
    except Disconnected:
        raise HTTPException(400, "The client disconnected.") from None


async def text_body(request: Request) -> str:
    """Return the body as text.

    Raises:
        HTTPException: 413 too large, 400 not UTF-8.
    """
    body = await bytes_body(request, world_of(request).settings.max_body)
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise HTTPException(400, "The body is not UTF-8.") from None


async def object_body(request: Request) -> dict[str, Any]:
    """Return the body as a JSON object; an empty body is an empty object.

    Raises:
        HTTPException: 400 not a JSON object; as `text_body`.
    """
    value = await json_body(request)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise HTTPException(400, "The body must be a JSON object.")
    return value


async def json_body(request: Request) -> Any:
    """Return the body's JSON; None for an empty body.

    Raises:
        HTTPException: 400 not JSON; as `text_body`.
    """
    text = await text_body(request)
    if not text.strip():
        return None
    try:
        return strict_json.decode(text)
    except ValueError as error:
        told = isinstance(error, (json.JSONDecodeError, strict_json.TooManyValues))
        reason = str(error) if told else "it is nested too deeply or malformed"
        raise HTTPException(400, f"The body is not JSON: {reason}.") from None


def seconds(value: Any, name: str) -> float:
    """Return a finite number.

    Raises:
        HTTPException: 400
    """
    try:
        return finite(value)
    except ValueError:
        raise HTTPException(400, f"{name!r} must be a number of seconds.") from None


def finite(value: Any) -> float:
    """Return a JSON number as a float, which must be finite.

    Raises:
        ValueError
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("no number")
    try:
        found = float(value)
    except OverflowError:
        raise ValueError("too large") from None
    if not math.isfinite(found):
        raise ValueError("not finite")
    return found

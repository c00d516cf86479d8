"""Facts for threat protection that a test sets.

`/_emulator/risks`, `/_emulator/compromised` and `/_emulator/places`.
"""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.control.inputs import object_body, query, world_of
from cognito_emulator.control.long_answers import json_answer
from cognito_emulator.flows.threats import fixed_risks as known_risks
from cognito_emulator.flows.threats.fixed_risks import BadRisk


async def list_risks(request: Request) -> Response:
    """Answer `GET /_emulator/risks`: list the fixed levels."""
    query(request)
    return await _risks(request)


async def _risks(request: Request) -> Response:
    world = world_of(request)
    return await json_answer(world, {"risks": map(known_risks.shown, world.store.fixed_risks)})


async def put_risk(request: Request) -> Response:
    """Answer `PUT /_emulator/risks` with a level: fix it.

    The body is `{"level": "High", "pool": …, "user": …, "ip": …}`. A member that is absent matches all.
    """
    query(request)
    body = await object_body(request)
    _known(body, "level", "pool", "user", "ip")
    if "level" not in body:
        raise HTTPException(400, "'level' is missing.")
    texts = {name: _text(body, name) for name in body}
    try:
        fixed = known_risks.fix(world_of(request), **{"level": "", **texts})
    except BadRisk as problem:
        raise HTTPException(400, f"{problem}.") from None
    return JSONResponse(known_risks.shown(fixed))


async def delete_risks(request: Request) -> Response:
    """Answer `DELETE /_emulator/risks?pool=&user=&ip=`."""
    wanted = query(request, "pool", "user", "ip")
    try:
        await known_risks.forget(world_of(request), **wanted)
    except BadRisk as problem:
        raise HTTPException(400, f"{problem}.") from None
    return await _risks(request)


async def _leaked(request: Request) -> Response:
    """Return the compromised passwords by their SHA-256.

    The passwords themselves are not stored.
    """
    world = world_of(request)
    shown = ({"pool": one.pool_id or None, "sha256": one.digest} for one in world.store.compromised)
    return await json_answer(world, {"compromised": shown})


async def list_compromised(request: Request) -> Response:
    """Answer `GET /_emulator/compromised`."""
    query(request)
    return await _leaked(request)


async def put_compromised(request: Request) -> Response:
    """Answer `PUT /_emulator/compromised` with `{"passwords": […], "pool": …}`.

    They count as compromised from now on.
    """
    query(request)
    body = await object_body(request)
    _known(body, "passwords", "pool")
    passwords = body.get("passwords")
    if not isinstance(passwords, list) or not all(isinstance(one, str) and one for one in passwords):
        raise HTTPException(400, "'passwords' must be a list of texts.")
    try:
        await known_risks.leak_slowly(world_of(request), passwords, _text(body, "pool") if "pool" in body else None)
    except BadRisk as problem:
        raise HTTPException(400, f"{problem}.") from None
    return await _leaked(request)


async def delete_compromised(request: Request) -> Response:
    """Answer `DELETE /_emulator/compromised?pool=`."""
    await known_risks.forget_leaks(world_of(request), query(request, "pool").get("pool"))
    return await _leaked(request)


async def _places(request: Request) -> Response:
    world = world_of(request)
    shown = ({"ip": one.ip_range, "city": one.city, "country": one.country} for one in world.store.places)
    return await json_answer(world, {"places": shown})


async def list_places(request: Request) -> Response:
    """Answer `GET /_emulator/places`."""
    query(request)
    return await _places(request)


async def put_place(request: Request) -> Response:
    """Answer `PUT /_emulator/places` with `{"ip": …, "city": …, "country": …}`.

    It sets the place of an address or range.
    """
    query(request)
    body = await object_body(request)
    _known(body, "ip", "city", "country")
    if "ip" not in body:
        raise HTTPException(400, "'ip' is missing.")
    texts = {name: _text(body, name) for name in body}
    try:
        known_risks.locate(world_of(request), **{"ip": "", **texts})
    except BadRisk as problem:
        raise HTTPException(400, f"{problem}.") from None
    return await _places(request)


async def delete_places(request: Request) -> Response:
    """Answer `DELETE /_emulator/places`."""
    query(request)
    await known_risks.forget_places(world_of(request))
    return await _places(request)


def _known(body: dict[str, Any], *names: str) -> None:
    unknown = [name for name in body if name not in names]
    if unknown:
        raise HTTPException(400, f"Unknown member {unknown[0]!r}; known here: {', '.join(names)}.")


def _text(body: dict[str, Any], name: str) -> str:
    value = body[name]
    if not isinstance(value, str) or not value:
        raise HTTPException(400, f"{name!r} must be a text.")
    return value

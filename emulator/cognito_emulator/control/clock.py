"""`/_emulator/clock`: read, freeze, set and advance the time of every expiry."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.control.inputs import finite, object_body, query, seconds, world_of
from cognito_emulator.ports.clock import Clock
from cognito_emulator.ports.events import CLOCK

KNOWN = ("reset", "set", "freeze", "advance")
LATEST = 32_503_680_000.0  # the year 3000: every date format in use has it


def state(clock: Clock) -> dict[str, Any]:
    """Return the time, whether it is frozen, and its distance from the machine's time.

    The time is in epoch seconds and ISO 8601, the distance in seconds.
    """
    now = clock.now()
    iso = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"now": now, "iso": iso, "frozen": clock.is_frozen, "offset": clock.offset}


async def get_clock(request: Request) -> Response:
    """Answer `GET /_emulator/clock`."""
    query(request)
    return JSONResponse(state(world_of(request).clock))


async def put_clock(request: Request) -> Response:
    """Answer `PUT /_emulator/clock`: apply these members in this order, all or none.

    {"reset": true}             the machine's time
    {"set": time}               continue from there (a frozen clock stays frozen there)
    {"freeze": true | time}     freeze now or there; false continues from there
    {"advance": seconds}        forward, or back if negative

    A time is epoch seconds or ISO 8601 (UTC unless it names an offset).
    """
    query(request)
    world = world_of(request)
    change(world.clock, await object_body(request))
    world.events.publish(CLOCK, lambda: state(world.clock))
    return JSONResponse(state(world.clock))


def change(clock: Clock, wanted: dict[str, Any]) -> None:
    """Apply the members of a `PUT`.

    Raises:
        HTTPException: 400, and nothing has changed.
    """
    unknown = [name for name in wanted if name not in KNOWN]
    if unknown or not wanted:
        named = f"Unknown member {unknown[0]!r}" if unknown else "Nothing to do"
        raise HTTPException(400, f"{named}; known: reset, set, freeze, advance.")
    if wanted.get("reset", True) is not True:
        raise HTTPException(400, "'reset' must be true.")
    frozen, at = clock.is_frozen, clock.now()
    if "reset" in wanted:
        frozen, at = False, clock.machine()
    if "set" in wanted:
        at = moment(wanted["set"], "set")
    freeze = wanted.get("freeze", True)
    if "freeze" in wanted:
        frozen = freeze is not False
        if not isinstance(freeze, bool):
            at = moment(freeze, "freeze")
    at += seconds(wanted.get("advance", 0), "advance")
    if not 0 <= at <= LATEST:
        raise HTTPException(400, "The clock can stand between 1970 and the year 3000.")
    if frozen:
        clock.freeze(at)
    elif wanted.keys() == {"reset"}:
        clock.reset()
    else:
        clock.reset()
        clock.set(at)


def moment(value: Any, name: str) -> float:
    """Return the time of the member `name`, as `moment_of`.

    Raises:
        HTTPException: 400
    """
    try:
        return moment_of(value)
    except ValueError:
        text = f"{name!r} must be epoch seconds or an ISO 8601 time, not {str(value)[:40]!r}."
        raise HTTPException(400, text) from None


def moment_of(value: Any) -> float:
    """Return the epoch seconds of a time.

    It may be epoch seconds, a datetime or ISO 8601 text; UTC where it names no offset.

    Raises:
        ValueError
    """
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    return finite(value)

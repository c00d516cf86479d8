"""The clock: freeze it, move it, set it."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.view import ROOT, View
from cognito_emulator.control.clock import change, state
from cognito_emulator.ports.events import CLOCK

# Steps of the buttons, in seconds.
STEPS = (
    ("−1 d", -86_400), ("−1 h", -3_600), ("−5 min", -300), ("+1 min", 60), ("+5 min", 300), ("+1 h", 3_600),
    ("+1 d", 86_400), ("+30 d", 2_592_000),
)  # fmt: skip


async def _show(view: View) -> Response:
    view.query()
    return view.page("clock.html", "Clock", "clock", state=state(view.world.clock), steps=STEPS)


def _wanted(do: str, at: str) -> dict[str, Any]:
    """Return a form as the members of `PUT /_emulator/clock`.

    Raises:
        HTTPException: 400
    """
    if do in ("set", "freeze-at"):
        return {"freeze" if do == "freeze-at" else "set": at}
    if do[:1] in ("+", "-") and do[1:].isdigit() and do.isascii() and len(do) < 12:
        return {"advance": int(do)}
    known: dict[str, dict[str, Any]] = {"freeze": {"freeze": True}, "run": {"freeze": False}, "reset": {"reset": True}}
    if do not in known:
        raise HTTPException(400, "'do' must be set, freeze-at, freeze, run, reset, or a number of seconds such as +60.")
    return known[do]


async def _change(view: View) -> Response:
    clock = view.world.clock
    change(clock, _wanted(view.field("do"), view.field("at")))
    view.world.events.publish(CLOCK, lambda: state(clock))
    return view.go(f"{ROOT}/clock", "saved")


show, send = screen(_show), form(_change, _show)

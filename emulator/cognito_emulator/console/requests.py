"""Requests: the journal as a list, with its filters."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.view import HOME, ROOT, View
from cognito_emulator.control.inputs import switch
from cognito_emulator.control.journal_view import summary
from cognito_emulator.control.requests import FILTERS, filter_of
from cognito_emulator.ports.journal import KINDS, Entry

MOST = 100
_OWN = (ROOT, "/_emulator/idp/")


def is_own(entry: Entry) -> bool:
    """Tell whether the console or a mock provider was called, and not what is tested."""
    return entry.path == HOME or entry.path.startswith(_OWN)


async def _list(view: View) -> Response:
    values = view.query(*FILTERS, "own")
    try:
        accept = filter_of(view.world, values)
        shows_own = switch({"own": "0", **values}, "own") or "path" in values or "operation" in values
        found = view.world.journal.all(lambda entry: (shows_own or not is_own(entry)) and accept(entry))
        refusal = ""
    except HTTPException as error:
        found, refusal = [], str(error.detail)
    return view.page(
        "requests.html",
        "Requests",
        "requests",
        values=values,
        requests=[summary(view.world, entry) for entry in reversed(found[-MOST:])],
        total=len(found),
        is_on=view.world.journal.is_on,
        kinds=KINDS,
        filters=FILTERS,
        refusal=refusal,
        operations=sorted({entry.operation for entry in view.world.journal if entry.operation}),
    )


async def _clear(view: View) -> Response:
    if view.field("do") != "clear":
        raise HTTPException(400, "'do' must be: clear.")
    view.world.journal.clear()
    return view.go(f"{ROOT}/requests", "cleared")


show, send = screen(_list), form(_clear, _list)

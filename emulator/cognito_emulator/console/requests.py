"""Requests: the journal as a list, with its filters."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.view import ROOT, View
from cognito_emulator.control.journal_view import summary
from cognito_emulator.control.requests import FILTERS, filter_of
from cognito_emulator.ports.journal import KINDS

MOST = 100


async def _list(view: View) -> Response:
    values = view.query(*FILTERS)
    try:
        found, refusal = view.world.journal.all(filter_of(view.world, values)), ""
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

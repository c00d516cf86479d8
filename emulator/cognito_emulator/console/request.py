"""Show a request: input, answer, reason, changes, and how to go back before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console import copying
from cognito_emulator.console.control_api import has
from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.view import ROOT, View, user_path
from cognito_emulator.control.baseline import Baseline
from cognito_emulator.control.inputs import switch
from cognito_emulator.control.journal_view import summary, whole
from cognito_emulator.control.requests import first_change
from cognito_emulator.domain.history import Forgotten
from cognito_emulator.ports.journal import API, Entry

AROUND = 4  # requests before and after


def _found(view: View) -> Entry:
    entry = view.world.journal.find(view.request.path_params["request_id"])
    if entry is None:
        raise HTTPException(404, "That request is not remembered (any more): see --history.")
    return entry


async def _show(view: View) -> Response:
    entry, world = _found(view), view.world
    is_masked = switch({"masked": "1", **view.query("masked")}, "masked")
    shown = whole(world, entry, mask=is_masked)
    pool = world.store.pools.get(shown["pool"] or "")
    user = next((found for name in shown["users"] if pool and (found := _user(view, pool.id, name))), None)
    wanted = set(shown["messages"])
    changes = shown["changes"]
    return view.page(
        "request.html",
        entry.operation or entry.path,
        "requests",
        pool,
        entry=shown,
        why=shown.get("why"),
        fault_query=_fault_query(shown) if has(view, "/faults") and entry.kind == API else None,
        is_masked=is_masked,
        user_path=user_path(user) if user else None,
        client=world.store.clients.get(shown["client"] or ""),
        copies=copying.copies(world, entry, shown["input"]),
        messages=[one for one in world.outbox.all() if one.id in wanted],
        changes=None if changes is None else [{**change, "lines": _lines(change)} for change in changes],
        around=_around(view, entry),
    )


def _fault_query(shown: Mapping[str, Any]) -> str:
    """Fill the form for a fault with what a request was about."""
    values = {name: shown[name] for name in ("operation", "pool", "client", "user") if shown[name]}
    return urlencode(values)


def _user(view: View, pool_id: str, name: str) -> Any:
    store, pool = view.world.store, view.world.store.pools.get(pool_id)
    return store.users.get((pool_id, name)) or (
        store.users.find("username", (pool_id, pool.fold(name))) if pool else None
    )


def _lines(change: Mapping[str, Any]) -> Sequence[tuple[str, Any, Any]]:
    """Name, value before and value after of each field that differs."""
    before, after = change["before"] or {}, change["after"] or {}
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        return [("", before, after)]
    return list(_differences(before, after))


def _differences(
    before: Mapping[str, Any], after: Mapping[str, Any], prefix: str = ""
) -> Iterator[tuple[str, Any, Any]]:
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _differences(old, new, f"{prefix}{name}.")
        elif old != new:
            yield f"{prefix}{name}", old, new


def _around(view: View, entry: Entry) -> Sequence[Mapping[str, Any]]:
    entries = list(view.world.journal)
    at = next((index for index, other in enumerate(entries) if other is entry), len(entries))
    near = entries[max(0, at - AROUND) : at + AROUND + 1]
    return [summary(view.world, other) for other in reversed(near)]


async def _rewind(view: View) -> Response:
    if view.field("do") != "rewind":
        raise HTTPException(400, "'do' must be: rewind.")
    entry, world = _found(view), view.world
    baseline: Baseline = view.request.app.state.baseline
    async with baseline.alone:
        try:
            await baseline.undo_slowly(first_change(world, entry) - 1)
        except Forgotten:
            text = "The changes since that request are not remembered any more: nothing was changed. See --history."
            raise HTTPException(400, text) from None
    return view.go(f"{ROOT}/requests/{entry.id}", "rewound")


show, send = screen(_show), form(_rewind, _show)

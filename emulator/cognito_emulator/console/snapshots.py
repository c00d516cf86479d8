"""Snapshots: named states of everything, to go back to and to compare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console.control_api import ask
from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.view import ROOT, View

PATH = "/snapshots"
_NOW = "now"
_NAMES = ("username", "name", "group", "domain", "identifier")


def _path(name: str, *more: str) -> str:
    return "/".join([PATH, quote(name, safe=""), *more])


def label_of(one: Mapping[str, Any]) -> str:
    """Name a record of a comparison as people know it; "" where it has only its key."""
    record = one.get("record") or one.get("after") or {}
    found = (record.get(name) for name in _NAMES) if isinstance(record, Mapping) else ()
    return next((name for name in found if isinstance(name, str) and name not in one["key"]), "")


async def _show(view: View) -> Response:
    values = view.query("diff")
    found = (await ask(view, "GET", PATH))["snapshots"]
    name = values.get("diff")
    difference = await ask(view, "GET", _path(name, "diff", _NOW)) if name else None
    return view.page(
        "snapshots.html",
        "Snapshots",
        "snapshots",
        rows=list(reversed(found)),
        compared=name,
        diff=difference,
        label_of=label_of,
    )


async def _change(view: View) -> Response:
    do, name = view.field("do"), view.field("name").strip()
    if not name:
        raise HTTPException(400, "A snapshot needs a name.")
    if do == "save":
        await ask(view, "POST", _path(name))
        return view.go(f"{ROOT}/snapshots", "saved")
    if do == "restore":
        await ask(view, "PUT", _path(name))
        return view.go(f"{ROOT}/snapshots", "restored")
    if do == "delete":
        await ask(view, "DELETE", _path(name))
        return view.go(f"{ROOT}/snapshots", "deleted")
    raise HTTPException(400, "'do' must be one of: save, restore, delete.")


show, send = screen(_show), form(_change, _show)

"""Serve `/_emulator/snapshots`: named states to restore, compare, keep in files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.control.baseline import Baseline
from cognito_emulator.control.inputs import bytes_body, query, switch, world_of
from cognito_emulator.control.journal_view import change_of
from cognito_emulator.control.long_answers import json_answer
from cognito_emulator.domain.history import Change, Row
from cognito_emulator.domain.state import State, compare, state_of
from cognito_emulator.domain.table import Key, StoreError
from cognito_emulator.ports import snapshot_file
from cognito_emulator.ports.collector import put_off
from cognito_emulator.ports.events import SNAPSHOT
from cognito_emulator.ports.snapshots import MOST, Full, Snapshot
from cognito_emulator.world import World

NOW = "now"
LARGEST_FILE = 512 * 1024**2
SHOWN = 1_000  # records of a comparison
FREED = 2_000  # rows that are freed at once
_AT_ONCE = 10  # of them that are written at once
_LARGE = 256 * 1024  # bytes of a file of which so many records are made that no garbage is collected meanwhile
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")


async def list_snapshots(request: Request) -> Response:
    """Answer `GET /_emulator/snapshots`, oldest first."""
    query(request)
    found = world_of(request).snapshots.all()
    return JSONResponse({"snapshots": [_shown(name, snapshot) for name, snapshot in found.items()]})


def _shown(name: str, snapshot: Snapshot) -> dict[str, Any]:
    counts = {table: len(rows) for table, rows in snapshot.state.items() if rows}
    return {
        "name": name,
        "taken": datetime.fromtimestamp(snapshot.taken, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "pools": counts.get("pools", 0),
        "users": counts.get("users", 0),
        "records": sum(counts.values()),
    }


async def save(request: Request) -> Response:
    """Answer `POST /_emulator/snapshots/{name}`: take a snapshot.

    With a file as the body, read that one. An earlier snapshot of that name is replaced.
    """
    query(request)
    name, world = _new_name(request), world_of(request)
    data = await bytes_body(request, max(LARGEST_FILE, world.settings.max_body))
    baseline: Baseline = request.app.state.baseline
    if data:
        snapshot = await _read(world, data)
    else:
        async with baseline.alone:
            snapshot = baseline.snapshot()
    # A data folder gets it as a file, which is written on a thread.
    written = await world.workers.run(snapshot_file.write, snapshot) if world.keeper is not None else b""
    replaced = _tables(world, name)
    try:
        world.snapshots.put(name, snapshot, written)
    except Full:
        raise HTTPException(400, f"There are {MOST} snapshots already; delete one first.") from None
    _tell(world, "saved", name)
    world.background.start(_free(world, replaced))
    return JSONResponse(_shown(name, snapshot), 201)


async def _read(world: World, data: bytes) -> Snapshot:
    try:
        with put_off(when=len(data) > _LARGE):
            return await world.workers.run(snapshot_file.read, data)
    except snapshot_file.BadFile as error:
        raise HTTPException(400, f"The snapshot file is refused: {error}.") from None


async def download(request: Request) -> Response:
    """Answer `GET /_emulator/snapshots/{name}` with the snapshot as a file."""
    query(request)
    world = world_of(request)
    content = await world.workers.run(snapshot_file.write, _found(request, "name"))
    disposition = f'attachment; filename="{request.path_params["name"]}.snapshot"'
    return Response(content, media_type="application/gzip", headers={"content-disposition": disposition})


async def restore(request: Request) -> Response:
    """Answer `PUT /_emulator/snapshots/{name}`: go back to it.

    Records, clock and signing keys are restored, messages are not.
    """
    query(request)
    if await bytes_body(request, world_of(request).settings.max_body):
        raise HTTPException(400, "A restore takes no body; POST reads a file.")
    world, name, snapshot = world_of(request), request.path_params["name"], _found(request, "name")
    baseline: Baseline = request.app.state.baseline
    async with baseline.alone:
        try:
            changed = await baseline.become_slowly(snapshot)
        except StoreError as error:
            raise HTTPException(400, f"The snapshot contradicts itself: {error}. Nothing was changed.") from None
    _tell(world, "restored", name)
    return JSONResponse({**_shown(name, snapshot), "changed": changed})


async def delete(request: Request) -> Response:
    """Answer `DELETE /_emulator/snapshots/{name}`."""
    query(request)
    _found(request, "name")
    world, name = world_of(request), request.path_params["name"]
    deleted = _tables(world, name)
    world.snapshots.delete(name)
    _tell(world, "deleted", name)
    world.background.start(_free(world, deleted))
    return JSONResponse({"deleted": name})


def _tables(world: World, name: str) -> dict[str, Mapping[Key, Row]]:
    """Return the tables of the snapshot of that name; none if there is none."""
    snapshot = world.snapshots.get(name)
    return {} if snapshot is None else dict(snapshot.state)


async def _free(world: World, tables: dict[str, Mapping[Key, Row]]) -> None:
    """Free the rows of a snapshot that is gone, a slice at a time, behind the answer.

    Other snapshots may have the same: its tables themselves are not changed.
    """
    while tables:
        rows = tables.popitem()[1]
        parts = list(rows), list(rows.values())
        del rows
        for part in parts:
            while part:
                await world.background.give_way()
                del part[-FREED:]


async def diff(request: Request) -> Response:
    """Answer `GET /_emulator/snapshots/{name}/diff/{other}`: compare their records.

    `now` names the present state. `masked=0` shows secrets. At most a thousand records are shown; the counts are
    those of all.
    """
    mask = switch({"masked": "1", **query(request, "masked")}, "masked")
    world, names = world_of(request), request.path_params
    states = [dict(_state(request, "name")), dict(_state(request, "other"))]
    counts, shown = await _compared(world, *states)
    for state in states:
        while state:  # a copy of what is there now is freed a table at a time
            state.popitem()
            await world.background.give_way()
    tables = await _by_table(world, shown, mask=mask)
    return await json_answer(world, {"from": names["name"], "to": names["other"], **counts, "tables": tables})


async def _compared(world: World, before: State, after: State) -> tuple[dict[str, int], list[Change]]:
    """Count the records of each kind in which two states differ; list the first."""
    counts = {"added": 0, "removed": 0, "changed": 0}
    shown: list[Change] = []
    for number, change in enumerate(compare(before, after)):
        if change is not None:
            counts[_kind(change)] += 1
            if len(shown) < SHOWN:
                shown.append(change)
        if change is None or not number % SHOWN:
            await world.background.give_way()
    return counts, shown


async def _by_table(world: World, changes: Iterable[Change], *, mask: bool) -> dict[str, dict[str, list[Any]]]:
    tables: dict[str, dict[str, list[Any]]] = {}
    for number, change in enumerate(changes):
        if not number % _AT_ONCE:
            await world.background.give_way()
        shown, kind = change_of(change, mask=mask), _kind(change)
        record = {"added": {"record": shown["after"]}, "removed": {"record": shown["before"]}}
        content = record.get(kind) or {"before": shown["before"], "after": shown["after"]}
        table = tables.setdefault(change.table, {"added": [], "removed": [], "changed": []})
        table[kind].append({"key": shown["key"], **content})
    return tables


def _kind(change: Change) -> str:
    return "added" if change.before is None else "removed" if change.after is None else "changed"


def _state(request: Request, parameter: str) -> State:
    if request.path_params[parameter] == NOW:
        return state_of(world_of(request).store)
    return _found(request, parameter).state


def _found(request: Request, parameter: str) -> Snapshot:
    world, name = world_of(request), request.path_params[parameter]
    snapshot = world.snapshots.get(name)
    if snapshot is None:
        known = ", ".join(list(world.snapshots.all())[-10:]) or "none"
        raise HTTPException(404, f"There is no snapshot {name[:128]!r}. The newest are: {known}.")
    return snapshot


def _new_name(request: Request) -> str:
    name: str = request.path_params["name"]
    if not _NAME.fullmatch(name) or name == NOW:
        text = "A snapshot's name has 1 to 128 letters, digits, '_', '-' and '.', begins with none of the last two, "
        raise HTTPException(400, f"{text}and is not {NOW}.")
    return name


def _tell(world: World, action: str, name: str) -> None:
    world.events.publish(SNAPSHOT, lambda: {"action": action, "name": name})

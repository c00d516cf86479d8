"""Serve the journal (`/_emulator/requests`): requests, answers, changes; rewind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from cognito_emulator.control.baseline import Baseline
from cognito_emulator.control.clock import moment
from cognito_emulator.control.faults import known
from cognito_emulator.control.inputs import is_browser, object_body, query, switch, world_of
from cognito_emulator.control.journal_view import changes_of, error_of, summary, who, whole
from cognito_emulator.control.long_answers import json_answer
from cognito_emulator.control.messages import read_wait
from cognito_emulator.domain.history import Forgotten
from cognito_emulator.domain.rules import RULES
from cognito_emulator.ports.journal import KINDS, Entry
from cognito_emulator.world import World

FILTERS = ("operation", "path", "kind", "pool", "client", "user", "status", "error", "rule", "since")
MOST = 1_000
_OWN_NAME = re.compile(r"[A-Z]+ /|kms:|secretsmanager:")  # begins a name that the model does not have
DEFAULT_LIMIT = 100


def filter_of(world: World, values: Mapping[str, str]) -> Callable[[Entry], bool]:
    """Return a test for entries.

    Args:
        values: by the names of `FILTERS`. `operation` is a name, or several with commas; `path` a path's beginning;
            `user` any name of the user; `status` a number, or `4xx`; `error` an error's name, or * for any
            refusal; `rule` the id of a rule that refuses, or several with commas; `since` a time, or the
            id of an entry after which the others came.

    Raises:
        HTTPException: 400 for a value that can match no entry.
    """
    operations = _operations(world, values["operation"]) if "operation" in values else None
    status, kind = values.get("status"), values.get("kind")
    if status is not None and not _is_status(status):
        raise HTTPException(400, "Query parameter 'status' must be a status such as 400, or a kind such as 4xx.")
    if kind is not None and kind not in KINDS:
        raise HTTPException(400, f"Query parameter 'kind' must be one of: {', '.join(KINDS)}.")
    rules = _rules(values["rule"]) if "rule" in values else None
    is_later = _later(world, values["since"]) if "since" in values else None

    def accept(entry: Entry) -> bool:
        if operations is not None and entry.operation not in operations:
            return False
        if kind is not None and entry.kind != kind:
            return False
        if not entry.path.startswith(values.get("path", "")) or not (is_later is None or is_later(entry)):
            return False
        if status is not None and str(entry.status) != status and f"{entry.status // 100}xx" != status.lower():
            return False
        if "error" in values and not _has_error(entry, values["error"]):
            return False
        if rules is not None and (entry.reason is None or entry.reason.rule not in rules):
            return False
        return _is_about(world, entry, values)

    return accept


def _operations(world: World, text: str) -> frozenset[str]:
    """Return names of operations: of the API, of an endpoint ("GET /login") or noted.

    Raises:
        HTTPException: 400, one of them is none.
    """
    names = frozenset(text.split(","))
    unknown = sorted(name for name in names if not _OWN_NAME.match(name) and name not in known().operations)
    if unknown:
        noted = {entry.operation for entry in world.journal}
        unknown = [name for name in unknown if name not in noted]
    if unknown:
        near = get_close_matches(unknown[0][:128], known().operations, 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise HTTPException(400, f"There is no operation {unknown[0][:128]!r}.{hint}")
    return names


def _has_error(entry: Entry, name: str) -> bool:
    """Tell whether an entry has an error of that name; * is any refusal."""
    return entry.is_refusal if name == "*" else error_of(entry)[0] == name


def _rules(text: str) -> frozenset[str]:
    names = frozenset(text.split(","))
    unknown = sorted(name for name in names if name not in RULES)
    if unknown:
        near = get_close_matches(unknown[0], RULES, 1)
        hint = f" Did you mean {near[0]!r}?" if near else " An entry names its own in 'why'."
        raise HTTPException(400, f"There is no rule {unknown[0][:128]!r}.{hint}")
    return names


def _is_about(world: World, entry: Entry, values: Mapping[str, str]) -> bool:
    wanted = {name: values[name] for name in ("pool", "client", "user") if name in values}
    if not wanted:
        return True
    about = who(world, entry)
    names = {name.lower() for name in about.users}
    return (
        wanted.get("pool", about.pool) == about.pool
        and wanted.get("client", about.client) == about.client
        and ("user" not in wanted or wanted["user"].lower() in names)
    )


def _is_status(text: str) -> bool:
    return len(text) == 3 and text[0] in "12345" and (text[1:].isdigit() or text[1:].lower() == "xx")


def _later(world: World, since: str) -> Callable[[Entry], bool]:
    entry = world.journal.find(since)
    if entry is not None:
        number = entry.number
        return lambda other: other.number > number
    try:
        at = moment(float(since), "since")
    except ValueError:
        at = moment(since, "since")
    return lambda other: other.time >= at


async def list_requests(request: Request) -> Response:
    """Handle `GET /_emulator/requests`, with the filters above: the newest requests.

    They come oldest first. `limit` is how many (100 by default, 1,000 at most); `wait` waits as many seconds (60 at
    most) for a first one. `masked=0` shows passwords, tokens and codes.
    """
    values = query(request, *FILTERS, "limit", "wait", "masked")
    world = world_of(request)
    limit, wait = _limit(values.pop("limit", str(DEFAULT_LIMIT))), read_wait(values.pop("wait", "0"))
    mask = _masks(values)
    accept = filter_of(world, values)
    found = await world.journal.wait(accept, wait) if wait else world.journal.all(accept)
    shown = (summary(world, entry, mask=mask) for entry in found[max(0, len(found) - limit) :])
    return await json_answer(world, {"requests": shown, "total": len(found)})


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MOST):
        raise HTTPException(400, f"Query parameter 'limit' must be a whole number from 1 to {MOST}.")
    return int(text)


def _masks(values: dict[str, str]) -> bool:
    mask = switch({"masked": "1", **values}, "masked")
    values.pop("masked", None)
    return mask


async def count_requests(request: Request) -> Response:
    """Handle `POST /_emulator/requests/count`: how many requests match.

    The filters are JSON members.
    """
    query(request)
    members = await object_body(request)
    for name, value in members.items():
        if name not in FILTERS:
            raise HTTPException(400, f"Unknown member {name!r}; known: {', '.join(FILTERS)}.")
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise HTTPException(400, f"{name!r} must be a text.")
    world = world_of(request)
    found = world.journal.all(filter_of(world, {name: str(value) for name, value in members.items()}))
    return JSONResponse({"count": len(found)})


async def show_request(request: Request) -> Response:
    """Handle `GET /_emulator/requests/{id}`: all that is known of one request.

    The id is the answer's x-amzn-requestid.
    """
    mask = _masks(query(request, "masked"))
    if is_browser(request):  # which the header x-emulator-why has led here
        return RedirectResponse(f"/_emulator/console/requests/{quote(request.path_params['request_id'], safe='')}", 303)
    world = world_of(request)
    return JSONResponse(whole(world, _found(request, world), mask=mask))


async def clear_requests(request: Request) -> Response:
    """Handle `DELETE /_emulator/requests`, with the filters: forget the requests.

    What they have changed stays.
    """
    values = query(request, *FILTERS)
    world = world_of(request)
    return JSONResponse({"forgotten": world.journal.clear(filter_of(world, values))})


async def rewind(request: Request) -> Response:
    """Handle `POST /_emulator/requests/{id}/rewind`: go back to before that request.

    All changes since then are taken back, those of other requests too. The clock and the messages stay as they are.
    """
    query(request)
    if await object_body(request):
        raise HTTPException(400, "A rewind takes no members.")
    world = world_of(request)
    entry = _found(request, world)
    baseline: Baseline = request.app.state.baseline
    async with baseline.alone:
        try:
            taken_back = await baseline.undo_slowly(first_change(world, entry) - 1)
        except Forgotten:
            text = "The changes since that request are not remembered any more: nothing was changed. See --history."
            raise HTTPException(409, text) from None
    return JSONResponse({"id": entry.id, "commits": taken_back})


def first_change(world: World, entry: Entry) -> int:
    """Return the number of a request's first change.

    If it has none, it is that of the first change after it began.

    Raises:
        Forgotten
    """
    since = world.store.history.since(entry.commit)
    return next((commit.number for commit in since if commit.cause == entry.id), entry.commit + 1)


def _found(request: Request, world: World) -> Entry:
    entry = world.journal.find(request.path_params["request_id"])
    if entry is None:
        text = (
            "No such request is remembered." if world.journal.is_on else "No requests are remembered: --history is 0."
        )
        raise HTTPException(404, text)
    return entry


def event_of(world: World, entry: Entry) -> dict[str, Any]:
    """Show an entry as an event does."""
    changes = changes_of(world, entry) or []
    return {**summary(world, entry), "changed": sorted({change.table for change in changes})}

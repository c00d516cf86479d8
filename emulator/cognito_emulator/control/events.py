"""Send what happens as server-sent events: `GET /_emulator/events`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from cognito_emulator.control.inputs import query, world_of
from cognito_emulator.control.journal_view import change_of
from cognito_emulator.control.messages import as_json
from cognito_emulator.control.requests import event_of
from cognito_emulator.domain.history import Change, Commit
from cognito_emulator.ports.events import CHANGE, MESSAGE, REQUEST, TYPES, Event
from cognito_emulator.ports.journal import Entry
from cognito_emulator.ports.outbox import Message
from cognito_emulator.world import World

IDLE = 15.0  # seconds without an event, after which a comment keeps the connection
MOST_READERS = 64


def connect(world: World) -> None:
    """Let the world's journal, outbox and history publish what they note."""

    def of_entry(entry: Entry) -> None:
        world.events.publish(REQUEST, lambda: event_of(world, entry))

    def of_message(message: Message) -> None:
        world.events.publish(MESSAGE, lambda: as_json(message))

    def of_commit(commit: Commit) -> None:
        world.events.publish(CHANGE, lambda: {"request": commit.cause or None, "changes": _changes(commit.changes)})

    world.events.is_connected = True
    world.journal.on_entry(of_entry)
    world.outbox.on_message(of_message)
    world.store.history.on_commit(of_commit)


def _changes(changes: tuple[Change, ...]) -> list[dict[str, object]]:
    return [change_of(change) for change in changes]


async def stream(request: Request) -> Response:
    """Handle `GET /_emulator/events?type=request,message`.

    It sends events from now on, until the reader leaves or the server stops. The types are request, message, change,
    clock, fault and snapshot; without `type`, all but change.
    """
    values = query(request, "type")
    types = frozenset(values["type"].split(",")) if "type" in values else frozenset(TYPES) - {CHANGE}
    unknown = sorted(types - frozenset(TYPES))
    if unknown:
        raise HTTPException(400, f"Unknown type {unknown[0]!r}; known: {', '.join(TYPES)}.")
    world = world_of(request)
    if world.events.readers >= MOST_READERS:
        raise HTTPException(503, f"{MOST_READERS} readers watch already.")
    if not world.events.is_connected:
        connect(world)
    headers = {"cache-control": "no-store"}
    return StreamingResponse(_lines(world, types), media_type="text/event-stream", headers=headers)


async def _lines(world: World, types: frozenset[str]) -> AsyncIterator[str]:
    reader = world.events.subscribe(types)
    try:
        yield "retry: 1000\n\n"
        async for event in world.events.read(reader, IDLE):
            yield ": still here\n\n" if event is None else _line(event)
    finally:
        world.events.unsubscribe(reader)


def _line(event: Event) -> str:
    return f"id: {event.number}\nevent: {event.type}\ndata: {json.dumps(event.data, default=str)}\n\n"

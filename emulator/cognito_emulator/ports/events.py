"""Send events to readers: each has a bounded queue, filled on the loop's thread."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from msgspec import Struct

REQUEST, MESSAGE, CHANGE, CLOCK, FAULT, SNAPSHOT = "request", "message", "change", "clock", "fault", "snapshot"
TYPES = (REQUEST, MESSAGE, CHANGE, CLOCK, FAULT, SNAPSHOT)
MOST_WAITING = 1_000  # events that a slow reader may leave unread; older ones are dropped


class Event(Struct, frozen=True):
    """One event; `number` counts all events.

    A gap in the numbers that a reader gets means that some were dropped or not wanted.
    """

    number: int
    type: str
    data: Mapping[str, Any]


class Reader:
    """One who watches some types of events."""

    def __init__(self, types: frozenset[str]) -> None:
        self.types = types
        self.waiting: deque[Event] = deque(maxlen=MOST_WAITING)
        self.arrival = asyncio.Event()


class Events:
    """The events, which each reader gets by type.

    Without readers an event costs a look at an empty list.
    """

    def __init__(self) -> None:
        self._readers: list[Reader] = []
        self._number = 0
        self.is_connected = False  # whether what publishes has been told to; the first reader sees to that
        self.closing = False

    @property
    def readers(self) -> int:
        """How many watch now."""
        return len(self._readers)

    def publish(self, kind: str, data: Callable[[], Mapping[str, Any]]) -> None:
        """Publish an event; `data` is called only if it has a reader."""
        readers = [reader for reader in self._readers if kind in reader.types]
        if not readers:
            return
        self._number += 1
        event = Event(self._number, kind, data())
        for reader in readers:
            reader.waiting.append(event)
            reader.arrival.set()

    def subscribe(self, types: frozenset[str]) -> Reader:
        """Begin to collect events for a reader; `unsubscribe` ends it."""
        reader = Reader(types)
        self._readers.append(reader)
        if self.closing:
            reader.arrival.set()
        return reader

    def unsubscribe(self, reader: Reader) -> None:
        self._readers.remove(reader)

    async def read(self, reader: Reader, idle: float) -> AsyncIterator[Event | None]:
        """Yield a reader's events as they come; end with the server.

        None stands for `idle` seconds without an event.
        """
        while not self.closing:
            while reader.waiting:
                yield reader.waiting.popleft()
            reader.arrival.clear()
            if reader.waiting or self.closing:
                continue
            try:
                async with asyncio.timeout(idle):
                    await reader.arrival.wait()
            except TimeoutError:
                yield None

    def close(self) -> None:
        """Let all readers go: the server stops."""
        self.closing = True
        for reader in self._readers:
            reader.arrival.set()

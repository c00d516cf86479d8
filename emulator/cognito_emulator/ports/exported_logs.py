"""Log entries that pools export, kept in memory.

On AWS they go to CloudWatch Logs, S3 or Firehose.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct


class Exported(Struct, frozen=True):
    """An entry and the ARN of its log group, bucket or stream."""

    destination: str
    entry: Mapping[str, Any]


class ExportedLogs:
    """The newest `limit` entries, oldest first."""

    def __init__(self, limit: int = 1000) -> None:
        self.limit = limit
        self._entries: deque[Exported] = deque(maxlen=limit)
        self._add_listeners: list[Callable[[Exported], object]] = []
        self._clear_listeners: list[Callable[[list[Exported]], object]] = []

    def on_add(self, listener: Callable[[Exported], object]) -> None:
        """Call `listener` with each new entry."""
        self._add_listeners.append(listener)

    def on_clear(self, listener: Callable[[list[Exported]], object]) -> None:
        """Call `listener` with the entries that are about to be forgotten."""
        self._clear_listeners.append(listener)

    def put_back(self, entries: Iterable[Exported]) -> None:
        """Hold these entries alone."""
        self._entries.clear()
        self._entries.extend(entries)

    def add(self, destination: str, entry: Mapping[str, Any]) -> None:
        added = Exported(destination, entry)
        self._entries.append(added)
        for listener in self._add_listeners:
            listener(added)

    def all(self) -> list[Exported]:
        return list(self._entries)

    def clear(self) -> None:
        for listener in self._clear_listeners:
            listener(self.all())
        self._entries.clear()

"""Log entries that pools export, kept in memory.

On AWS they go to CloudWatch Logs, S3 or Firehose.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class Exported(Struct, frozen=True):
    """An entry and the ARN of its log group, bucket or stream."""

    destination: str
    entry: Mapping[str, Any]


class ExportedLogs:
    """The newest `limit` entries, oldest first."""

    def __init__(self, limit: int = 1000) -> None:
        self._entries: deque[Exported] = deque(maxlen=limit)

    def add(self, destination: str, entry: Mapping[str, Any]) -> None:
        self._entries.append(Exported(destination, entry))

    def all(self) -> list[Exported]:
        return list(self._entries)

    def clear(self) -> None:
        self._entries.clear()

"""Work of which one run serves all who want the same at that time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, TypeVar

T = TypeVar("T")
MOST = 32


class TooMany(Exception):
    """So much is under way that nothing more is begun."""


class InFlight:
    """Work under way, by key.

    A run goes on although a caller leaves, since others may wait for it.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._running: dict[Hashable, asyncio.Task[Any]] = {}

    async def run(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return what `work` returns or raises.

        A run of that key that is under way is joined; otherwise a new one begins.

        Raises:
            TooMany
        """
        task: asyncio.Task[T] | None = self._running.get(key)
        if task is None:
            if len(self._running) >= self._most:
                raise TooMany
            task = asyncio.get_running_loop().create_task(work())
            self._running[key] = task
            task.add_done_callback(lambda done: self._end(key, done))
        return await asyncio.shield(task)

    def _end(self, key: Hashable, task: asyncio.Task[Any]) -> None:
        self._running.pop(key, None)
        if not task.cancelled():
            task.exception()  # seen, although every caller may have left

"""Work that continues after the answer, as tasks of the event loop.

Between their steps they let waiting requests run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


class Background:
    """The tasks of one world; they end with its loop."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._deletions = 0
        self._is_alone = False

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Start `work` on the running loop."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)  # the loop alone would not keep it alive
        task.add_done_callback(self._tasks.discard)

    @contextmanager
    def deleting(self) -> Iterator[None]:
        """Note that a deletion goes on, slice by slice."""
        self._deletions += 1
        try:
            yield
        finally:
            self._deletions -= 1

    async def all_deleted(self) -> None:
        """Return when no deletion goes on."""
        while self._deletions and not self._is_alone:
            await self.give_way()

    async def in_steps(self, steps: Generator[None, None, T]) -> T:
        """Do work of many steps, and let waiting requests run after each."""
        try:
            while True:
                try:
                    next(steps)
                except StopIteration as ended:
                    result: T = ended.value
                    return result
                await self.give_way()
        finally:
            steps.close()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let no request run meanwhile: what is called inside waits for nothing."""
        before, self._is_alone = self._is_alone, True
        try:
            yield
        finally:
            self._is_alone = before

    async def give_way(self) -> None:
        """Let waiting requests run first."""
        if not self._is_alone:
            await asyncio.sleep(0)

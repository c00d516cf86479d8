"""Work that continues after the answer, as tasks of the event loop.

Between their steps they let waiting requests run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from typing import TypeVar

T = TypeVar("T")


class Background:
    """The tasks of one world; they end with its loop."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Start `work` on the running loop."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)  # the loop alone would not keep it alive
        task.add_done_callback(self._tasks.discard)

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

    @staticmethod
    async def give_way() -> None:
        """Let waiting requests run first."""
        await asyncio.sleep(0)

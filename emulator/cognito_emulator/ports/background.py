"""Work that goes on after the answer: tasks of the event loop, which give way to requests between their steps."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine


class Background:
    """Tasks of one world; they end with its loop."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Begin `work` on the running loop."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)  # the loop alone would not keep it alive
        task.add_done_callback(self._tasks.discard)

    @staticmethod
    async def give_way() -> None:
        """Let waiting requests go first."""
        await asyncio.sleep(0)

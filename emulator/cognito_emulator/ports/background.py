"""Work that continues after the answer, as tasks of the event loop.

Between their steps they let waiting requests run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine


class Background:
    """The tasks of one world; they end with its loop."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Start `work` on the running loop."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)  # the loop alone would not keep it alive
        task.add_done_callback(self._tasks.discard)

    @staticmethod
    async def give_way() -> None:
        """Let waiting requests run first."""
        await asyncio.sleep(0)

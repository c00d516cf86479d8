"""Threads for long computations, such as a slow password hash."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# Each hash may take 64 MiB, and one core for a third of a second.
THREADS = 4


class Workers(Protocol):
    """The port for long computations.

    Work is a pure function: no access to the world, and no waiting for another request.
    """

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `work` returns, or raise what it raises.

        Look records up again afterwards: other requests ran meanwhile.
        """


class ThreadWorkers:
    """A few threads, started at first use; further work waits."""

    def __init__(self, threads: int = THREADS) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="cognito-emulator-worker")

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.wrap_future(self._threads.submit(work, *args, **kwargs))

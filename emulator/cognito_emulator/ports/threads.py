"""Blocking work on a thread of its own, awaited on the loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def on_thread(work: Callable[[], T], name: str) -> T:
    """Run `work` on a thread of its own and return its result.

    No thread is shared: the work may call the emulator, whose answer may need another one. Cancelling does not stop the
    thread; it does not keep the process from ending.
    """
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()  # the wait can be cancelled, the work cannot

    def run() -> None:
        try:
            result = work()
        except BaseException as error:
            with suppress(RuntimeError):  # the loop has gone
                future.set_exception(error)
        else:
            with suppress(RuntimeError):
                future.set_result(result)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await asyncio.wrap_future(future)

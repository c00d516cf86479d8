"""Blocking work on threads: awaited on the loop, or ended before the interpreter.

A daemon thread that runs when the interpreter ends is ended where it next takes the interpreter's lock. In compiled
Rust code, such as the making of RSA keys, this ends the whole process with "FATAL: exception not rethrown".
"""

from __future__ import annotations

import asyncio
import atexit
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

LONGEST_END = 5.0  # seconds
_running: dict[threading.Thread, tuple[Callable[[], object], float]] = {}


def start(work: Callable[[], object], name: str, stop: Callable[[], object], patience: float = LONGEST_END) -> None:
    """Start `work` on a thread that is waited for at the end of the process.

    Args:
        work: what the thread does.
        name: the thread's name.
        stop: called at the end; it makes `work` return soon.
        patience: the seconds after which the end no longer waits.
    """

    def run() -> None:
        try:
            work()
        finally:
            _running.pop(threading.current_thread(), None)

    thread = threading.Thread(target=run, name=name, daemon=True)
    _running[thread] = (stop, patience)
    thread.start()


@atexit.register
def _end_all() -> None:
    ending = list(_running.items())
    for _, (stop, _) in ending:
        stop()
    for thread, (_, patience) in ending:
        thread.join(patience)


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

"""How long work holds an event loop or a thread: processor time, so that a busy machine changes little.

The benchmark (`python -m tests.benchmarks`) shows how long it is. Tests only tell what grows with the size of a request
by its nature (20 ms for each MiB of its body were the goal) from what grows faster or is not done in slices: that takes
seconds. So they allow five times the goal, and more on a machine where a fixed piece of work takes longer than on the
one that the goal was set on.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_REFERENCE = 0.03  # seconds that the fixed piece of work takes there, at most
_GENEROUS = 5


def seconds(work: Callable[[], object]) -> float:
    """Processor time of `work`, the best of three."""
    found = []
    for _ in range(3):
        started = time.thread_time()
        work()
        found.append(time.thread_time() - started)
    return min(found)


def allowed(size: int) -> float:
    """Seconds that a body of `size` bytes may take, here and now."""
    baseline = seconds(lambda: sum(number * number for number in range(300_000)))
    return _GENEROUS * 0.020 * max(1.0, size / 2**20) * max(1.0, baseline / _REFERENCE)


@dataclass
class Longest:
    """The longest that anything has held a loop, in seconds of processor time; what it was; what all took together."""

    seconds: float = 0.0
    what: str = ""
    total: float = 0.0


@contextmanager
def longest_hold() -> Iterator[Longest]:
    """Watches the callbacks of all event loops of asyncio in this process, and the collections of garbage."""
    found = Longest()
    run = asyncio.events.Handle._run
    began: list[float] = [0.0]

    def note(taken: float, what: str) -> None:
        found.total += taken
        if taken > found.seconds:
            found.seconds, found.what = taken, what

    def timed(handle: asyncio.Handle) -> None:
        started = time.thread_time()
        run(handle)
        note(time.thread_time() - started, repr(handle))

    def collecting(phase: str, told: dict[str, int]) -> None:
        if phase == "start":
            began[0] = time.thread_time()
        else:
            note(time.thread_time() - began[0], f"garbage {told}")

    asyncio.events.Handle._run = timed  # type: ignore[method-assign, assignment]
    gc.callbacks.append(collecting)
    try:
        yield found
    finally:
        asyncio.events.Handle._run = run  # type: ignore[method-assign]
        gc.callbacks.remove(collecting)

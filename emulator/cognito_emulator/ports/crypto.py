"""Signatures and powers: short computations that release the interpreter lock.

With more than one core they are made on threads, those of one call at once, while the event loop answers others or
takes its part. With one core a thread would only add its own cost, so that they are made on the loop.

A hop costs 10 to 20 µs of processor time here, and 50 to 80 µs with `concurrent.futures`: one queue, one wake-up of the
loop for all that is done by then, and no lock of its own.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

MOST_THREADS = 4
_MUCH = 2  # works that wait for each thread
_MOST_DONE = 16  # calls that are done, and wait for the loop
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


class Crypto(Protocol):
    """The port for short computations.

    Work is a pure function of what is given to it.
    """

    async def together(self, *works: Callable[[], T]) -> Sequence[T]:
        """Return the results of all works, in their order, or raise an error of one.

        Look records up again afterwards: other requests may have run meanwhile.
        """

    def stop(self) -> None: ...


class OnLoop:
    """Computes on the event loop."""

    async def together(self, *works: Callable[[], T]) -> Sequence[T]:
        return [work() for work in works]

    def stop(self) -> None:
        """Do nothing: no thread is there to stop."""


class _Call:
    """The works of one call.

    What ends the last one adds the call to those that are done.
    """

    __slots__ = ("error", "future", "left", "results", "works")

    def __init__(self, works: Sequence[Callable[[], Any]], future: asyncio.Future[None]) -> None:
        self.works = works
        self.results: list[Any] = [None] * len(works)
        self.left = list(range(len(works)))  # a list's pop is atomic
        self.error: BaseException | None = None
        self.future = future


class OnThreads:
    """Computes on a few threads, which are started when they are needed.

    Where nothing else is under way, the loop does the first of several works itself: a hop that wakes an idle core
    takes 50 µs. A sign-in alone then takes 0.85 of its time, and of its processor time. Where others are under way or
    came with it, threads do all: the loop would answer them later, and its code runs slower after each signature.
    """

    def __init__(self, threads: int) -> None:
        self._count = threads
        self._threads: list[threading.Thread] = []
        self._queue: SimpleQueue[tuple[_Call, int] | None] = SimpleQueue()
        self._done: deque[_Call] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_woken = False
        self._under_way = 0  # calls
        self._may_share = True

    async def together(self, *works: Callable[[], T]) -> Sequence[T]:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # the first call, or the earlier loop has ended
            self._loop, self._is_woken, self._under_way, self._may_share = loop, False, 0, True
        call = _Call(works, loop.create_future())
        self._under_way += 1
        try:
            if self._under_way == 1 and self._may_share and len(works) > 1:
                self._may_share = False
                loop.call_soon(self._allow_sharing)  # after what came with this request
                self._share(call)
            else:
                self._start(self._count)
                for number in range(len(works)):
                    self._queue.put((call, number))
            await call.future
        finally:
            self._under_way -= 1
        if call.error is not None:
            raise call.error
        return call.results

    def _share(self, call: _Call) -> None:
        """Do the first work while the threads do the others.

        Then do what none of them has begun.
        """
        self._start(len(call.works) - 1)
        self._is_woken = True  # `_finish` follows
        for number in range(1, len(call.works)):
            self._queue.put((call, number))
        self._do(call, 0)
        with suppress(Empty):
            while (job := self._queue.get_nowait()) is not None:
                self._do(*job)
            self._queue.put(None)  # a thread's, which is to end
        self._finish()

    def _allow_sharing(self) -> None:
        self._may_share = True

    def stop(self) -> None:
        """Let the threads end after the work that waits."""
        for _ in self._threads:
            self._queue.put(None)
        self._threads = []

    def _start(self, wanted: int) -> None:
        for number in range(len(self._threads), min(wanted, self._count)):
            thread = threading.Thread(target=self._work, name=f"crypto-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            self._do(*job)
            if self._done and not self._is_woken and self._is_time_to_wake():
                self._wake()
            del job  # keys and claims are not kept until the next one

    def _do(self, call: _Call, number: int) -> None:
        try:
            call.results[number] = call.works[number]()
        except BaseException as error:
            call.error = error
        if call.left.pop() == 0:
            self._done.append(call)

    def _is_time_to_wake(self) -> bool:
        """Return whether the loop should go on with what is done.

        Not while much work waits: then the loop would take the interpreter's lock from threads that have enough to do,
        and they from the loop. On 16 connections the changes of the lock were a sixth of a sign-in's processor time.
        """
        return self._queue.qsize() < _MUCH * self._count or len(self._done) >= _MOST_DONE

    def _wake(self) -> None:
        # True before the wake-up, which sets it to False before it reads: a call added in between is read too.
        self._is_woken = True
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # it has ended
                loop.call_soon_threadsafe(self._finish)

    def _finish(self) -> None:
        self._is_woken = False
        while self._done:
            call = self._done.popleft()
            if not call.future.done() and call.future.get_loop() is self._loop:  # else cancelled, or of an ended loop
                call.future.set_result(None)


def cores() -> int:
    """Return how many cores this process may use, by affinity and the quota."""
    try:
        found = len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        found = os.cpu_count() or 1
    try:
        quota, period = _QUOTA.read_text().split()
        return max(1, min(found, int(quota) // int(period)))
    except (OSError, ValueError):  # no such file, or no quota: "max 100000"
        return found


def crypto(threads: int | None) -> Crypto:
    """Return the port for so many threads; 0 is the loop, None as the cores suit."""
    if threads is None:
        found = cores()
        threads = 0 if found < 2 else min(found, MOST_THREADS)
    return OnThreads(threads) if threads else OnLoop()

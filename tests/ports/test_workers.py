"""Threads for slow work: nothing waits for them but who asked."""

from __future__ import annotations

import asyncio
import threading

import pytest

from cognito_emulator.ports.workers import ThreadWorkers


def test_work_is_done_elsewhere_while_the_loop_goes_on() -> None:
    held = threading.Event()

    def work(number: int, *, factor: int) -> tuple[int, str]:
        assert held.wait(10)
        return number * factor, threading.current_thread().name

    async def main() -> tuple[int, str]:
        begun = asyncio.create_task(ThreadWorkers().run(work, 6, factor=7))
        await asyncio.sleep(0)
        held.set()  # by the loop, which is not held up
        return await begun

    result, name = asyncio.run(main())
    assert result == 42
    assert name.startswith("cognito-emulator-worker")


def test_no_more_at_once_than_there_are_threads() -> None:
    at_once = most = 0
    lock = threading.Lock()
    pair = threading.Barrier(2)

    def work() -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        pair.wait(10)
        with lock:
            at_once -= 1

    async def main() -> None:
        workers = ThreadWorkers(2)
        await asyncio.gather(*(workers.run(work) for _ in range(6)))

    asyncio.run(main())
    assert most == 2


def test_what_it_raises_arrives() -> None:
    def work() -> None:
        raise LookupError("no")

    with pytest.raises(LookupError, match="no"):
        asyncio.run(ThreadWorkers().run(work))

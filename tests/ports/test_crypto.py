"""Signatures and powers: at once on threads, or on the loop."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from cognito_emulator.ports import crypto as module
from cognito_emulator.ports.crypto import OnLoop, OnThreads, cores, crypto


def _meeting() -> Callable[[], str]:
    """Return a work that ends when it is done twice at once, with its thread's name."""
    pair = threading.Barrier(2)

    def work() -> str:
        pair.wait(10)
        return threading.current_thread().name

    return work


def test_the_loop_and_a_thread_do_the_works_of_a_call_alone_at_once() -> None:
    async def main() -> list[str]:
        threads = OnThreads(2)
        work = _meeting()
        found = await threads.together(work, work)
        threads.stop()
        return list(found)

    assert asyncio.run(main()) == [threading.current_thread().name, "crypto-0"]


def test_the_works_of_a_call_beside_another_are_done_at_once_and_elsewhere() -> None:
    held = threading.Event()

    async def main() -> list[str]:
        threads = OnThreads(3)
        other = asyncio.create_task(threads.together(lambda: held.wait(10)))
        await asyncio.sleep(0)
        work = _meeting()
        found = await threads.together(work, work)
        held.set()
        await other
        threads.stop()
        return list(found)

    found = asyncio.run(main())
    assert len(set(found)) == 2
    assert all(name.startswith("crypto-") for name in found)


def test_the_loop_does_what_no_thread_has_begun() -> None:
    begun, held = threading.Event(), threading.Event()

    def name() -> str:
        return threading.current_thread().name

    def first() -> str:
        begun.wait(10)  # the thread has taken the second one
        return name()

    def second() -> str:
        begun.set()
        held.wait(10)
        return name()

    async def main() -> list[str]:
        threads = OnThreads(1)
        asyncio.get_running_loop().call_soon(held.set)  # when the loop has done its part
        found = await threads.together(first, second, name, name)
        threads.stop()
        return list(found)

    here = threading.current_thread().name
    assert asyncio.run(main()) == [here, "crypto-0", here, here]


def test_the_loop_helps_one_of_the_calls_that_come_together() -> None:
    """Otherwise it would do all of them, one after the other, whenever the threads are slow."""
    begun, held = threading.Event(), threading.Event()

    def name() -> str:
        return threading.current_thread().name

    def hold() -> str:
        begun.set()
        held.wait(10)
        return name()

    async def main() -> list[list[str]]:
        threads = OnThreads(1)
        left = asyncio.create_task(threads.together(hold))
        await asyncio.sleep(0)
        begun.wait(10)
        left.cancel()
        await asyncio.sleep(0)  # nothing is under way, and the thread is busy
        both = [asyncio.create_task(threads.together(name, name)) for _ in range(2)]
        asyncio.get_running_loop().call_soon(held.set)
        found = [list(await each) for each in both]
        found.append(list(await threads.together(name, name)))
        threads.stop()
        return found

    here = threading.current_thread().name
    first, second, later = asyncio.run(main())
    assert first == [here, here]
    assert second == ["crypto-0", "crypto-0"]
    assert later[0] == here


def test_the_loop_is_not_woken_for_each_call_while_much_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    held = threading.Event()
    done: list[int] = []
    wakes: list[int] = []

    def work(number: int) -> None:
        held.wait(10)
        done.append(number)

    async def main() -> None:
        threads = OnThreads(1)
        wake = threads._wake

        def note() -> None:
            wakes.append(len(done))
            wake()

        monkeypatch.setattr(threads, "_wake", note)
        asyncio.get_running_loop().call_later(0, held.set)  # when all wait
        await asyncio.gather(*(threads.together(partial(work, number)) for number in range(20)))
        threads.stop()

    asyncio.run(main())
    assert done == list(range(20))
    assert wakes[0] == 16


def test_many_calls_each_get_their_own_results() -> None:
    async def main() -> list[list[int]]:
        threads = OnThreads(3)
        calls = [threads.together(lambda n=n: n, lambda n=n: -n) for n in range(300)]  # type: ignore[misc]
        found = await asyncio.gather(*calls)
        threads.stop()
        return [list(each) for each in found]

    assert asyncio.run(main()) == [[n, -n] for n in range(300)]


@pytest.mark.parametrize("threads", [0, 2])
def test_an_error_of_one_work_is_the_calls(threads: int) -> None:
    def fail() -> int:
        raise LookupError("no")

    async def main() -> None:
        port = crypto(threads)
        with pytest.raises(LookupError, match="no"):
            await port.together(lambda: 1, fail)
        assert list(await port.together(lambda: 2)) == [2]
        port.stop()

    asyncio.run(main())


def test_a_caller_who_is_cancelled_holds_up_no_other_one() -> None:
    held = threading.Event()

    async def main() -> int:
        threads = OnThreads(1)
        first = asyncio.create_task(threads.together(lambda: held.wait(10)))
        second = asyncio.create_task(threads.together(lambda: 2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        assert first.cancelled()
        held.set()
        found = await second
        threads.stop()
        return found[0]

    assert asyncio.run(main()) == 2


def test_another_loop_and_a_stop_in_between() -> None:
    threads = OnThreads(1)
    for number in range(3):
        assert list(asyncio.run(threads.together(lambda n=number: n))) == [number]  # type: ignore[misc]
    threads.stop()
    assert list(asyncio.run(threads.together(lambda: 4))) == [4]
    threads.stop()


def test_results_of_an_ended_loop_disturb_nobody() -> None:
    held = threading.Event()
    threads = OnThreads(1)

    async def leave() -> None:
        task = asyncio.create_task(threads.together(lambda: held.wait(10)))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(leave())
    held.set()
    assert list(asyncio.run(threads.together(lambda: 5))) == [5]
    threads.stop()


def test_on_the_loop_nothing_else_runs_in_between() -> None:
    order = []

    async def main() -> None:
        other = asyncio.create_task(note())
        await OnLoop().together(lambda: order.append("work"))
        await other

    async def note() -> None:
        order.append("other")

    asyncio.run(main())
    assert order == ["work", "other"]


@pytest.mark.parametrize(
    ("allowed", "quota", "expected", "threads"),
    [
        (1, None, 1, 0),
        (2, None, 2, 2),
        (16, "max 100000\n", 16, 4),
        (8, "100000 100000\n", 1, 0),
        (8, "150000 100000\n", 1, 0),
        (8, "300000 100000\n", 3, 3),
        (8, "50000 100000\n", 1, 0),
    ],
)
def test_the_choice_goes_by_the_cores_and_the_quota(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, allowed: int, quota: str | None, expected: int, threads: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(allowed)), raising=False)
    monkeypatch.setattr(module, "_QUOTA", tmp_path / "cpu.max")
    if quota is not None:
        (tmp_path / "cpu.max").write_text(quota)
    assert cores() == expected
    made = crypto(None)
    assert (made._count if isinstance(made, OnThreads) else 0) == threads


def test_a_setting_has_the_last_word() -> None:
    assert isinstance(crypto(0), OnLoop)
    made = crypto(1)
    assert isinstance(made, OnThreads)
    assert made._count == 1

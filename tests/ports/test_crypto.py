"""Signatures and powers: at once on threads, or on the loop."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

import pytest

from cognito_emulator.ports import crypto as module
from cognito_emulator.ports.crypto import OnLoop, OnThreads, cores, crypto


def test_the_works_of_a_call_are_done_at_once_and_elsewhere() -> None:
    pair = threading.Barrier(2)

    def work(number: int) -> tuple[int, str]:
        pair.wait(10)  # each waits for the other one
        return number, threading.current_thread().name

    async def main() -> list[tuple[int, str]]:
        threads = OnThreads(2)
        found = await threads.together(lambda: work(1), lambda: work(2))
        threads.stop()
        return list(found)

    found = asyncio.run(main())
    assert [number for number, _ in found] == [1, 2]
    assert {name for _, name in found} == {"crypto-0", "crypto-1"}


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

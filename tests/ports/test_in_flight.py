"""One run of work for all who want the same."""

from __future__ import annotations

import asyncio

import pytest

from cognito_emulator.ports.in_flight import InFlight, TooMany


def test_one_run_serves_all_of_a_key() -> None:
    runs: list[str] = []

    async def run() -> list[str]:
        gate, shared = asyncio.Event(), InFlight()

        async def work() -> str:
            runs.append("")
            await gate.wait()
            return "done"

        callers = [asyncio.ensure_future(shared.run("a", work)) for _ in range(5)]
        other = asyncio.ensure_future(shared.run("b", work))
        await asyncio.sleep(0)
        gate.set()
        found = [*await asyncio.gather(*callers), await other]
        assert await shared.run("a", work) == "done"
        return found

    assert asyncio.run(run()) == ["done"] * 6
    assert len(runs) == 3


def test_all_are_told_of_a_failure_and_the_next_tries_again() -> None:
    async def run() -> None:
        shared = InFlight()

        async def work() -> None:
            await asyncio.sleep(0)
            raise ValueError("no")

        found = await asyncio.gather(*(shared.run("a", work) for _ in range(3)), return_exceptions=True)
        assert [str(error) for error in found] == ["no"] * 3
        with pytest.raises(ValueError, match="no"):
            await shared.run("a", work)

    asyncio.run(run())


def test_a_caller_who_leaves_ends_nothing() -> None:
    async def run() -> str:
        gate, shared = asyncio.Event(), InFlight()

        async def work() -> str:
            await gate.wait()
            return "done"

        first = asyncio.ensure_future(shared.run("a", work))
        await asyncio.sleep(0)
        second = asyncio.ensure_future(shared.run("a", work))
        await asyncio.sleep(0)
        first.cancel()
        gate.set()
        return await second

    assert asyncio.run(run()) == "done"


def test_so_many_at_once_and_no_more() -> None:
    async def run() -> None:
        gate, shared = asyncio.Event(), InFlight(most=2)

        async def work() -> None:
            await gate.wait()

        callers = [asyncio.ensure_future(shared.run(key, work)) for key in ("a", "b")]
        await asyncio.sleep(0)
        with pytest.raises(TooMany):
            await shared.run("c", work)
        gate.set()
        await asyncio.gather(*callers)
        await shared.run("c", work)

    asyncio.run(run())

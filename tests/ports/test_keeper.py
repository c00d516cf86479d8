"""The keeper: what comes meanwhile shares a transaction, answers wait, and what could not be written is taken back."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from cognito_emulator.domain.history import Change
from cognito_emulator.ports.journal import REQUEST_ID
from cognito_emulator.ports.keeper import FEW, SLOW, Keeper, NotKept
from cognito_emulator.ports.storage import Rows, Write


class Disk:
    """A folder in memory. `gate`, when cleared, holds a write up; `full` lets it fail."""

    def __init__(self) -> None:
        self.writes: list[Rows] = []
        self.rebased = 0
        self.gate = threading.Event()
        self.gate.set()
        self.full = False
        self.quick = False
        self.threads: list[str] = []  # in which it was written
        self.is_closed = False

    def is_quick(self, _: Write) -> bool:
        return self.quick

    def write(self, changes: Write) -> None:
        self.gate.wait(10)
        self.threads.append(threading.current_thread().name)
        if self.full:
            raise sqlite3.OperationalError("database or disk is full")
        self.writes.append(dict(changes.rows))
        self.rebased += changes.rebase

    def close(self) -> None:
        self.is_closed = True


def encode(changes: Sequence[Change]) -> Rows:
    if any(change.table == "odd" for change in changes):
        raise TypeError("odd cannot be written")
    return {(change.table, 1): change.table.encode() for change in changes}


class Desk:
    """A keeper with its disk, and what it took back."""

    def __init__(self) -> None:
        self.disk = Disk()
        self.taken_back: list[str] = []
        self.pace = 0.0  # seconds that pass from one look at the clock to the next
        self._time = 0.0
        storage: Any = self.disk
        self.keeper = Keeper(storage, encode, self._take_back, now=self._now)

    def _now(self) -> float:
        self._time += self.pace
        return self._time

    def _take_back(self, changes: Sequence[Change]) -> None:
        assert self.keeper.is_silent
        self.taken_back += [change.table for change in changes]

    def note(self, name: str) -> None:
        self.keeper.note([Change(name, name, None, (1, name))])

    async def request(self, name: str, *, writes: bool = True) -> str:
        """Make a request: change something, wait, answer."""
        REQUEST_ID.set(name)
        if writes:
            self.keeper.check()
            self.note(name)
        await self.keeper.settled()
        return name

    def begin(self, name: str, *, writes: bool = True) -> asyncio.Task[str]:
        return asyncio.get_running_loop().create_task(self.request(name, writes=writes))


def run(scene: Callable[[Desk], Awaitable[None]]) -> Desk:
    async def whole() -> Desk:
        desk = Desk()
        await scene(desk)
        desk.disk.gate.set()
        await desk.keeper.close()
        return desk

    return asyncio.run(whole())


async def ticks(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def names(desk: Desk) -> list[list[str]]:
    return [[table for table, _ in rows] for rows in desk.disk.writes]


def test_an_answer_waits_for_the_disk() -> None:
    async def scene(desk: Desk) -> None:
        desk.disk.gate.clear()
        answer = desk.begin("a")
        await ticks()
        assert not answer.done()
        desk.disk.gate.set()
        assert await answer == "a"
        assert names(desk) == [["a"]]

    assert run(scene).disk.is_closed


def test_changes_of_one_moment_share_a_transaction_and_so_do_those_that_come_meanwhile() -> None:
    async def scene(desk: Desk) -> None:
        desk.disk.gate.clear()
        first = [desk.begin(name) for name in "ab"]
        await ticks()
        later = [desk.begin(name) for name in "cde"]
        await ticks()
        desk.disk.gate.set()
        await asyncio.gather(*first, *later)

    assert names(run(scene)) == [["a", "b"], ["c", "d", "e"]]


def test_a_transaction_waits_for_requests_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cognito_emulator.ports.keeper.PATIENCE", 60)

    async def scene(desk: Desk) -> None:
        with desk.keeper.request(), desk.keeper.request():
            first = desk.begin("a")
            await ticks(20)
            assert desk.disk.writes == []
            await asyncio.gather(first, desk.begin("b"))
        with desk.keeper.request():
            with desk.keeper.request():
                third = desk.begin("c")
                await ticks(20)
                assert len(desk.disk.writes) == 1
            assert await third == "c", "the other one has ended"

    assert names(run(scene)) == [["a", "b"], ["c"]]


def test_it_does_not_wait_for_ever() -> None:
    async def scene(desk: Desk) -> None:
        with desk.keeper.request(), desk.keeper.request():
            assert await asyncio.wait_for(desk.begin("a"), 10) == "a"

    run(scene)


def test_the_last_value_of_a_row_is_written() -> None:
    async def scene(desk: Desk) -> None:
        desk.keeper.put("=clock", 0, b"one")
        desk.keeper.put("=clock", 0, b"two")
        await desk.keeper.settled()

    assert run(scene).disk.writes == [{("=clock", 0): b"two"}]


def test_who_reads_waits_for_what_it_may_have_seen_and_for_nothing_else() -> None:
    async def scene(desk: Desk) -> None:
        assert await asyncio.wait_for(desk.begin("free", writes=False), 5) == "free"
        desk.disk.gate.clear()
        writer = desk.begin("a")
        await ticks()
        reader = desk.begin("b", writes=False)
        await ticks()
        assert not reader.done()
        desk.disk.gate.set()
        await asyncio.gather(writer, reader)

    run(scene)


def test_a_full_disk_takes_everything_back_that_was_not_kept() -> None:
    async def scene(desk: Desk) -> None:
        undone: list[str] = []
        await desk.begin("kept")
        desk.disk.full = True
        desk.disk.gate.clear()
        flying = desk.begin("a")
        await ticks()
        desk.keeper.put("=clock", 0, b"x", lambda: undone.append("clock"))
        desk.keeper.put("=message", 1, b"x", lambda: undone.append("message"))
        waiting, reading = desk.begin("b"), desk.begin("c", writes=False)
        await ticks()
        desk.disk.gate.set()
        results = await asyncio.gather(flying, waiting, reading, return_exceptions=True)
        assert [type(result) for result in results] == [NotKept] * 3
        assert "(database or disk is full)" in str(results[0])
        assert desk.taken_back == ["a", "b"]
        assert undone == ["message", "clock"], "newest first"
        desk.disk.full = False
        assert await desk.begin("later") == "later"

    assert names(run(scene)) == [["kept"], ["later"]]


def test_a_request_of_which_a_part_was_taken_back_changes_nothing_more_and_is_refused() -> None:
    async def scene(desk: Desk) -> None:
        desk.disk.full = True
        REQUEST_ID.set("r")
        desk.note("first")
        while not desk.taken_back:  # noqa: ASYNC110 - it comes from a thread
            await asyncio.sleep(0.001)
        desk.disk.full = False
        with pytest.raises(NotKept):
            desk.keeper.check()
        await desk.begin("other")
        with pytest.raises(NotKept):
            await desk.keeper.settled()
        desk.keeper.check()  # it has been answered

    assert names(run(scene)) == [["other"]]


def test_what_is_held_is_written_at_once_and_only_those_who_write_wait() -> None:
    async def scene(desk: Desk) -> None:
        with desk.keeper.hold():
            REQUEST_ID.set("seed")
            desk.note("one")
            await ticks()
            desk.note("two")
            assert await asyncio.wait_for(desk.begin("reader", writes=False), 5) == "reader"
            writer = desk.begin("writer")
            await ticks()
            assert not writer.done()
            assert desk.disk.writes == []
        await writer

    assert names(run(scene)) == [["one", "two", "writer"]]


def test_what_came_before_a_hold_is_written_meanwhile() -> None:
    async def scene(desk: Desk) -> None:
        earlier = desk.begin("earlier")
        await asyncio.sleep(0)
        with desk.keeper.hold():
            desk.note("held")
            assert await asyncio.wait_for(earlier, 5) == "earlier"
        await desk.keeper.settled()

    assert names(run(scene)) == [["earlier"], ["held"]]


def test_a_hold_survives_a_failure() -> None:
    async def scene(desk: Desk) -> None:
        desk.disk.full = True
        earlier = desk.begin("earlier")
        await asyncio.sleep(0)
        with desk.keeper.hold():
            desk.note("held")
            with pytest.raises(NotKept):
                await earlier
            assert desk.taken_back == ["earlier", "held"]
            desk.disk.full = False
            desk.note("after")
            await ticks()
            assert desk.disk.writes == []
        await desk.keeper.settled()

    assert names(run(scene)) == [["after"]]


def test_few_changes_are_written_at_once_and_no_thread_is_woken() -> None:
    async def scene(desk: Desk) -> None:
        desk.disk.quick = True
        await asyncio.gather(*(desk.begin(name) for name in "ab"))
        await desk.begin("c")
        assert desk.disk.threads == ["MainThread"] * 2
        for number in range(FEW + 1):
            desk.keeper.put("=message", number, b"x")
        await desk.keeper.settled()
        desk.disk.quick = False
        await desk.begin("e")
        assert desk.disk.threads[2:] == ["data"] * 2, "very many, and what waits for the disk"

    assert names(run(scene)) == [["a", "b"], ["c"], ["=message"] * (FEW + 1), ["e"]]


def test_after_a_slow_write_the_next_ones_are_a_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cognito_emulator.ports.keeper.MOST_SLOW", 3)

    async def scene(desk: Desk) -> None:
        desk.disk.quick = True
        for name, desk.pace in (("a", SLOW / 2), ("b", SLOW * 2), ("c", 0.0), ("d", 0.0), ("e", 0.0), ("f", 0.0)):
            await desk.begin(name)
        assert desk.disk.threads == ["MainThread"] * 2 + ["data"] * 3 + ["MainThread"]

    run(scene)


def test_what_fails_at_once_is_taken_back_as_well() -> None:
    async def scene(desk: Desk) -> None:
        desk.disk.quick = desk.disk.full = True
        results = await asyncio.gather(*(desk.begin(name) for name in "ab"), return_exceptions=True)
        assert [type(result) for result in results] == [NotKept] * 2
        assert desk.taken_back == ["a", "b"]
        desk.disk.full = False
        await desk.begin("c")

    assert names(run(scene)) == [["c"]]


@pytest.mark.parametrize("others", [0, FEW])
def test_what_cannot_be_encoded_is_taken_back(others: int) -> None:
    async def scene(desk: Desk) -> None:
        desk.disk.quick = True
        REQUEST_ID.set("odd")
        desk.note("odd")
        for number in range(others):
            desk.keeper.put("=message", number, b"x")
        with pytest.raises(NotKept, match="odd cannot be written"):
            await desk.keeper.settled()
        assert desk.taken_back == ["odd"]
        await desk.begin("even")

    assert names(run(scene)) == [["even"]]


def test_documents_are_encoded_when_they_are_written() -> None:
    async def scene(desk: Desk) -> None:
        value = bytearray(b"one")
        desk.keeper.put("=past", 1, lambda: bytes(value))
        value += b", two"
        await desk.keeper.settled()

    assert run(scene).disk.writes == [{("=past", 1): b"one, two"}]


def test_a_rebase_ends_its_transaction() -> None:
    async def scene(desk: Desk) -> None:
        desk.note("seed")
        desk.keeper.rebase(lambda: None)
        desk.note("after")
        await desk.keeper.settled()
        assert desk.disk.rebased == 1

    assert names(run(scene)) == [["seed"], ["after"]]


def test_the_end_writes_what_is_left() -> None:
    async def scene(desk: Desk) -> None:
        desk.disk.gate.clear()
        desk.note("a")
        await ticks()
        desk.note("b")
        threading.Timer(0.05, desk.disk.gate.set).start()
        await desk.keeper.close()

    assert names(run(scene)) == [["a"], ["b"]]


def test_a_request_that_goes_away_disturbs_no_other() -> None:
    async def scene(desk: Desk) -> None:
        desk.disk.gate.clear()
        gone, other = desk.begin("a"), desk.begin("b")
        await ticks()
        gone.cancel()
        await ticks()
        desk.disk.gate.set()
        assert await other == "b"

    assert names(run(scene)) == [["a", "b"]]

"""The history of changes: what a commit says, what is held of it, and what is taken back with it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec import Struct

from cognito_emulator.domain.history import Change, Commit, Forgotten, History, history_of
from cognito_emulator.domain.table import Database, StoreError, Table
from cognito_emulator.domain.threats.known_risk import NOWHERE
from cognito_emulator.ports.clock import Clock
from cognito_emulator.ports.journal import REQUEST_ID
from cognito_emulator.world import World


class Row(Struct, frozen=True):
    key: str
    name: str = ""
    size: int = 0


class Rows(Database):
    """Two tables, one of which is kept; a clock and a request by hand."""

    def __init__(self, history: History | None = None) -> None:
        super().__init__(history)
        self.rows: Table[Row] = self.table("rows", lambda row: row.key)
        self.rows.index("name", lambda row: [row.name] if row.name else [], unique=True)
        self.others: Table[Row] = self.table("others", lambda row: row.key)
        self.history.keep("rows")
        self.now, self.cause = 0.0, ""
        self.stamp = lambda: (self.now, self.cause)

    def set(self, *rows: Row, delete: tuple[str, ...] = (), at: float | None = None, cause: str = "") -> None:
        self.now, self.cause = self.now if at is None else at, cause
        with self.write():
            for key in delete:
                self.rows.delete(key)
            for row in rows:
                self.rows.put(row)


def held(database: Database, number: int = 0) -> list[int]:
    return [commit.number for commit in database.history.since(number)]


# --- what a commit says -----------------------------------------------------------------------------------------


def test_a_commit_has_whole_rows_with_their_places() -> None:
    store = Rows()
    store.set(Row("a"), Row("b"), at=5.0, cause="r1")
    store.set(Row("b", size=1), delete=("a",), at=6.0, cause="r2")
    assert store.history.since(1) == [
        Commit(
            2,
            6.0,
            "r2",
            (Change("rows", "a", (1, Row("a")), None), Change("rows", "b", (2, Row("b")), (2, Row("b", size=1)))),
        )
    ]


def test_no_commit_of_what_changes_nothing() -> None:
    store = Rows()
    store.set()
    store.set(Row("x"))
    store.set(Row("x"))
    with store.write():
        store.rows.put(Row("a"))
        store.rows.delete("a")
    with pytest.raises(StoreError, match="duplicate"):
        store.set(Row("a", "u"), Row("b", "u"))
    assert held(store) == [1]


def test_the_world_stamps_with_its_clock_and_the_request() -> None:
    world = World(clock=Clock(1_000.0))
    token = REQUEST_ID.set("a-request")
    with world.store.write():
        world.store.places.put(NOWHERE)
    REQUEST_ID.reset(token)
    (commit,) = world.store.history.since(0)
    assert (commit.at, commit.cause) == (1_000.0, "a-request")


def test_listeners_hear_of_commits_and_restores_when_they_are_over() -> None:
    store = Rows()
    heard: list[Any] = []

    def fail(commit: Commit) -> None:
        raise RuntimeError(commit.number)

    store.history.on_commit(fail)
    store.history.on_commit(lambda commit: heard.append((commit.number, "a" in store.rows)))
    store.history.on_restore(heard.append)
    number = store.snapshot()
    store.set(Row("a"))
    with store.write():
        pass
    store.restore(number)
    assert heard == [(1, True), (Change("rows", "a", (1, Row("a")), None),)]


def test_a_listener_may_write() -> None:
    store = Rows()

    def copy(commit: Commit) -> None:
        if commit.changes[0].table == "rows":
            with store.write():
                store.others.put(Row("copied"))

    store.history.on_commit(copy)
    store.set(Row("a"))
    assert [commit.changes[0].table for commit in store.history.since(0)] == ["rows", "others"]


def test_what_the_guard_refuses_is_not_written() -> None:
    store = Rows()
    store.set(Row("a"))

    def refuse(changes: tuple[Change, ...]) -> None:
        raise StoreError([change.key for change in changes])

    store.guard = refuse
    with pytest.raises(StoreError, match="b"):
        store.set(Row("b"), Row("a", size=1))
    assert list(store.rows) == [Row("a")]
    assert held(store) == [1]


# --- what is held -----------------------------------------------------------------------------------------------


def test_so_many_requests_are_held() -> None:
    store = Rows(History(requests=2))
    for size, cause in enumerate(["r1", "r1", "r2", "r1", "", "r3", "r3"]):
        store.set(Row("a", size=size), cause=cause)
    assert held(store, 5) == [6, 7]
    assert store.history.floor == 4
    assert held(store, 4) == [5, 6, 7]
    with pytest.raises(Forgotten):
        store.history.since(3)


def test_so_many_changes_are_held() -> None:
    store = Rows(History(changes=3))
    store.set(Row("a"), Row("b"))
    store.set(Row("c"))
    assert held(store) == [1, 2]
    store.set(Row("d"))
    assert (held(store, 1), store.history.floor) == ([2, 3], 1)
    store.set(*(Row(key) for key in "efgh"))
    assert (held(store, 4), store.history.floor) == ([], 4)


def test_nothing_is_held_at_0() -> None:
    store = Rows(History(requests=0))
    store.set(Row("a"))
    assert (store.history.number, store.history.floor, len(store.history.recent)) == (1, 1, 0)
    assert store.state_at(store.rows, lambda _: True, -1.0) == []


def test_a_table_is_kept_for_so_long_and_so_many_changes() -> None:
    store = Rows(History(kept_changes=3, kept_seconds=100.0))
    with store.write():
        store.others.put(Row("x"))
    assert len(store.history.kept) == 0
    store.set(Row("a"), at=10.0)
    store.set(Row("b"), at=60.0)
    assert store.state_at(store.rows, lambda _: True, 5.0) == []
    store.set(Row("c"), at=111.0)
    with pytest.raises(Forgotten):
        store.changes_since(5.0)
    assert store.state_at(store.rows, lambda _: True, 10.0) == [Row("a")]
    store.set(Row("d"), Row("e"), at=112.0)
    with pytest.raises(Forgotten):
        store.changes_since(59.0)
    assert store.state_at(store.rows, lambda row: row.key != "a", 111.0) == [Row("b"), Row("c")]


# --- restores ---------------------------------------------------------------------------------------------------


def test_a_restore_drops_what_is_no_longer_true() -> None:
    store = Rows()
    store.set(Row("a"), at=1.0)
    number = store.snapshot()
    store.set(Row("b"), at=2.0)
    store.restore(number)
    assert (held(store), store.history.generation) == ([1], 1)
    assert len(store.history.kept) == 1
    store.set(Row("c"), at=3.0)
    assert held(store) == [1, 3]  # a number is not given out again
    store.undo_since(1)
    assert list(store.rows) == [Row("a")]


def test_a_restore_makes_up_for_what_was_forgotten_since() -> None:
    store = Rows(History(requests=2, kept_changes=2))
    store.set(Row("a"), at=1.0)
    number = store.snapshot()
    for size in range(1, 6):
        store.set(Row("a", size=size), at=10.0 + size)
    assert store.history.floor == 4
    store.restore(number)
    assert (held(store, 1), store.history.floor) == ([], 1)
    assert store.state_at(store.rows, lambda _: True, 1.0) == [Row("a")]


def test_a_rewind_that_is_taken_back_has_the_history_again() -> None:
    store = Rows(History(requests=3))
    number = store.snapshot()
    store.set(Row("a"), at=1.0)
    store.set(Row("b"), at=2.0)
    heard: list[tuple[Change, ...]] = []
    store.history.on_restore(heard.append)
    take_back = store.rewind(number)
    for size in range(9):
        store.set(Row("z", size=size), at=3.0)
    take_back()
    assert held(store) == [1, 2]
    assert store.state_at(store.rows, lambda _: True, 1.0) == [Row("a")]
    assert [[(change.key, change.after is None) for change in changes] for changes in heard] == [
        [("a", True), ("b", True)],
        [("z", True)],
        [("a", False), ("b", False)],
    ]
    store.restore(number)
    assert (list(store.rows), held(store)) == ([], [])


# --- any order of everything --------------------------------------------------------------------------------------

KEYS = st.sampled_from("abcd")
CHANGES = st.lists(st.tuples(KEYS, st.none() | st.sampled_from(["", "u", "v"])), max_size=4)


class Machine(RuleBasedStateMachine):
    """The model is the list of all states: (number, time, rows in order of creation)."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Rows(History(requests=6, kept_changes=8))
        self.past: list[tuple[int, float, dict[str, Row]]] = [(0, -1.0, {})]
        self.marks: list[tuple[int, list[tuple[int, float, dict[str, Row]]]]] = []
        self.writes = 0

    @property
    def rows(self) -> dict[str, Row]:
        return self.past[-1][2]

    @rule(changes=CHANGES, step=st.sampled_from([0.0, 1.0, 5.0, -2.0]))
    def write(self, changes: list[tuple[str, str | None]], step: float) -> None:
        rows = dict(self.rows)
        self.writes += 1
        before = self.store.history.number
        self.store.now += step
        with self.store.write():
            for key, name in changes:
                if name is None:
                    self.store.rows.delete(key)
                    rows.pop(key, None)
                    continue
                taken = {row.name for row in rows.values() if row.key != key}
                row = Row(key, "" if name in taken else name, self.writes)
                self.store.rows.put(row)
                rows[key] = row
        if self.store.history.number > before:
            self.past.append((self.store.history.number, self.store.now, rows))

    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        number, _, rows = data.draw(st.sampled_from(self.past))
        before = self.store.history.number
        if number < self.store.history.floor:
            with pytest.raises(Forgotten):
                self.store.undo_since(number)
            return
        self.store.undo_since(number)
        if self.store.history.number > before:
            self.past.append((self.store.history.number, self.store.now, dict(rows)))
        assert list(self.store.rows) == list(rows.values())

    @precondition(lambda self: len(self.marks) < 3)
    @rule()
    def snapshot(self) -> None:
        self.marks.append((self.store.snapshot(), list(self.past)))

    @precondition(lambda self: self.marks)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(self.marks) - 1))
        number, past = self.marks[at]
        self.store.restore(number)
        del self.marks[at + 1 :]
        self.past = list(past)

    @precondition(lambda self: self.marks)
    @rule(data=st.data())
    def look_back(self, data: st.DataObject) -> None:
        take_back = self.store.rewind(data.draw(st.integers(0, len(self.marks) - 1)))
        with self.store.write():
            self.store.rows.put(Row("z", "z"))
        take_back()

    @invariant()
    def every_time_is_as_it_was(self) -> None:
        for time in range(-1, int(self.store.now) + 2):
            at = next((rows for _, made, rows in reversed(self.past) if made <= time), {})
            try:
                found = self.store.state_at(self.store.rows, lambda _: True, float(time))
            except Forgotten:
                continue
            assert found == list(at.values())

    @invariant()
    def the_newest_changes_are_not_forgotten(self) -> None:
        numbers = [number for number, _, _ in self.past[1:] if number > self.store.history.floor]
        assert held(self.store, self.store.history.floor) == numbers
        assert self.store.state_at(self.store.rows, lambda _: True, float("inf")) == list(self.rows.values())

    @invariant()
    def names_are_found(self) -> None:
        for row in self.rows.values():
            if row.name:
                assert self.store.rows.find("name", row.name) == row


Machine.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None, derandomize=True)
TestMachine = Machine.TestCase


def test_listeners_of_the_kept_tables_are_told_what_comes_and_goes() -> None:
    history = History(kept_changes=2)
    history.keep("users")
    told: list[tuple[list[int], list[int]]] = []
    history.on_kept(lambda added, lost: told.append(([commit.number for commit in added], list(lost))))

    def change(count: int, table: str = "users") -> None:
        history.add(1.0, "", tuple(Change(table, number, None, (1, "x")) for number in range(count)))

    change(1)
    change(1, "groups")
    change(1)
    change(1)
    assert told == [([1], []), ([3], []), ([4], [1])]
    change(3)
    assert told[3:] == [([], [3, 4, 5])], "one that is too large is never kept"
    mark, logs = history.mark(1.0), history.copy()
    change(1)
    history.cut(mark)
    assert told[4:] == [([6], []), ([], [6])]
    change(1)
    history.resume(logs)
    assert told[6:] == [([7], []), ([], [7])]


@pytest.mark.parametrize(("requests", "changes"), [(0, 250), (5, 250), (200, 10_000), (1_000, 50_000), (9_999, 50_000)])
def test_a_shorter_history_keeps_fewer_changes(requests: int, changes: int) -> None:
    assert history_of(requests).kept._most_changes == changes

"""Very many rows are changed in steps: the same as at once, whatever others write in between."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given

from cognito_emulator.domain import rebuild, state, wanted_rows
from cognito_emulator.domain.history import Change, Commit
from cognito_emulator.domain.state import State
from cognito_emulator.domain.table import Database, Key, StoreError, Table
from tests.helpers.small_database import STEPS, Row, do, made

Steps = list[tuple[int, str, int]]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slices of two rows; three rows are very many."""
    monkeypatch.setattr(rebuild, "SLICE", 2)
    monkeypatch.setattr(rebuild, "PAUSE", 2)
    monkeypatch.setattr(wanted_rows, "PAUSE", 2)
    monkeypatch.setattr(rebuild, "MANY", 2)


def empty() -> Database:
    return made()[0]


def run(steps: rebuild.Steps[rebuild.T], between: Callable[[int], object] = lambda _: None) -> rebuild.T:
    """Do all steps; `between` is called after each."""
    turn = 0
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            value: rebuild.T = ended.value
            return value
        between(turn)
        turn += 1


def check(rows: Table[Row], listed: list[Row]) -> None:
    assert list(rows) == listed
    for value in range(3):
        assert rows.where("value", value) == [row for row in listed if row.value == value]
    assert [rows.find("pair", (row.key, row.value)) for row in listed] == listed


class Meanwhile:
    """Steps of others between those of a commit, until that is made: then all is as it shall be.

    `count` of the commits are the others'.
    """

    def __init__(self, database: Database, rows: Table[Row], steps: Steps, wanted: State) -> None:
        self._database, self._rows, self._left, self._wanted = database, rows, list(steps), wanted
        self.commits: list[Commit] = []
        self.count = 0
        database.history.on_commit(self.commits.append)

    def __call__(self, _: int) -> None:
        if len(self.commits) > self.count:
            assert state.state_of(self._database) == self._wanted
        elif self._left:
            do(self._database, self._rows, [self._left.pop(0)])
            self.count = len(self.commits)


@given(STEPS, STEPS, STEPS, STEPS)
def test_a_state_becomes_the_present_one(first: Steps, second: Steps, third: Steps, meanwhile: Steps) -> None:
    database, rows = made()
    do(database, rows, first)
    one, number = state.state_of(database), database.snapshot()
    do(database, rows, second)
    two, listed = state.state_of(database), list(rows)
    do(database, rows, third)
    others = Meanwhile(database, rows, meanwhile, two)

    def between(turn: int) -> None:
        others(turn)
        if len(others.commits) > others.count:
            assert {change.key: change.after for change in others.commits[-1].changes}.items() <= {
                key: two["rows"].get(key) for key in range(7)
            }.items()

    changed = run(rebuild.become(database, two, empty), between)
    assert len(others.commits) == others.count + bool(changed), "it is one commit"
    assert state.state_of(database) == two
    check(rows, listed)
    do(database, rows, third)
    database.restore(number)
    assert state.state_of(database) == one


def test_what_comes_and_goes_is_not_remembered() -> None:
    database, rows = made()
    database.snapshot()
    do(database, rows, [(key, "put", 0) for key in range(5)])
    run(rebuild.become(database, {}, empty))
    assert len(rows) == 0
    assert database._layers[0].rows() == {}
    run(rebuild.become(database, {"rows": {key: (key + 1, Row(key, 0)) for key in range(5)}}, empty))
    assert rebuild.has_changed_much(database, 0)
    do(database, rows, [(6, "put", 0)])
    assert state.state_of(database)["rows"][6][0] == 6


def test_a_refusal_changes_nothing() -> None:
    database = Database()
    rows: Table[Row] = database.table("rows", lambda row: row.key)
    others: Table[Row] = database.table("others", lambda row: row.key)
    for table in (rows, others):
        table.index("value", lambda row: [row.value], unique=True)
    do(database, rows, [(1, "put", 1)])
    before = state.state_of(database)

    def same() -> Database:
        made = Database()
        for name in ("rows", "others"):
            made.table(name, lambda row: row.key).index("value", lambda row: [row.value], unique=True)
        return made

    good: dict[Key, tuple[int, Row]] = {key: (key, Row(key, key)) for key in range(1, 6)}
    bad: dict[Key, tuple[int, Row]] = {2: (2, Row(2, 2)), 3: (3, Row(3, 2))}
    for wanted in ({"rows": {**good, **bad}}, {"rows": good, "others": bad}):
        with pytest.raises(StoreError, match="duplicate 2"):
            run(rebuild.become(database, wanted, same))
        assert state.state_of(database) == before
        assert database.history.number == 1
    assert run(rebuild.become(database, {"rows": good}, same)) == 4
    assert rows.find("value", 5) == Row(5, 5)


def test_a_data_folder_gets_all_as_one_commit_and_may_refuse_it() -> None:
    database, rows = made()
    do(database, rows, [(key, "put", 0) for key in range(5)])
    before = state.state_of(database)
    told: list[tuple[Change, ...]] = []

    def prepare(changes: tuple[Change, ...]) -> None:
        told.append(changes)
        if len(told) == 1:
            raise ValueError("full")

    database.prepare = prepare
    with pytest.raises(ValueError, match="full"):
        run(rebuild.become(database, {}, empty))
    assert (state.state_of(database), database.prepare) == (before, prepare)
    run(rebuild.become(database, {}, empty))
    assert [len(changes) for changes in told] == [5, 5]
    assert not len(rows)


@given(STEPS, STEPS, STEPS, STEPS)
def test_a_snapshot_is_restored(first: Steps, second: Steps, meanwhile: Steps, third: Steps) -> None:
    database, rows = made()
    do(database, rows, first)
    one, listed = state.state_of(database), list(rows)
    number = database.snapshot()
    do(database, rows, second)
    later = database.snapshot()
    do(database, rows, third)
    left = list(meanwhile)
    told: list[tuple[Change, ...]] = []
    database.history.on_restore(told.append)
    generation = database.history.generation

    def between(_: int) -> None:
        if database.history.generation > generation:
            assert state.state_of(database) == one
        elif left:
            do(database, rows, [left.pop(0)])

    run(rebuild.restore(database, number, empty), between)
    assert len(told) <= 1
    assert state.state_of(database) == one
    check(rows, listed)
    with pytest.raises(StoreError, match="no snapshot"):
        database.restore(later)
    do(database, rows, third)
    database.restore(number)
    assert state.state_of(database) == one
    check(rows, listed)


@given(STEPS, STEPS, STEPS, STEPS)
def test_a_restore_is_taken_back(first: Steps, second: Steps, meanwhile: Steps, third: Steps) -> None:
    database, rows = made()
    others: Table[Row] = database.table("others", lambda row: row.key)

    def same() -> Database:
        made_again = empty()
        made_again.table("others", lambda row: row.key)
        return made_again

    do(database, rows, first)
    one, number = state.state_of(database), database.snapshot()
    do(database, rows, second)
    do(database, others, second[:1])
    later = database.snapshot()
    left, seen, commits = list(meanwhile), [state.state_of(database)], [database.history.since(0)]
    generation = database.history.generation

    def between(_: int) -> None:
        if left and database.history.generation == generation:
            do(database, rows, [left.pop(0)])
            seen.append(state.state_of(database))
            commits.append(database.history.since(0))

    rewound = run(rebuild.rewind(database, number, same), between)
    assert state.state_of(database) == one
    do(database, rows, third)
    do(database, others, third[:2])
    run(rewound.take_back())
    assert state.state_of(database) == seen[-1]
    check(rows, list(rows))
    assert database.history.since(0) == commits[-1]
    database.restore(later)
    assert state.state_of(database) == seen[0]
    database.restore(number)
    assert state.state_of(database) == one


@given(STEPS, STEPS)
def test_a_restore_that_stays(first: Steps, second: Steps) -> None:
    database, rows = made()
    do(database, rows, first)
    one, number = state.state_of(database), database.snapshot()
    do(database, rows, second)
    run(run(rebuild.rewind(database, number, empty)).drop())
    assert state.state_of(database) == one
    do(database, rows, second)
    database.restore(number)
    assert state.state_of(database) == one


@given(STEPS, STEPS, STEPS, STEPS)
def test_a_snapshot_is_restored_by_a_commit(first: Steps, second: Steps, third: Steps, meanwhile: Steps) -> None:
    database, rows = made()
    do(database, rows, first)
    one, listed = state.state_of(database), list(rows)
    number = database.snapshot()
    do(database, rows, second)
    two, later = state.state_of(database), database.snapshot()
    do(database, rows, third)
    before = state.state_of(database)
    others = Meanwhile(database, rows, meanwhile, one)
    run(rebuild.revert(database, number, empty), others)
    assert len(others.commits) - others.count == (state.state_of(database) != before) or others.count
    assert state.state_of(database) == one
    check(rows, listed)
    do(database, rows, second)
    database.restore(later)
    assert state.state_of(database) == two
    database.restore(number)
    assert state.state_of(database) == one


@given(STEPS, STEPS, STEPS)
def test_commits_are_taken_back(first: Steps, second: Steps, meanwhile: Steps) -> None:
    database, rows = made()
    number = database.snapshot()
    do(database, rows, first)
    one, listed = state.state_of(database), list(rows)
    newest = database.history.number
    do(database, rows, second)
    others = Meanwhile(database, rows, meanwhile, one)
    run(rebuild.undo(database, database.history.since(newest), empty), others)
    assert len(others.commits) <= others.count + 1
    assert state.state_of(database) == one
    check(rows, listed)
    do(database, rows, second)
    database.restore(number)
    assert not len(rows)


def test_commits_that_the_guard_keeps_stay() -> None:
    database, rows = made()
    do(database, rows, [(key, "put", 0) for key in range(5)])
    before = state.state_of(database)

    def guard(changes: tuple[Change, ...]) -> None:
        assert len(changes) == 5
        raise PermissionError

    database.guard = guard
    with pytest.raises(PermissionError):
        run(rebuild.undo(database, database.history.since(0), empty))
    assert state.state_of(database) == before

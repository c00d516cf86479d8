"""Tables, indexes, write blocks and snapshots against a plain dict."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain.index import Places
from cognito_emulator.domain.table import Database, StoreError, Table


class Row(Struct, frozen=True):
    key: str
    colour: str = "red"
    names: tuple[str, ...] = ()
    size: int = 0


def make() -> tuple[Database, Table[Row]]:
    database = Database()
    table: Table[Row] = database.table("rows", lambda row: row.key)
    table.index("colour", lambda row: [row.colour])
    table.index("name", lambda row: row.names, unique=True)
    return database, table


@pytest.fixture
def database() -> Database:
    return make()[0]


@pytest.fixture
def table() -> Table[Row]:
    return make()[1]


def write(table: Table[Row], *rows: Row, delete: tuple[str, ...] = ()) -> None:
    with table._database.write():
        for key in delete:
            table.delete(key)
        for row in rows:
            table.put(row)


def broken_off(table: Table[Row], *rows: Row, delete: tuple[str, ...] = ()) -> None:
    """A block that raises KeyError at its end."""
    with table._database.write():
        for key in delete:
            table.delete(key)
        for row in rows:
            table.put(row)
        raise KeyError


def keys(table: Table[Row]) -> list[str]:
    return [row.key for row in table]


# --- one rule at a time -------------------------------------------------------------------------------------


def test_reading(table: Table[Row]) -> None:
    write(table, Row("a", "red", ("x", "y")), Row("b", "blue"), Row("c", "red"))
    assert (len(table), "a" in table, "z" in table) == (3, True, False)
    assert table.get("a") == Row("a", "red", ("x", "y"))
    assert table.get("z") is None
    assert table.find("name", "y") == table.get("a")
    assert table.find("name", "z") is None
    assert [row.key for row in table.where("colour", "red")] == ["a", "c"]
    assert table.where("colour", "green") == []
    assert (table.count("colour", "red"), table.count("colour", "green")) == (2, 0)
    assert table.first("colour", "red") == Row("a", "red", ("x", "y"))
    assert table.first("colour", "green") is None


def test_listings_are_in_order_of_creation_and_changes_keep_their_place(table: Table[Row]) -> None:
    write(table, Row("c"), Row("a"), Row("b"))
    write(table, Row("a", size=1))
    assert keys(table) == ["c", "a", "b"]
    write(table, Row("a", "blue"))
    write(table, Row("a", "red"))
    assert [row.key for row in table.where("colour", "red")] == ["c", "a", "b"]
    write(table, delete=("c",))
    write(table, Row("c"))
    assert keys(table) == ["a", "b", "c"]


def test_a_page_goes_on_after_a_number(table: Table[Row]) -> None:
    write(table, *(Row(str(n)) for n in range(5)))
    places = dict((row.key, place) for place, row in table.after("colour", "red"))  # noqa: C402
    write(table, delete=("2",))
    assert [row.key for _, row in table.after("colour", "red", places["1"])] == ["3", "4"]
    assert [row.key for _, row in table.after("colour", "red", places["2"])] == ["3", "4"]
    assert list(table.after("colour", "red", places["4"])) == []
    assert list(table.after("colour", "green")) == []


def test_a_change_needs_a_write_block(table: Table[Row]) -> None:
    with pytest.raises(StoreError, match="rows: a change outside a write block"):
        table.put(Row("a"))
    assert len(table) == 0
    write(table, Row("a"))
    with pytest.raises(StoreError, match="outside a write block"):
        table.delete("a")
    assert keys(table) == ["a"]


def test_blocks_do_not_nest(database: Database) -> None:
    with database.write(), pytest.raises(StoreError, match="open already"), database.write():
        pass
    with database.write():
        pass


def test_a_block_that_raises_changes_nothing(table: Table[Row]) -> None:
    write(table, Row("a", "red", ("x",)), Row("b"))
    with pytest.raises(KeyError):
        broken_off(table, Row("a", "blue", ("y",)), Row("c", "green", ("x",)), delete=("b",))
    assert list(table) == [Row("a", "red", ("x",)), Row("b")]
    assert table.find("name", "x") == Row("a", "red", ("x",))
    assert table.find("name", "y") is None
    assert table.where("colour", "blue") == table.where("colour", "green") == []


def test_a_name_belongs_to_one_row(table: Table[Row]) -> None:
    write(table, Row("a", names=("x",)))
    with pytest.raises(StoreError, match="duplicate 'x' in a unique index"), table._database.write():
        table.put(Row("b", names=("w", "x")))
    assert keys(table) == ["a"]
    assert table.find("name", "w") is None
    write(table, Row("a"), Row("b", names=("x",)))
    assert table.find("name", "x") == Row("b", names=("x",))


def test_a_row_keeps_its_own_name(table: Table[Row]) -> None:
    write(table, Row("a", names=("x", "y")))
    write(table, Row("a", names=("y", "z"), size=1))
    assert table.find("name", "x") is None
    assert table.find("name", "y") == table.find("name", "z") == table.get("a")


def test_a_snapshot_is_restored_as_often_as_wanted(table: Table[Row]) -> None:
    database = table._database
    write(table, Row("a"), Row("b", names=("x",)))
    number = database.snapshot()
    for _ in range(3):
        write(table, Row("c", names=("y",)), Row("a", "blue"), delete=("b",))
        write(table, Row("d", names=("x",)))
        database.restore(number)
        assert list(table) == [Row("a"), Row("b", names=("x",))]
        assert table.find("name", "x") == Row("b", names=("x",))


def test_names_that_changed_hands_come_back(table: Table[Row]) -> None:
    write(table, Row("a", names=("x",)), Row("b", names=("y",)))
    number = table._database.snapshot()
    write(table, Row("a"), Row("b"))
    write(table, Row("a", names=("y",)), Row("b", names=("x",)))
    table._database.restore(number)
    assert [row.names for row in table] == [("x",), ("y",)]
    assert table.find("name", "x") == Row("a", names=("x",))


def test_no_such_snapshot(database: Database) -> None:
    with pytest.raises(StoreError, match="no snapshot 0"):
        database.restore(0)
    number = database.snapshot()
    with database.write(), pytest.raises(StoreError, match="restore inside a write block"):
        database.restore(number)
    later = database.snapshot()
    database.restore(number)
    with pytest.raises(StoreError, match=f"no snapshot {later}"):
        database.restore(later)


def test_what_came_and_went_is_not_remembered(table: Table[Row]) -> None:
    """Or a long run would remember every session there ever was."""
    table._database.snapshot()
    for number in range(100):
        write(table, Row(str(number)))
        write(table, delete=(str(number),))
    assert len(table._database._layers[0].rows().get(table, ())) < 100
    write(table, Row("a"))
    table._database.snapshot()
    write(table, delete=("a",))
    table._database.restore(1)
    assert keys(table) == ["a"]


def test_the_price_of_a_restore_is_that_of_the_changes(table: Table[Row]) -> None:
    """No time is measured: the rows that are touched are counted."""
    write(table, *(Row(str(n)) for n in range(1_000)))
    number = table._database.snapshot()
    write(table, Row("5", "blue"))
    assert len(table._database._layers[0].rows()[table]) == 1
    touched: list[Any] = []
    leave: Callable[..., None] = table._leave
    come: Callable[..., None] = table._come
    table._leave = lambda *change: (touched.append(change), leave(*change))[1]  # type: ignore[func-returns-value, method-assign]
    table._come = lambda *change: (touched.append(change), come(*change))[1]  # type: ignore[func-returns-value, method-assign]
    table._database.restore(number)
    assert len(touched) == 2


# --- any order of everything --------------------------------------------------------------------------------

KEYS = st.sampled_from("abcdef")
COLOURS = st.sampled_from(["red", "blue"])
NAMES = st.lists(st.sampled_from("uvwxyz"), max_size=2, unique=True).map(tuple)
CHANGES = st.lists(st.tuples(KEYS, st.none() | st.tuples(COLOURS, NAMES)), max_size=5)


class Machine(RuleBasedStateMachine):
    """The model is a list of rows in order of creation; a snapshot is a copy of it."""

    def __init__(self) -> None:
        super().__init__()
        self.database, self.table = make()
        self.rows: dict[str, Row] = {}
        self.snapshots: list[dict[str, Row]] = []

    def _change(self, changes: list[Any]) -> dict[str, Row]:
        """Do `changes` to the table; what the model has to be then."""
        rows = dict(self.rows)
        for key, wanted in changes:
            if wanted is None:
                self.table.delete(key)
                rows.pop(key, None)
                continue
            colour, names = wanted
            taken = {name for row in rows.values() if row.key != key for name in row.names}
            row = Row(key, colour, tuple(name for name in names if name not in taken), len(rows))
            self.table.put(row)
            rows[key] = row  # a dict keeps the place of what it replaces, as the table does
        return rows

    @rule(changes=CHANGES)
    def commit(self, changes: list[Any]) -> None:
        with self.database.write():
            rows = self._change(changes)
        self.rows = rows

    @rule(changes=CHANGES)
    def fail(self, changes: list[Any]) -> None:
        with pytest.raises(KeyError):
            self._broken_off(changes)

    def _broken_off(self, changes: list[Any], last: Row | None = None) -> None:
        with self.database.write():
            self._change(changes)
            if last is not None:
                self.table.put(last)
            raise KeyError

    @rule(changes=CHANGES, key=KEYS)
    def collide(self, changes: list[Any], key: str) -> None:
        owner = next((row for row in self.rows.values() if row.names and row.key != key), None)
        if owner is None:
            return
        others = [change for change in changes if change[0] != owner.key]
        with pytest.raises(StoreError):
            self._broken_off(others, Row(key, "red", owner.names))

    @precondition(lambda self: len(self.snapshots) < 4)
    @rule()
    def snapshot(self) -> None:
        assert self.database.snapshot() == len(self.snapshots)
        self.snapshots.append(copy.copy(self.rows))

    @precondition(lambda self: self.snapshots)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, len(self.snapshots) - 1))
        self.database.restore(number)
        del self.snapshots[number + 1 :]
        self.rows = copy.copy(self.snapshots[number])

    @precondition(lambda self: self.snapshots)
    @rule()
    def release(self) -> None:
        self.database.release(len(self.snapshots) - 1)
        self.snapshots.pop()

    @precondition(lambda self: self.snapshots)
    @rule(data=st.data())
    def look_back(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, len(self.snapshots) - 1))
        take_back = self.database.rewind(number)
        assert list(self.table) == list(self.snapshots[number].values())
        take_back()

    @invariant()
    def same_rows_in_the_same_order(self) -> None:
        assert list(self.table) == list(self.rows.values())
        assert len(self.table) == len(self.rows)

    @invariant()
    def indexes_are_true(self) -> None:
        for colour in ("red", "blue"):
            wanted = [row for row in self.rows.values() if row.colour == colour]
            assert self.table.where("colour", colour) == wanted
            assert [row for _, row in self.table.after("colour", colour)] == wanted
            assert self.table.count("colour", colour) == len(wanted)
        owners = {name: row for row in self.rows.values() for name in row.names}
        assert {name: self.table.find("name", name) for name in owners} == owners
        assert set(self.table._indexes["name"].entries()) == set(owners)


Machine.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None, derandomize=True)
TestMachine = Machine.TestCase


def test_the_machine_sees_a_broken_index(monkeypatch: pytest.MonkeyPatch) -> None:
    def append(places: Places, seq: int, key: str) -> None:
        places.seqs.append(seq)
        places.keys.append(key)

    monkeypatch.setattr(Places, "add", append)
    machine = Machine()
    machine.commit([("a", ("red", ())), ("b", ("red", ()))])
    machine.commit([("a", ("blue", ()))])
    machine.commit([("a", ("red", ()))])
    with pytest.raises(AssertionError):
        machine.indexes_are_true()


def test_records_are_frozen() -> None:
    row = Row("a")
    with pytest.raises(AttributeError):
        row.size = 1  # type: ignore[misc]
    assert replace(row, size=1) == Row("a", size=1)

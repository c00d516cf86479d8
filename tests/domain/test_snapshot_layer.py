"""What a snapshot remembers of rows that are newer than it, and how rows come back."""

from __future__ import annotations

from collections.abc import Hashable

import pytest
from msgspec import Struct

from cognito_emulator.domain.history import Change
from cognito_emulator.domain.snapshot_layer import CHUNK
from cognito_emulator.domain.table import Database, StoreError, Table


class Row(Struct, frozen=True):
    """A record."""

    name: str
    colour: str = "red"


@pytest.fixture
def table() -> Table[Row]:
    return Database().table("rows", lambda row: row.name)


def write(table: Table[Row], *rows: Row, delete: str = "") -> None:
    with table._database.write():
        for row in rows:
            table.put(row)
        if delete:
            table.delete(delete)


def test_an_older_row_in_the_place_of_a_new_one_goes_too(table: Table[Row]) -> None:
    """A recovery may bring it back: it was not there when the snapshot was taken."""
    database = table._database
    write(table, Row("a"))
    old = table.row("a")
    write(table, delete="a")
    number = database.snapshot()
    write(table, Row("a", "blue"))
    with database.write():
        database.put_back([Change("rows", "a", old, None)])
    write(table, Row("a", "green"))
    database.restore(number)
    assert list(table) == []


def test_a_row_that_was_deleted_and_made_again_comes_back_as_it_was(table: Table[Row]) -> None:
    database = table._database
    write(table, Row("a"), Row("b"))
    number = database.snapshot()
    write(table, delete="a")
    write(table, Row("a", "blue"))
    write(table, delete="a")
    database.restore(number)
    assert list(table) == [Row("a"), Row("b")]


def test_a_row_of_a_lower_snapshot_that_is_deleted_above_is_no_change_of_it(table: Table[Row]) -> None:
    database = table._database
    below = database.snapshot()
    write(table, Row("a"))
    above = database.snapshot()
    write(table, delete="a")
    commits = database.history.number
    database.revert(below)
    assert database.history.number == commits, "nothing differs"
    database.restore(above)
    assert list(table) == [Row("a")]
    write(table, delete="a")
    database.release(above)
    database.restore(below)
    assert list(table) == []


def test_new_rows_that_stay_are_found_among_many_that_went(table: Table[Row]) -> None:
    database = table._database
    number = database.snapshot()
    for at in range(500):
        write(table, Row(f"{at}"))
        if at % 100:
            write(table, delete=f"{at}")
    assert len(database._layers[0].rows()[table]) < 150
    database.restore(number)
    assert list(table) == []


def test_rows_that_contradict_each_other_leave_everything_as_it_was() -> None:
    """Also what had left an index when another row was refused."""
    database = Database()
    table: Table[Row] = database.table("rows", lambda row: row.name)
    table.index("colour", lambda row: [row.colour], unique=True)
    write(table, Row("a", "red"), Row("b", "blue"), Row("c", "green"))
    rows = table.rows()
    wanted = {"a": "pink", "b": "pink", "c": "grey"}
    changes = [Change("rows", key, (rows[key][0], Row(key, colour)), None) for key, colour in wanted.items()]
    with pytest.raises(StoreError, match="duplicate 'pink'"), database.write():
        database.put_back(changes)
    assert list(table) == [Row("a", "red"), Row("b", "blue"), Row("c", "green")]
    assert {row.colour: table.find("colour", row.colour) for row in table} == {row.colour: row for row in table}
    assert table.find("colour", "pink") is None


def test_values_may_have_moved_between_rows() -> None:
    database = Database()
    table: Table[Row] = database.table("rows", lambda row: row.name)
    table.index("colour", lambda row: [row.colour], unique=True)
    write(table, Row("a", "red"), Row("b", "blue"))
    number = database.snapshot()
    write(table, Row("a", "grey"))
    write(table, Row("b", "red"))
    write(table, Row("a", "blue"))
    database.restore(number)
    assert [table.find("colour", colour) for colour in ("red", "blue")] == [Row("a", "red"), Row("b", "blue")]


def test_rows_that_went_are_forgotten_a_chunk_at_a_time(table: Table[Row], monkeypatch: pytest.MonkeyPatch) -> None:
    """To look at all of very many would hold others up."""
    database = table._database
    number = database.snapshot()
    write(table, *(Row(f"{at}") for at in range(20 * CHUNK)))
    looks = [0]
    row = table.row

    def look(key: Hashable) -> tuple[int, Row] | None:
        looks[-1] += 1
        return row(key)

    monkeypatch.setattr(table, "row", look)
    for at in range(20 * CHUNK):
        looks.append(0)
        if at % 1_000:
            write(table, delete=f"{at}")
    assert max(looks) < 2 * CHUNK
    assert len(database._layers[0].rows()[table]) < 10 * CHUNK
    database.restore(number)
    assert list(table) == []


def test_a_row_that_comes_back_after_later_ones_is_remembered(table: Table[Row]) -> None:
    database = table._database
    number = database.snapshot()
    write(table, Row("a"))
    old = table.row("a")
    write(table, delete="a")
    write(table, *(Row(f"{at}") for at in range(3 * CHUNK)))
    with database.write():
        database.put_back([Change("rows", "a", old, None)])
    for at in range(3 * CHUNK):
        write(table, delete=f"{at}")
    database.restore(number)
    assert list(table) == []


def test_what_a_layer_knows_of_new_rows_is_freed_in_steps(table: Table[Row]) -> None:
    database = table._database
    number = database.snapshot()
    write(table, *(Row(f"{at}") for at in range(40 * CHUNK)))
    touched = database.layers(number)[0].touched()[table]
    assert (touched.count(), len(list(touched.drop_created())), touched.count()) == (40 * CHUNK, 3, 0)

"""`Database.rewind`: a restore that can be taken back."""

from __future__ import annotations

from dataclasses import dataclass

from cognito_emulator.domain.table import Database, Table


@dataclass(frozen=True)
class Row:
    key: int
    name: str


def build() -> tuple[Database, Table[Row]]:
    database = Database()
    table: Table[Row] = database.table("rows", lambda row: row.key)
    table.index("name", lambda row: [row.name], unique=True)
    with database.write():
        table.put(Row(1, "one"))
        table.put(Row(2, "two"))
    return database, table


def change(database: Database, table: Table[Row]) -> None:
    """A deletion, a new row with the freed name, and a replacement."""
    with database.write():
        table.delete(1)
        table.put(Row(3, "one"))
        table.put(Row(2, "zwei"))


def test_it_restores_and_gives_everything_back() -> None:
    database, table = build()
    number = database.snapshot()
    change(database, table)
    later = database.snapshot()
    with database.write():
        table.put(Row(4, "four"))
    present = list(table)

    take_back = database.rewind(number)
    assert list(table) == [Row(1, "one"), Row(2, "two")]
    with database.write():
        table.put(Row(9, "four"))  # whatever happens in between
    take_back()

    assert list(table) == present
    assert table.find("name", "one") == Row(3, "one")
    assert table.find("name", "four") == Row(4, "four")
    database.restore(later)
    assert list(table) == [Row(2, "zwei"), Row(3, "one")]
    database.restore(number)
    assert list(table) == [Row(1, "one"), Row(2, "two")]


def test_without_taking_back_it_is_a_restore() -> None:
    database, table = build()
    number = database.snapshot()
    change(database, table)
    database.rewind(number)
    with database.write():
        table.put(Row(5, "five"))
    database.restore(number)
    assert list(table) == [Row(1, "one"), Row(2, "two")]

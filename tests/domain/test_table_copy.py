"""`Database.copy_into`: a snapshot becomes another database, and neither sees what the other does."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from cognito_emulator.domain.table import Database, StoreError, Table


@dataclass(frozen=True)
class Row:
    key: int
    name: str
    group: str = "all"


def declare() -> tuple[Database, Table[Row]]:
    database = Database()
    table: Table[Row] = database.table("rows", lambda row: row.key)
    table.index("name", lambda row: [row.name], unique=True)
    table.index("group", lambda row: [row.group])
    return database, table


def build() -> tuple[Database, Table[Row], int]:
    """Rows 1 and 2 in a snapshot; since then a change, a deletion, and a new row with the freed name."""
    database, table = declare()
    with database.write():
        table.put(Row(1, "one"))
        table.put(Row(2, "two"))
    number = database.snapshot()
    with database.write():
        table.put(Row(2, "zwei", "german"))
        table.delete(1)
    database.snapshot()
    with database.write():
        table.put(Row(3, "one"))
    return database, table, number


def test_it_is_the_snapshot_and_not_the_present() -> None:
    database, table, number = build()
    other, copied = declare()
    database.copy_into(other, number)
    assert list(copied) == [Row(1, "one"), Row(2, "two")]
    assert copied.find("name", "one") == Row(1, "one")
    assert copied.find("name", "zwei") is None
    assert copied.where("group", "all") == [Row(1, "one"), Row(2, "two")]
    assert copied.where("group", "german") == []
    assert list(table) == [Row(2, "zwei", "german"), Row(3, "one")]
    assert table.where("group", "all") == [Row(3, "one")]
    assert other.history.number == 0


@pytest.mark.parametrize("changed_first", ["original", "copy"])
def test_neither_sees_what_the_other_does(changed_first: str) -> None:
    database, table = declare()
    with database.write():
        table.put(Row(1, "one"))
        table.put(Row(2, "two"))
    other, copied = declare()
    database.copy_into(other, database.snapshot())
    third, thrice = declare()
    database.copy_into(third, 0)
    sides = [(database, table, 10), (other, copied, 20)]
    for owner, rows, key in sides if changed_first == "original" else reversed(sides):
        with owner.write():
            rows.put(Row(key, f"new-{key}"))
            rows.delete(1)
            rows.put(replace(rows.get(2) or Row(2, ""), group=f"g-{key}"))
        with owner.write():
            rows.put(Row(key + 1, f"new-{key + 1}"))
    for _, rows, key in sides:
        assert rows.where("group", "all") == [Row(key, f"new-{key}"), Row(key + 1, f"new-{key + 1}")]
        assert rows.where("group", f"g-{key}") == [Row(2, "two", f"g-{key}")]
        assert rows.find("name", "one") is None
    assert thrice.where("group", "all") == [Row(1, "one"), Row(2, "two")]
    assert (copied.find("name", "new-10"), table.find("name", "new-20")) == (None, None)


def test_a_list_that_has_gone_may_come_back() -> None:
    database, table = declare()
    with database.write():
        table.put(Row(1, "one"))
    other, copied = declare()
    database.copy_into(other, database.snapshot())
    with other.write():
        copied.delete(1)
        copied.put(Row(5, "five"))
        copied.delete(5)
    assert copied.where("group", "all") == []
    with other.write():
        copied.put(Row(6, "six"))
    assert (copied.where("group", "all"), table.where("group", "all")) == ([Row(6, "six")], [Row(1, "one")])


def test_new_rows_of_the_copy_come_after_the_old_ones() -> None:
    database, _, number = build()
    other, copied = declare()
    database.copy_into(other, number)
    with other.write():
        copied.put(Row(0, "last"))
    assert [row.name for row in copied] == ["one", "two", "last"]
    snapshot = other.snapshot()
    with other.write():
        copied.delete(1)
    other.restore(snapshot)
    assert [row.name for row in copied] == ["one", "two", "last"]


def test_it_is_refused_inside_a_write_block_and_without_the_snapshot() -> None:
    database, _, _ = build()
    other, copied = declare()
    with pytest.raises(StoreError, match="no snapshot 7"):
        database.copy_into(other, 7)
    with pytest.raises(StoreError, match="inside a write block"), database.write():
        database.copy_into(other, 0)
    assert list(copied) == []

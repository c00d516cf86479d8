"""A small database of one table, and steps that change it."""

from __future__ import annotations

from hypothesis import strategies as st
from msgspec import Struct

from cognito_emulator.domain.table import Database, Table

KEYS = st.integers(0, 6)
STEPS = st.lists(st.tuples(KEYS, st.sampled_from(["put", "delete"]), st.integers(0, 2)), max_size=12)


class Row(Struct, frozen=True):
    key: int
    value: int


def made() -> tuple[Database, Table[Row]]:
    database = Database()
    rows: Table[Row] = database.table("rows", lambda row: row.key)
    rows.index("value", lambda row: [row.value])
    rows.index("pair", lambda row: [(row.key, row.value)], unique=True)
    return database, rows


def do(database: Database, rows: Table[Row], steps: list[tuple[int, str, int]]) -> None:
    for key, step, value in steps:
        with database.write():
            if step == "put":
                rows.put(Row(key, value))
            else:
                rows.delete(key)

"""An index that is nested answers as one that is not, whatever is done to the rows."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from msgspec import Struct

from cognito_emulator.domain.table import Database, StoreError, Table


class Row(Struct, frozen=True):
    """A record: its key is the pool and the name."""

    pool: str
    name: str
    colour: str


class Rows(Database):
    """A table with the same indexes, flat and nested."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Table[Row] = self.table("rows", lambda row: (row.pool, row.name))
        for word, is_nested in (("flat", False), ("nested", True)):
            self.rows.index(word, lambda row: [(row.pool, row.colour)], is_nested=is_nested)
            self.rows.index(f"{word} name", _names, unique=True, is_nested=is_nested)

    def answers(self, word: str) -> list[object]:
        """Return what the indexes of that kind say of every value."""
        table, said = self.rows, []
        for pool in ("p", "q"):
            for colour in ("red", "blue"):
                value = (pool, colour)
                said += [table.where(word, value), table.count(word, value), list(table.after(word, value, 3))]
                said += [table.first(word, value), table.last(word, value), table.newest(word, value, 2)]
            said += [table.find(f"{word} name", (pool, "upper", name.upper())) for name in "abcd"]
        return said


def _names(row: Row) -> Iterable[tuple[str, str, str]]:
    return [(row.pool, "upper", row.name.upper())]


def test_a_nested_index_answers_as_a_flat_one() -> None:
    chance = random.Random(7)
    store = Rows()
    number = store.snapshot()
    copies = [store]
    for turn in range(400):
        chosen = chance.choice(copies)
        pool, name = chance.choice("pq"), chance.choice("abcd")
        with chosen.write():
            if chance.random() < 0.3:
                chosen.rows.delete((pool, name))
            else:
                chosen.rows.put(Row(pool, name, chance.choice(("red", "blue"))))
        if turn == 200:
            made = Rows()
            middle = store.snapshot()
            store.copy_into(made, middle)
            copies.append(made)
        for each in copies:
            assert each.answers("flat") == each.answers("nested")
    assert any(found for found in store.answers("nested"))
    store.restore(number)
    assert not any(store.answers("nested"))
    assert any(copies[1].answers("nested")), "a copy keeps what it has"
    assert store.rows._indexes["nested"].entries() == {}


def test_rows_that_are_loaded_are_found_as_those_that_were_put() -> None:
    rows = [
        Row(pool, name, colour) for pool in "pq" for name, colour in zip("abc", ("red", "blue", "red"), strict=True)
    ]
    put, loaded = Rows(), Rows()
    with put.write():
        for row in rows:
            put.rows.put(row)
    numbered = list(enumerate(rows, 1))
    loaded.load("rows", iter(numbered[:4]))
    loaded.load("rows", numbered[4:])
    for each in (put, loaded):
        with each.write():
            each.rows.put(Row("p", "d", "blue"))
            each.rows.delete(("p", "a"))
    for word in ("flat", "nested"):
        assert loaded.answers(word) == put.answers(word)
    assert loaded.rows.last_seq == 7


def test_rows_with_one_name_are_not_loaded() -> None:
    for word in ("flat", "nested"):
        store = Rows()
        store.rows.index(
            f"{word} colour", lambda row: [(row.pool, row.colour)], unique=True, is_nested=word == "nested"
        )
        with pytest.raises(StoreError, match="duplicate"):
            store.load("rows", [(1, Row("p", "a", "red")), (2, Row("p", "b", "red"))])

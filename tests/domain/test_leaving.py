"""A large commit that leaves the history is freed in parts, with later commits."""

from __future__ import annotations

from weakref import ref

from msgspec import Struct

from cognito_emulator.domain.history import Change, History
from cognito_emulator.domain.leaving import FREED

MANY = FREED * 2 + 500


class Row(Struct, frozen=True, weakref=True):
    number: int


def changes(rows: list[Row]) -> tuple[Change, ...]:
    return tuple(Change("rows", row.number, (row.number, row), None) for row in rows)


def living(history: History) -> list[int]:
    """How many rows of a large commit are there after each of the next commits."""
    rows = [Row(number) for number in range(MANY)]
    seen = [ref(row) for row in rows]
    history.add(0.0, "", changes(rows))
    del rows[:]
    found = []
    for number in range(5):
        history.add(0.0, "", changes([Row(number)]))
        found.append(sum(one() is not None for one in seen))
    return found


def test_one_that_newer_ones_replace() -> None:
    assert living(History(requests=1)) == [MANY, MANY - FREED, MANY - 2 * FREED, 0, 0]


def test_one_of_the_kept_tables() -> None:
    history = History(requests=0, kept_changes=MANY)
    history.keep("rows")
    assert living(history) == [MANY, MANY - FREED, MANY - 2 * FREED, 0, 0]


def test_one_that_a_restore_takes_back() -> None:
    history = History()
    mark = history.mark(0.0)
    rows = [Row(number) for number in range(MANY)]
    seen = [ref(row) for row in rows]
    history.add(0.0, "", changes(rows))
    del rows[:]
    history.cut(mark)
    assert sum(one() is not None for one in seen) == MANY
    history.add(0.0, "", changes([Row(0)]))
    assert sum(one() is not None for one in seen) == MANY - FREED


def test_small_ones_at_once() -> None:
    history = History(requests=1)
    row = Row(1)
    seen = ref(row)
    history.add(0.0, "", changes([row]))
    del row
    history.add(0.0, "", changes([Row(2)]))
    assert seen() is None

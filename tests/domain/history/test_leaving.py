"""A large commit that leaves the history is freed in parts, with later commits."""

from __future__ import annotations

from weakref import ref

import pytest
from msgspec import Struct

from cognito_emulator.domain.history import Change, History
from cognito_emulator.domain.history.leaving import FREED

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


@pytest.mark.parametrize("table", ["rows", "others"])
def test_a_commit_that_no_log_takes_is_forgotten_by_its_number(table: str) -> None:
    """As if it had been entered, but none of its changes is touched."""
    seen = []
    for is_entered in (True, False):
        history = History(changes=5, kept_changes=5)
        history.keep("rows")
        history.add(1.0, "a", changes([Row(1)]))
        many = tuple(Change(table, number, None, (number, Row(number))) for number in range(6))
        kept = len(many) if table == "rows" else 0
        assert not history.takes(len(many), kept)
        if is_entered:
            history.add(2.0, "b", many)
        else:
            history.pass_over(2.0, kept)
        seen.append((history.number, history.floor, len(history.recent), len(history.kept), history.kept.lost_at))
    assert seen[0] == seen[1]
    assert seen[0][:3] == (2, 2, 0)


def test_what_a_listener_or_a_log_takes() -> None:
    history = History(changes=5, kept_changes=3)
    assert [history.takes(count, 0) for count in (5, 6)] == [True, False]
    assert [history.takes(9, kept) for kept in (0, 3, 4)] == [False, True, False]
    history.on_commit(lambda _: None)
    assert history.takes(9, 9)


def test_large_ones_leave_no_more_than_comes() -> None:
    history = History(requests=1)
    for _ in range(10):
        history.add(0.0, "", changes([Row(number) for number in range(MANY)]))
    assert sum(map(len, (history.recent.leaving, history.kept.leaving))) <= MANY


def test_one_that_no_log_has_room_for_is_freed_by_what_made_it() -> None:
    history = History(changes=MANY - 1, kept_changes=MANY - 1)
    history.keep("rows")
    rows = [Row(number) for number in range(MANY)]
    seen = [ref(row) for row in rows]
    history.add(0.0, "", changes(rows))
    del rows[:]
    assert [one() for one in seen if one() is not None] == []

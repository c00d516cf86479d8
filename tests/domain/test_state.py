"""Whole states: what differs, and the way back, against plain dicts."""

from __future__ import annotations

import pytest
from hypothesis import given

from cognito_emulator.domain.rows import MOST_SINCE
from cognito_emulator.domain.state import become, differences, state_of
from cognito_emulator.domain.table import Database, StoreError, Table
from tests.helpers.small_database import STEPS, Row, do, made


@given(STEPS, STEPS, STEPS)
def test_every_state_is_gone_back_to(
    first: list[tuple[int, str, int]], second: list[tuple[int, str, int]], third: list[tuple[int, str, int]]
) -> None:
    database, rows = made()
    do(database, rows, first)
    one, listed = state_of(database), list(rows)
    do(database, rows, second)
    two = state_of(database)
    changed = differences(one, two)
    assert {change.key: (change.before, change.after) for change in changed} == {
        key: (one["rows"].get(key), two["rows"].get(key))
        for key in {*one["rows"], *two["rows"]}
        if one["rows"].get(key) != two["rows"].get(key)
    }
    assert len({change.key for change in changed}) == len(changed)
    become(database, one)
    assert state_of(database) == one
    assert list(rows) == listed
    assert all(rows.where("value", value) == [row for row in listed if row.value == value] for value in range(3))
    do(database, rows, third)
    become(database, two)
    assert state_of(database) == two


def test_rows_of_elsewhere_keep_their_places() -> None:
    database, rows = made()
    become(database, {"rows": {1: (5, Row(1, 0))}})
    do(database, rows, [(2, "put", 0)])
    assert list(rows) == [Row(1, 0), Row(2, 0)]
    assert state_of(database)["rows"][2][0] == 6


def test_it_is_one_commit() -> None:
    database, rows = made()
    do(database, rows, [(1, "put", 0), (2, "put", 0)])
    become(database, {})
    (commit,) = database.history.since(2)
    assert {change.key for change in commit.changes} == {1, 2}


def test_a_state_that_contradicts_itself_changes_nothing() -> None:
    database = Database()
    rows: Table[Row] = database.table("rows", lambda row: row.key)
    rows.index("value", lambda row: [row.value], unique=True)
    do(database, rows, [(1, "put", 1)])
    with pytest.raises(StoreError, match="duplicate 2"):
        become(database, {"rows": {2: (2, Row(2, 2)), 3: (3, Row(3, 2))}})
    assert list(rows) == [Row(1, 1)]
    assert rows.find("value", 1) == Row(1, 1)
    assert rows.find("value", 2) is None


@given(STEPS, STEPS)
def test_a_state_is_copied_again_when_it_has_changed(
    first: list[tuple[int, str, int]], second: list[tuple[int, str, int]]
) -> None:
    database, rows = made()
    do(database, rows, first)
    one = state_of(database)
    assert state_of(database)["rows"] is one["rows"]
    listed = dict(one["rows"])
    do(database, rows, second)
    two = state_of(database)
    assert one["rows"] == listed
    assert two["rows"] == rows.rows()
    assert (two["rows"] is one["rows"]) == (
        all(two["rows"].get(key) is row for key, row in listed.items()) and len(listed) == len(rows)
    )
    become(database, one)
    assert state_of(database)["rows"] == listed
    touched = rows.touched_since(two["rows"])
    assert touched is None or {key for key in range(7) if two["rows"].get(key) != listed.get(key)} <= set(touched)


def test_what_differs_is_known_of_the_last_copy_alone() -> None:
    database, rows = made()
    do(database, rows, [(1, "put", 0)])
    one = state_of(database)
    do(database, rows, [(2, "put", 0)])
    assert rows.touched_since(one["rows"]) == [2]
    assert rows.touched_since(dict(one["rows"])) is rows.touched_since(None) is None
    two = state_of(database)
    assert (rows.touched_since(one["rows"]), rows.touched_since(two["rows"])) == (None, [])
    with database.write():
        for key in range(10, 11 + MOST_SINCE):
            rows.put(Row(key, 0))
    assert rows.touched_since(two["rows"]) is None
    assert len(state_of(database)["rows"]) == MOST_SINCE + 3
    three = state_of(database)
    del two, three, one
    do(database, rows, [(1, "put", 2)])
    assert state_of(database)["rows"][1][1] == Row(1, 2)

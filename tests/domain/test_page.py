"""Pages: complete, stable under change, with tokens that nobody else can make."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cognito_emulator.domain import errors
from cognito_emulator.domain.page import DEFAULT_LIMIT, page_of, read_token, slice_of, write_token
from cognito_emulator.domain.table import Database, Table


@dataclass(frozen=True, slots=True)
class Row:
    key: int


@pytest.fixture
def table() -> Table[Row]:
    made: Table[Row] = Database().table("rows", lambda row: row.key)
    made.index("all", lambda _: [None])
    fill(made, range(7))
    return made


def fill(table: Table[Row], keys: range) -> None:
    with table._database.write():
        for key in keys:
            table.put(Row(key))


def pages(table: Table[Row], limit: int | None) -> list[list[int]]:
    found, token = [], None
    while True:
        page = page_of(table, "all", None, "List", limit, token)
        found.append([row.key for row in page.items])
        token = page.token
        if token is None:
            return found


def test_pages_cover_everything_once(table: Table[Row]) -> None:
    assert pages(table, 3) == [[0, 1, 2], [3, 4, 5], [6]]
    assert pages(table, 1) == [[n] for n in range(7)]
    assert pages(table, 7) == [list(range(7))]
    assert pages(table, 60) == [list(range(7))]


def test_no_limit_and_zero_are_sixty(table: Table[Row]) -> None:
    fill(table, range(7, 70))
    assert [len(page) for page in pages(table, None)] == [len(page) for page in pages(table, 0)] == [60, 10]
    assert DEFAULT_LIMIT == 60


def test_nothing_is_one_empty_page(table: Table[Row]) -> None:
    page = page_of(table, "all", "other", "List", 3, None)
    assert (page.items, page.token) == ([], None)


def test_what_stays_is_listed_once_whatever_else_happens(table: Table[Row]) -> None:
    first = page_of(table, "all", None, "List", 3, None)
    with table._database.write():
        for key in (1, 2, 3):
            table.delete(key)
        table.put(Row(99))
    second = page_of(table, "all", None, "List", 3, first.token)
    assert [row.key for row in second.items] == [4, 5, 6]
    third = page_of(table, "all", None, "List", 3, second.token)
    assert ([row.key for row in third.items], third.token) == ([99], None)


def test_a_search_looks_at_so_many_and_goes_on(table: Table[Row]) -> None:
    """A page may be short, even empty, and have a token: AWS says so of ListUsers."""
    fill(table, range(7, 5_000))
    found, token, count = [], None, 0
    while count == 0 or token is not None:
        page = page_of(table, "all", None, "List", 10, token, lambda row: row.key in (5, 4_500))
        found += [row.key for row in page.items]
        token, count = page.token, count + 1
    assert found == [5, 4_500]
    assert count == 3


def test_slices() -> None:
    records = list("abcdefg")
    first = slice_of(records, "List", 3, None)
    second = slice_of(records, "List", 3, first.token)
    third = slice_of(records, "List", 3, second.token)
    assert [first.items, second.items, third.items] == [list("abc"), list("def"), ["g"]]
    assert third.token is None
    assert slice_of(records, "List", 7, None).token is None
    assert len(slice_of(list(range(100)), "List", None, None).items) == 60


@settings(derandomize=True)
@given(st.text(), st.integers(0, 2**63))
def test_a_token_says_where(request: str, place: int) -> None:
    assert read_token(request, write_token(request, place)) == place
    assert write_token(request, place)[0] != "-"


def test_no_token_is_the_beginning() -> None:
    assert read_token("List", None) == read_token("List", "") == 0


GOOD = write_token("List", 12)


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "é",
        "MTI=",
        GOOD[:-4],
        GOOD[:-1],
        GOOD + "=",
        GOOD + "\n",
        GOOD[:5] + "*" + GOOD[5:],
        "B" + GOOD[1:],
        write_token("ListOthers", 12),
        base64.urlsafe_b64encode(base64.urlsafe_b64decode(GOOD)[:17] + b"13").decode(),
        base64.urlsafe_b64encode(base64.urlsafe_b64decode(GOOD)[:17] + b" 12").decode(),
        base64.urlsafe_b64encode(base64.urlsafe_b64decode(GOOD)[:17] + b"x").decode(),
        base64.urlsafe_b64encode(b"short").decode(),
    ],
)
def test_any_other_token_is_refused(token: str) -> None:
    with pytest.raises(errors.InvalidParameter) as caught:
        read_token("List", token)
    assert caught.value.message == "Invalid pagination token."


@settings(derandomize=True)
@given(st.text(max_size=80))
def test_no_text_does_harm(token: str) -> None:
    try:
        assert read_token("List", token) == 0
    except errors.InvalidParameter:
        return
    assert token == ""

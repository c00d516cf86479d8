"""Records that expire: what is dropped when a later one is added."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec import Struct

from cognito_emulator.domain import expiry
from cognito_emulator.domain.expiry import drop_ended
from cognito_emulator.domain.table import Database, Table


class Pass(Struct, frozen=True):
    name: str
    expires: float


@pytest.fixture
def table() -> Iterator[Table[Pass]]:
    database = Database()
    made: Table[Pass] = database.table("passes", lambda each: each.name)
    made.index("all", lambda _: [None])
    with database.write():
        yield made


def test_two_that_have_ended_go_for_each_that_comes(table: Table[Pass]) -> None:
    for number in range(5):
        table.put(Pass(str(number), 10))
    drop_ended(table, 10)
    assert len(table) == 3
    drop_ended(table, 9.9)
    assert len(table) == 3


def test_what_has_ended_is_remembered_for_a_while(table: Table[Pass]) -> None:
    table.put(Pass("a", 10))
    drop_ended(table, 19.9, remembered=10)
    assert len(table) == 1
    drop_ended(table, 20, remembered=10)
    assert len(table) == 0


def test_so_many_that_have_ended_are_remembered_and_no_more(
    table: Table[Pass], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "MOST_REMEMBERED", 20)
    for second in range(100):
        drop_ended(table, second, remembered=3600)
        table.put(Pass(str(second), second + 5))
    oldest = table.first("all", None)
    assert oldest is not None
    assert (len(table), oldest.name) == (21, "79")


def test_what_has_not_ended_stays_however_many_they_are(table: Table[Pass], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "MOST_REMEMBERED", 20)
    for number in range(100):
        drop_ended(table, 0, remembered=3600)
        table.put(Pass(str(number), 5))
    assert len(table) == 100

"""Releasing a snapshot: its changes stay and belong to the snapshot before it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from cognito_emulator.domain.table import Database, StoreError, Table


@dataclass(frozen=True, slots=True)
class Thing:
    name: str
    value: int


class Things(Database):
    def __init__(self) -> None:
        super().__init__()
        self.things: Table[Thing] = self.table("things", lambda thing: thing.name)

    def set(self, name: str, value: int) -> None:
        with self.write():
            self.things.put(Thing(name, value))

    def values(self) -> dict[str, int]:
        return {thing.name: thing.value for thing in self.things}


def test_changes_after_a_released_snapshot_are_undone_by_the_one_before() -> None:
    store = Things()
    store.set("kept", 1)
    baseline = store.snapshot()
    store.set("kept", 2)
    mine = store.snapshot()
    store.set("kept", 3)
    store.set("new", 1)
    store.release(mine)
    assert store.values() == {"kept": 3, "new": 1}
    store.restore(baseline)
    assert store.values() == {"kept": 1}


def test_the_number_of_a_released_snapshot_is_given_out_again() -> None:
    store = Things()
    baseline = store.snapshot()
    store.release(store.snapshot())
    assert store.snapshot() == baseline + 1


def test_the_only_snapshot_can_be_released() -> None:
    store = Things()
    number = store.snapshot()
    store.set("kept", 1)
    store.release(number)
    assert store.values() == {"kept": 1}
    with pytest.raises(StoreError, match="no snapshot 0"):
        store.restore(number)


def test_only_the_newest_can_be_released() -> None:
    store = Things()
    older, newest = store.snapshot(), store.snapshot()
    with pytest.raises(StoreError, match=f"snapshot {older} is not the newest"):
        store.release(older)
    store.release(newest)
    store.release(older)
    with pytest.raises(StoreError, match="is not the newest"):
        store.release(older)

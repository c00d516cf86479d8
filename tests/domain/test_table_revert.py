"""Reverting to a snapshot: the state is that of then, and the snapshots taken since stay valid."""

from __future__ import annotations

from dataclasses import dataclass

from cognito_emulator.domain.table import Database, Table


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


def test_the_state_is_that_of_the_snapshot_and_later_ones_stay_valid() -> None:
    store = Things()
    store.set("kept", 1)
    store.set("deleted", 1)
    baseline = store.snapshot()
    store.set("kept", 2)
    store.set("early", 1)
    later = store.snapshot()
    store.set("kept", 3)
    store.set("late", 1)
    with store.write():
        store.things.delete("deleted")
        store.things.delete("early")
    store.revert(baseline)
    assert store.values() == {"kept": 1, "deleted": 1}
    store.restore(later)
    assert store.values() == {"kept": 2, "deleted": 1, "early": 1}
    store.restore(baseline)
    assert store.values() == {"kept": 1, "deleted": 1}


def test_it_is_a_commit_like_any_other() -> None:
    store = Things()
    baseline = store.snapshot()
    store.set("new", 1)
    before = store.history.number
    store.revert(baseline)
    assert store.history.number == before + 1
    store.undo_since(before)
    assert store.values() == {"new": 1}


def test_records_come_back_in_their_old_places() -> None:
    store = Things()
    for name in ("a", "b", "c"):
        store.set(name, 1)
    baseline = store.snapshot()
    with store.write():
        store.things.delete("a")
    store.set("a", 2)
    store.revert(baseline)
    assert list(store.values()) == ["a", "b", "c"]

"""The rows that tables made anew shall have.

They are those of a state, of a snapshot, or before some changes.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from itertools import chain
from typing import Any, Protocol, TypeVar

from cognito_emulator.domain.history import Change, Row
from cognito_emulator.domain.snapshot_layer import SnapshotLayer
from cognito_emulator.domain.state import State
from cognito_emulator.domain.table import Database, Key, Table

T = TypeVar("T")
Steps = Generator[None, None, T]  # goes on after each slice when it is resumed
Where = tuple[str, Key]  # table and key

PAUSE = 2_000  # rows that are looked at


class Wanted(Protocol):
    """The rows that there will be."""

    def row(self, name: str, key: Key) -> Row | None:
        """Return a row of a table."""

    def rows(self, name: str) -> Steps[Mapping[Key, Row]]:
        """Return all rows of a table; the newest writes count."""


class OfState:
    """The rows of a state."""

    def __init__(self, state: State) -> None:
        self._state = state

    def row(self, name: str, key: Key) -> Row | None:
        return self._state.get(name, {}).get(key)

    def rows(self, name: str) -> Steps[Mapping[Key, Row]]:
        yield
        return self._state.get(name, {})


class OfSnapshot:
    """The rows of a snapshot.

    Args:
        layers: what has changed since, the newest of which others go on to change.
    """

    def __init__(self, database: Database, layers: list[SnapshotLayer]) -> None:
        self._tables, self._layers = database.tables(), layers

    def row(self, name: str, key: Key) -> Row | None:
        table = self._tables[name]
        befores = (touched.parts() for layer in self._layers if (touched := layer.touched().get(table)))
        row = next((before[key] for before in befores if key in before), table.row(key))
        return row if row is not None and row[0] <= self._layers[0].lasts[table] else None

    def rows(self, name: str) -> Steps[Mapping[Key, Row]]:
        return (yield from earlier_rows(self._tables[name], self._layers))


class BeforeChanges:
    """The rows before some changes, and before those that others make meanwhile.

    Args:
        before: what rows were, by table and key.
        written: what others change meanwhile.
    """

    def __init__(self, database: Database, before: Mapping[Where, Row | None], written: list[Change]) -> None:
        self._tables, self._before, self._written = database.tables(), before, written

    def row(self, name: str, key: Key) -> Row | None:
        if (name, key) in self._before:
            return self._before[name, key]
        befores = (one.before for one in self._written if (one.table, one.key) == (name, key))
        return next(befores, self._tables[name].row(key))

    def rows(self, name: str) -> Steps[Mapping[Key, Row]]:
        rows = self._tables[name].rows()
        late = {one.key: self.row(name, one.key) for one in self._written if one.table == name}
        before = ((key, row) for (table, key), row in self._before.items() if table == name)
        yield from _put_back(rows, chain(late.items(), before))
        return rows


def earlier_rows(table: Table[Any], layers: list[SnapshotLayer]) -> Steps[dict[Key, Row]]:
    """Return a table's rows as they were before these layers.

    The newest layer may change meanwhile: what it has now is taken at once.
    """
    rows = table.rows()
    parts = [touched for layer in reversed(layers) if (touched := layer.touched().get(table))]
    newest = list(parts.pop(0).entries()) if layers[-1].touched().get(table) else []
    yield from _put_back(rows, chain(newest, *(touched.entries() for touched in parts)))
    return rows


def _put_back(rows: dict[Key, Row], earlier: Iterable[tuple[Key, Row | None]]) -> Steps[None]:
    """Make rows what they were."""
    for number, (key, row) in enumerate(earlier):
        if row is None:
            rows.pop(key, None)
        else:
            rows[key] = row
        if not number % PAUSE:
            yield

"""What has changed since a snapshot of the tables.

It is what each row was that has been touched.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from typing import Any

from cognito_emulator.domain.history import Row
from cognito_emulator.domain.rows import Table

Key = Hashable
Layer = dict[Table[Any], dict[Key, "Row | None"]]  # what rows were; None where there was none

_MOST_GONE = 64  # keys of rows that came and went are dropped in batches


class Touched:
    """The rows of one table that were touched since a snapshot.

    Most of them are new, and there may be very many: of these only the keys are kept. Their sequence numbers are above
    the last one of the snapshot.
    """

    __slots__ = ("_before", "_created", "_gone", "_last", "_table")

    def __init__(self, table: Table[Any], last: int) -> None:
        self._table, self._last = table, last
        self._before: dict[Key, Row | None] = {}
        self._created: list[Key] = []
        self._gone = 0

    def add(self, key: Key, old: Row | None) -> None:
        """Note what a row was before a write block that has ended."""
        row = self._table.row(key)
        if key in self._before:
            if row is None and self._before[key] is None:
                del self._before[key]
        elif old is None:
            if row is not None and row[0] > self._last:
                self._created.append(key)
            elif row is not None:
                self._before[key] = None
        elif old[0] <= self._last:
            self._before[key] = old
        elif row is None:
            self._lose()
        elif row[0] <= self._last:
            self._before[key] = None  # an older row in the place of a new one

    def _lose(self) -> None:
        """Count a row that came and went.

        Otherwise sessions by the million would be remembered.
        """
        self._gone += 1
        if self._gone >= _MOST_GONE and self._gone * 2 >= len(self._created):
            self.forget_gone()

    def forget_gone(self) -> None:
        """Forget the keys of rows that came and went."""
        self._created = [key for key in dict.fromkeys(self._created) if key in self._table]
        self._gone = 0

    def enter(self, key: Key, row: Row | None) -> None:
        """Note what a present row is before the whole table is exchanged for another."""
        self._before.setdefault(key, row if row is not None and row[0] <= self._last else None)

    def set(self, key: Key, row: Row | None) -> None:
        """Say what a row was."""
        self._before[key] = row

    def rows(self) -> dict[Key, Row | None]:
        """Return what each touched row was."""
        return {**dict.fromkeys(self._created), **self._before}

    def count(self) -> int:
        """Return about how many rows were touched: some may count twice."""
        return len(self._created) + len(self._before)

    def entries(self) -> Iterator[tuple[Key, Row | None]]:
        """Iterate over what each touched row was.

        Where a key comes twice, the last time is right.
        """
        yield from ((key, None) for key in self._created)
        yield from self._before.items()

    def parts(self) -> dict[Key, Row | None]:
        """Return the dictionary that it is made of."""
        return self._before


class SnapshotLayer:
    """The rows that were touched since a snapshot.

    Args:
        lasts: the last sequence number of each table in the snapshot.
    """

    def __init__(self, lasts: dict[Table[Any], int]) -> None:
        self.lasts = lasts
        self._touched: dict[Table[Any], Touched] = {}

    def add(self, layer: Layer) -> None:
        """Note what rows were before a write block, or before a later snapshot."""
        for table, rows in layer.items():
            touched = self._of(table)
            for key, old in rows.items():
                touched.add(key, old)

    def set(self, table: Table[Any], key: Key, row: Row | None) -> None:
        """Say of the snapshot what a row was in it."""
        self._of(table).set(key, row)

    def rows(self) -> Layer:
        """Return what each touched row was."""
        return {table: rows for table, touched in self._touched.items() if (rows := touched.rows())}

    def touched(self) -> Mapping[Table[Any], Touched]:
        """Return what was touched of each table; for `domain.rebuild` alone."""
        return self._touched

    def enter(self, table: Table[Any], keys: Iterable[Key]) -> None:
        """Note the present rows before the whole table is exchanged for another.

        For `domain.rebuild` alone.
        """
        touched = self._of(table)
        for key in keys:
            touched.enter(key, table.row(key))

    def _of(self, table: Table[Any]) -> Touched:
        touched = self._touched.get(table)
        if touched is None:
            touched = self._touched[table] = Touched(table, self.lasts[table])
        return touched


def first_of(layers: Iterable[SnapshotLayer], without: Collection[str] = ()) -> Layer:
    """Return what rows were at the first of successive snapshots.

    Args:
        without: names of tables that are left out.
    """
    first: Layer = {}
    for layer in layers:
        for table, touched in layer.touched().items():
            if table.name not in without and (rows := touched.rows()):
                first[table] = {**rows, **first[table]} if table in first else rows
    return first

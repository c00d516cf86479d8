"""What has changed since a snapshot of the tables.

It is what each row was that has been touched.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from cognito_emulator.domain.history import Row
from cognito_emulator.domain.rows import Table

Key = Hashable
Layer = dict[Table[Any], dict[Key, "Row | None"]]  # what rows were; None where there was none

CHUNK = 128  # keys of new rows
_DROPPED = 16  # chunks that are freed at once


class Created:
    """The keys of new rows.

    They are in chunks, in order of creation. Where many rows have gone again, their keys are dropped, a chunk at a
    time: to look at all would hold others up.
    """

    __slots__ = ("_chunks", "_firsts", "_gone", "_last", "_next", "_table")

    def __init__(self, table: Table[Any]) -> None:
        self._table = table
        self._chunks: list[list[Key]] = []
        self._firsts: list[int] = []  # the sequence number of the first row of each chunk
        self._last = 0  # the sequence number of the last row
        self._gone = 0
        self._next = 0  # the chunk that is looked at next

    def __iter__(self) -> Iterator[Key]:
        return chain.from_iterable(self._chunks)

    def __len__(self) -> int:
        return sum(map(len, self._chunks))

    def add(self, key: Key, seq: int) -> bool:
        """Add the key of a new row; return False where a later row was added before."""
        if seq <= self._last:
            return False
        self._last = seq
        chunks = self._chunks
        if chunks and len(chunks[-1]) < CHUNK:
            chunks[-1].append(key)
        else:
            chunks.append([key])
            self._firsts.append(seq)
        return True

    def lose(self) -> None:
        """Count a row that came and went.

        Otherwise sessions by the million would be remembered.
        """
        self._gone += 1
        if self._gone * 2 >= CHUNK:
            self._gone = 0
            self.tidy()

    def tidy(self) -> None:
        """Drop the keys of one chunk whose rows are gone."""
        if not self._chunks:
            return
        at = self._next % len(self._chunks)
        first, end = self._firsts[at], self._firsts[at + 1] if at + 1 < len(self._firsts) else None
        rows = ((key, self._table.row(key)) for key in dict.fromkeys(self._chunks[at]))
        kept = [key for key, row in rows if row is not None and row[0] >= first and (end is None or row[0] < end)]
        if kept:
            self._chunks[at], self._next = kept, at + 1
        else:
            del self._chunks[at], self._firsts[at]
            self._next = at

    def chunks(self) -> int:
        """Return how many chunks there are."""
        return len(self._chunks)

    def drop(self) -> Iterator[None]:
        """Drop all keys, some chunks with each step."""
        while self._chunks:
            del self._chunks[-_DROPPED:], self._firsts[-_DROPPED:]
            yield


class Touched:
    """The rows of one table that were touched since a snapshot.

    Most of them are new, and there may be very many: of these only the keys are kept. Their sequence numbers are above
    the last one of the snapshot.
    """

    __slots__ = ("_before", "_created", "_last", "_table")

    def __init__(self, table: Table[Any], last: int) -> None:
        self._table, self._last = table, last
        self._before: dict[Key, Row | None] = {}
        self._created = Created(table)

    def add(self, key: Key, old: Row | None) -> None:
        """Note what a row was before a write block that has ended."""
        row = self._table.row(key)
        if key in self._before:
            if row is None and self._before[key] is None:
                del self._before[key]
        elif old is None:
            if row is not None and not (row[0] > self._last and self._created.add(key, row[0])):
                self._before[key] = None
        elif old[0] <= self._last:
            self._before[key] = old
        elif row is None:
            self._created.lose()
        elif row[0] <= self._last:
            self._before[key] = None  # an older row in the place of a new one

    def forget_gone(self) -> Iterator[None]:
        """Forget the keys of rows that came and went, a chunk with each step."""
        for _ in range(self._created.chunks()):
            self._created.tidy()
            yield

    def drop_created(self) -> Iterator[None]:
        """Free the keys of new rows in steps; what was touched is known no longer."""
        yield from self._created.drop()

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

"""The rows of one record type, with their indexes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import ref

from cognito_emulator.domain.history import Row as _Row
from cognito_emulator.domain.index import Index

if TYPE_CHECKING:
    from cognito_emulator.domain.table import Database

R = TypeVar("R")
Key = Hashable
MOST_SINCE = 2_000
Contents = tuple[dict[Key, _Row], dict[str, Index[R]]]  # rows, and indexes by name


class Copy(dict[Key, _Row]):
    """A copy of a table's rows; the table knows what differs while it is the last one, at no cost for its size."""

    __slots__ = ("__weakref__",)


class Table(Generic[R]):
    """Rows of one record type by primary key and indexes; see `Database.table`."""

    def __init__(self, database: Database, name: str, key_of: Callable[[R], Key]) -> None:
        self._database = database
        self.name = name
        self.key_of = key_of
        self._rows: dict[Key, _Row] = {}
        self._indexes: dict[str, Index[R]] = {}
        self._last_seq = 0
        self._copy: ref[Copy] | None = None  # the last one of `copied`
        self._since: dict[Key, None] = {}  # what has been touched since

    def index(
        self, name: str, values_of: Callable[[R], Iterable[Key]], *, unique: bool = False, of: tuple[str, ...] = ()
    ) -> None:
        """Declare an index; `values_of` must depend on the record alone.

        It may also depend on what never changes.

        Args:
            of: the fields on which its values depend, where they are named: a change of others does not touch it.
        """
        self._indexes[name] = Index(values_of, unique=unique, fields=of)

    # --- reading -----------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: Key) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[R]:
        """Iterate over a copy of all records in order of creation.

        The table may change meanwhile.
        """
        return iter([record for _, record in sorted(self._rows.values(), key=lambda row: row[0])])

    def get(self, key: Key) -> R | None:
        row = self._rows.get(key)
        return None if row is None else row[1]

    def find(self, index: str, value: Key) -> R | None:
        """Return the record with `value` in a unique index."""
        key = self._indexes[index].one.get(value)
        return None if key is None else self.get(key)

    def where(self, index: str, value: Key) -> list[R]:
        """Return the records with `value` in a non-unique index, in order of creation."""
        return [self._rows[key][1] for _, key in self._indexes[index].many.get(value, ())]

    def count(self, index: str, value: Key) -> int:
        return len(self._indexes[index].many.get(value, ()))

    def first(self, index: str, value: Key) -> R | None:
        rows = self._indexes[index].many.get(value)
        return self._rows[rows[0][1]][1] if rows else None

    def last(self, index: str, value: Key) -> R | None:
        rows = self._indexes[index].many.get(value)
        return self._rows[rows[-1][1]][1] if rows else None

    def newest(self, index: str, value: Key, count: int) -> list[R]:
        """Return the last records of an index, the newest first."""
        return [self._rows[key][1] for _, key in self._indexes[index].many.get(value, [])[: -count - 1 : -1]]

    def after(self, index: str, value: Key, seq: int = 0) -> Iterator[tuple[int, R]]:
        """Iterate over `(sequence number, record)` of an index after number `seq`.

        The index is not unique; the order is that of creation.

        A page costs the page: the start is found by bisection. Do not change the table while iterating.
        """
        rows = self._indexes[index].many.get(value, [])
        for at in range(bisect_right(rows, seq, key=lambda item: item[0]), len(rows)):
            number, key = rows[at]
            yield number, self._rows[key][1]

    # --- writing, only inside a write block ----------------------------------------------------------

    def put(self, record: R) -> R:
        """Insert or replace the record with its key; it keeps its place in listings."""
        key = self.key_of(record)
        old = self._rows.get(key)
        if old is None:
            self._last_seq += 1
            self._set(key, (self._last_seq, record))
        elif old[1] is not record:
            self._set(key, (old[0], record))
        return record

    def delete(self, key: Key) -> None:
        if key in self._rows:
            self._set(key, None)

    def _set(self, key: Key, row: _Row | None) -> None:
        old = self._rows.get(key)
        self._database.touch(self, key, old)
        self._apply(key, old, row)

    def _apply(self, key: Key, old: _Row | None, new: _Row | None) -> None:
        if self._copy is not None:
            self._since[key] = None
            if len(self._since) > MOST_SINCE:
                self._forget_copy()
        moved: Iterable[Index[R]] = self._indexes.values()
        if old is not None and new is not None and old[0] == new[0]:
            # Most changes leave most indexes alone; a long listing is not touched then.
            moved = [index for index in moved if index.tells_apart(old[1], new[1])]
        if old is not None:
            for index in moved:
                index.remove(key, old)
            del self._rows[key]
        if new is not None:
            self._rows[key] = new
            place = (new[0], key)
            for index in moved:
                index.add(key, new, place)

    @property
    def last_seq(self) -> int:
        """The highest sequence number given out."""
        return self._last_seq

    def reserve(self, seq: int) -> None:
        """Give out no sequence number up to this one; for `Database` alone."""
        self._last_seq = max(self._last_seq, seq)

    def row(self, key: Key) -> _Row | None:
        """Return the record with its place in listings; for `Database` alone."""
        return self._rows.get(key)

    def rows(self) -> dict[Key, _Row]:
        """Return a copy of all rows; for `Database` alone."""
        return dict(self._rows)

    def copied(self) -> Copy:
        """Return a copy of all rows, which no one changes; the last one where nothing has changed since."""
        last = self._copy() if self._copy is not None else None
        if last is not None and all(last.get(key) is self._rows.get(key) for key in self._since):
            self._since.clear()
            return last
        made = Copy(self._rows)
        self._copy, self._since = ref(made), {}
        return made

    def touched_since(self, copy: Mapping[Key, _Row] | None) -> list[Key] | None:
        """Return the keys of all rows that may differ from a copy; None where that is not known."""
        is_known = copy is not None and self._copy is not None and self._copy() is copy
        return list(self._since) if is_known else None

    def _forget_copy(self) -> None:
        self._copy, self._since = None, {}

    def view(self) -> Mapping[Key, _Row]:
        """Return all rows as they are at each moment; for `domain.state` alone."""
        return self._rows

    def copy_from(self, other: Table[R]) -> None:
        """Take the rows of a table with the same indexes; for `Database` alone."""
        self._rows, self._last_seq = other.rows(), other._last_seq
        for name, index in self._indexes.items():
            index.copy_from(other._indexes[name])

    def contents(self) -> Contents[R]:
        """Return the rows and indexes themselves; for `domain.rebuild` alone."""
        return self._rows, self._indexes

    def take_over(self, contents: Contents[R]) -> Contents[R]:
        """Take the contents of a table with the same indexes, which is given up; for `domain.rebuild` alone.

        Returns:
            The contents that it had.
        """
        before = self.contents()
        self._rows, self._indexes = contents
        self._forget_copy()
        return before

    def load(self, rows: Iterable[_Row]) -> None:
        """Take up rows into an empty table, in order of creation; for `Database` alone."""
        for row in rows:
            self._apply(self.key_of(row[1]), None, row)
            self._last_seq = row[0]

    def put_back(self, key: Key, row: _Row | None) -> None:
        """Restore an earlier row; for `Database` alone."""
        self._apply(key, self._rows.get(key), row)

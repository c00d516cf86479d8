"""The rows of one record type, with their indexes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import ref

from cognito_emulator.domain.history import Row as _Row
from cognito_emulator.domain.index import Index

if TYPE_CHECKING:
    from cognito_emulator.domain.table import Database

R = TypeVar("R")
Key = Hashable
MOST_SINCE = 2_000
_SEQ = itemgetter(0)
Contents = tuple[dict[Key, _Row], dict[str, Index[R]]]  # rows, and indexes by name


class Copy(dict[Key, _Row]):
    """A copy of a table's rows.

    The table knows what differs while it is the last one, at no cost for its size.
    """

    __slots__ = ("__weakref__",)


class Table(Generic[R]):
    """Rows of one record type by primary key and indexes; see `Database.table`."""

    def __init__(self, database: Database, name: str, key_of: Callable[[R], Key]) -> None:
        self._database = database
        self.name = name
        self.key_of = key_of
        self._rows: dict[Key, _Row] = {}
        self._indexes: dict[str, Index[R]] = {}
        self.last_seq = 0
        self._copy: ref[Copy] | None = None  # the last one of `copied`
        self._since: dict[Key, None] = {}  # what has been touched since

    def index(
        self,
        name: str,
        values_of: Callable[[R], Iterable[Key]],
        *,
        unique: bool = False,
        of: tuple[str, ...] = (),
        is_nested: bool = False,
    ) -> None:
        """Declare an index; `values_of` must depend on the record alone.

        It may also depend on what never changes.

        Args:
            of: the fields on which its values depend, where they are named: a change of others does not touch it.
            is_nested: whether the values are tuples of which many have the same beginning.
        """
        self._indexes[name] = Index(values_of, self._seq_of, unique=unique, fields=of, is_nested=is_nested)

    # --- reading -----------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: Key) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[R]:
        """Iterate over a copy of all records in order of creation.

        The table may change meanwhile.
        """
        return iter([record for _, record in sorted(self._rows.values(), key=_SEQ)])

    def get(self, key: Key) -> R | None:
        row = self._rows.get(key)
        return None if row is None else row[1]

    def find(self, index: str, value: Key) -> R | None:
        """Return the record with `value` in a unique index."""
        key = self._indexes[index].one(value)
        return None if key is None else self._rows[key][1]

    def where(self, index: str, value: Key) -> list[R]:
        """Return the records with `value` in a non-unique index, in order of creation."""
        rows = self._rows
        return [rows[key][1] for key in self._indexes[index].keys(value)]

    def count(self, index: str, value: Key) -> int:
        return len(self._indexes[index].keys(value))

    def first(self, index: str, value: Key) -> R | None:
        keys = self._indexes[index].keys(value)
        return self._rows[keys[0]][1] if keys else None

    def last(self, index: str, value: Key) -> R | None:
        keys = self._indexes[index].keys(value)
        return self._rows[keys[-1]][1] if keys else None

    def newest(self, index: str, value: Key, count: int) -> list[R]:
        """Return the last records of an index, the newest first."""
        return [self._rows[key][1] for key in self._indexes[index].keys(value)[: -count - 1 : -1]]

    def keys(self, index: str, value: Key) -> list[Key]:
        """Return the keys of the records with `value` in an index, in order of creation."""
        return list(self._indexes[index].keys(value))

    def newest_keys(self, index: str, value: Key, count: int) -> list[Key]:
        """Return the keys of the last records of an index, the newest first."""
        return list(self._indexes[index].keys(value)[: -count - 1 : -1])

    def after(self, index: str, value: Key, seq: int = 0) -> Iterator[tuple[int, R]]:
        """Iterate over `(sequence number, record)` of an index after number `seq`.

        The index is not unique; the order is that of creation.

        A page costs the page: the start is found by bisection. Do not change the table while iterating.
        """
        for number, key in self._indexes[index].keys_after(value, seq):
            yield number, self._rows[key][1]

    def _seq_of(self, key: Key) -> int:
        return self._rows[key][0]

    # --- writing, only inside a write block ----------------------------------------------------------

    def put(self, record: R) -> R:
        """Insert or replace the record with its key; it keeps its place in listings."""
        key = self.key_of(record)
        old = self._rows.get(key)
        if old is None:
            self._database.touch(self, key, None)
            self.last_seq += 1
            self._insert(key, (self.last_seq, record))
        elif old[1] is not record:
            self._database.touch(self, key, old)
            self._apply(key, old, (old[0], record))
        return record

    def delete(self, key: Key) -> None:
        old = self._rows.get(key)
        if old is not None:
            self._database.touch(self, key, old)
            self._apply(key, old, None)

    def _insert(self, key: Key, row: _Row) -> None:
        """Add a row with a new key: there is nothing to compare with, and nothing leaves."""
        if self._copy is not None:
            self._note(key)
        self._rows[key] = row
        for index in self._indexes.values():
            index.add(key, row)

    def _apply(self, key: Key, old: _Row | None, new: _Row | None) -> None:
        self._note(key)
        moved = self._moved(old, new)
        self._leave(key, old, new, moved)
        if new is not None:
            self._rows[key] = new
            self._come(key, new, moved)

    def _moved(self, old: _Row | None, new: _Row | None) -> Collection[Index[R]]:
        """Return the indexes that a change touches.

        Most changes leave most indexes alone; a long listing is not touched then.
        """
        if old is None or new is None or old[0] != new[0]:
            return self._indexes.values()
        return [index for index in self._indexes.values() if index.tells_apart(old[1], new[1])]

    def _leave(self, key: Key, old: _Row | None, new: _Row | None, moved: Iterable[Index[R]]) -> None:
        if old is not None:
            for index in moved:
                index.remove(key, old)
            if new is None:
                del self._rows[key]

    @staticmethod
    def _come(key: Key, new: _Row, moved: Iterable[Index[R]]) -> None:
        for index in moved:
            index.add(key, new)

    def reserve(self, seq: int) -> None:
        """Give out no sequence number up to this one; for `Database` alone."""
        self.last_seq = max(self.last_seq, seq)

    def row(self, key: Key) -> _Row | None:
        """Return the record with its place in listings; for `Database` alone."""
        return self._rows.get(key)

    def rows(self) -> dict[Key, _Row]:
        """Return a copy of all rows; for `Database` alone."""
        return dict(self._rows)

    def copied(self) -> Copy:
        """Return a copy of all rows, which no one changes.

        It is the last one where nothing has changed since.
        """
        last = self._copy() if self._copy is not None else None
        if last is not None and all(last.get(key) is self._rows.get(key) for key in self._since):
            self._since.clear()
            return last
        made = Copy(self._rows)
        self._copy, self._since = ref(made), {}
        return made

    def touched_since(self, copy: Mapping[Key, _Row] | None) -> list[Key] | None:
        """Return the keys of all rows that may differ from a copy.

        None where that is not known.
        """
        is_known = copy is not None and self._copy is not None and self._copy() is copy
        return list(self._since) if is_known else None

    def _note(self, key: Key) -> None:
        """Note that a row may differ from the last copy."""
        if self._copy is not None:
            self._since[key] = None
            if len(self._since) > MOST_SINCE:
                self._forget_copy()

    def _forget_copy(self) -> None:
        self._copy, self._since = None, {}

    def view(self) -> Mapping[Key, _Row]:
        """Return all rows as they are at each moment; for `domain.state` alone."""
        return self._rows

    def copy_from(self, other: Table[R]) -> None:
        """Take the rows of a table with the same indexes; for `Database` alone."""
        self._rows, self.last_seq = other.rows(), other.last_seq
        for name, index in self._indexes.items():
            index.copy_from(other._indexes[name])

    def contents(self) -> Contents[R]:
        """Return the rows and indexes themselves; for `domain.rebuild` alone."""
        return self._rows, self._indexes

    def take_over(self, contents: Contents[R]) -> Contents[R]:
        """Take the contents of a table with the same indexes, which is given up.

        For `domain.rebuild` alone.

        Returns:
            The contents that it had.
        """
        before = self.contents()
        self._rows, self._indexes = contents
        self._forget_copy()
        for index in self._indexes.values():
            index.move_to(self._seq_of)
        return before

    def load(self, rows: Iterable[_Row]) -> None:
        """Take up rows into an empty table, in order of creation; for `Database` alone."""
        key_of = self.key_of
        keyed = [(key_of(row[1]), row) for row in rows]
        self._rows.update(keyed)
        for index in self._indexes.values():
            index.add_all(keyed)
        if keyed:
            self._forget_copy()
            self.last_seq = keyed[-1][1][0]

    def put_back(self, rows: Mapping[Key, _Row | None]) -> None:
        """Make rows what they were; for `Database` alone.

        Rows leave before others come: unique values may have moved between rows. The newest leave first, since the end
        of a long listing costs least.
        """
        coming = []
        for key in reversed(list(rows)):
            old, new = self._rows.get(key), rows[key]
            self._note(key)
            moved = self._moved(old, new)
            self._leave(key, old, new, moved)
            if new is not None:
                coming.append((key, new, moved))
        coming.reverse()
        # All are there before an index refuses one: then the block that is undone finds which indexes they differ in.
        self._rows.update((key, new) for key, new, _ in coming)
        for key, new, moved in coming:
            self._come(key, new, moved)

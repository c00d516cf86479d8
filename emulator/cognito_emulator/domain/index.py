"""Indexes of a table: they find primary keys by other values of the records."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterable
from operator import attrgetter
from typing import Any, Generic, TypeVar

R = TypeVar("R")
Key = Hashable
_Row = tuple[int, Any]  # (sequence number, record): the number keeps listings in order of creation


class StoreError(Exception):
    """A rule of the store was broken by our own code (never by a client)."""


class Index(Generic[R]):
    """Finds primary keys by the values that `values_of(record)` yields."""

    def __init__(
        self,
        values_of: Callable[[R], Iterable[Key]],
        *,
        unique: bool,
        fields: tuple[str, ...] = (),
    ) -> None:
        self.values_of = values_of
        self.fields = fields
        self._fields_of = attrgetter(*fields) if fields else None
        self.unique = unique
        self.one: dict[Key, Key] = {}
        self.many: dict[Key, list[tuple[int, Key]]] = {}
        # The values whose lists no copy of this index shares; None where nothing is shared.
        self._unshared: set[Key] | None = None

    def tells_apart(self, old: R, new: R) -> bool:
        """Return whether two records differ in this index."""
        if self._fields_of is not None and self._fields_of(old) == self._fields_of(new):
            return False
        return list(self.values_of(old)) != list(self.values_of(new))

    def add(self, key: Key, row: _Row, place: tuple[int, Key]) -> None:
        """Add a row; `place` is (sequence number, key).

        All indexes share one such object, since there may be many rows.
        """
        seq, record = row
        for value in self.values_of(record):
            if not self.unique:
                rows = self._changeable(value)
                if rows and rows[-1][0] > seq:
                    insort(rows, place, key=lambda item: item[0])
                else:
                    rows.append(place)
            elif self.one.setdefault(value, key) != key:
                raise StoreError(f"duplicate {value!r} in a unique index")

    def remove(self, key: Key, row: _Row) -> None:
        seq, record = row
        for value in self.values_of(record):
            if self.unique:
                if self.one.get(value) == key:
                    del self.one[value]
                continue
            if value not in self.many:
                continue
            rows = self._changeable(value)
            at = bisect_left(rows, seq, key=lambda item: item[0])
            if at < len(rows) and rows[at][0] == seq:
                del rows[at]
            if not rows:
                del self.many[value]
                if self._unshared is not None:
                    self._unshared.discard(value)

    def copy_from(self, other: Index[R]) -> None:
        """Take what another index has.

        The lists are shared; the first of the two that changes one makes it its own.
        """
        self.one, self.many = other.one.copy(), other.many.copy()
        self._unshared, other._unshared = set(), set()

    def parts(self) -> list[dict[Any, Any]]:
        """Return the dictionaries that no other index has."""
        return [self.one, self.many]

    def _changeable(self, value: Key) -> list[tuple[int, Key]]:
        """Return the list of a value, which no other index has."""
        rows = self.many.get(value)
        if rows is not None and (self._unshared is None or value in self._unshared):
            return rows
        made = self.many[value] = [] if rows is None else rows.copy()
        if self._unshared is not None:
            self._unshared.add(value)
        return made

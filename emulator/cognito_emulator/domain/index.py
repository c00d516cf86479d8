"""Indexes of a table: they find primary keys by other values of the records."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, Generic, TypeVar

R = TypeVar("R")
Key = Hashable
_Row = tuple[int, Any]  # (sequence number, record): the number keeps listings in order of creation


class StoreError(Exception):
    """A rule of the store was broken by our own code (never by a client)."""


class Places:
    """The rows of one value, in order of creation.

    They are sequence numbers and, beside them, keys. Two lists take a fourth of the memory that a list of pairs takes.
    """

    __slots__ = ("keys", "seqs")

    def __init__(self, seqs: list[int], keys: list[Key]) -> None:
        self.seqs, self.keys = seqs, keys

    def add(self, seq: int, key: Key) -> None:
        if self.seqs[-1] > seq:
            at = bisect_right(self.seqs, seq)
            self.seqs.insert(at, seq)
            self.keys.insert(at, key)
        else:
            self.seqs.append(seq)
            self.keys.append(key)

    def remove(self, seq: int) -> None:
        at = bisect_left(self.seqs, seq)
        if at < len(self.seqs) and self.seqs[at] == seq:
            del self.seqs[at], self.keys[at]

    def copy(self) -> Places:
        return Places(self.seqs.copy(), self.keys.copy())


class Nested:
    """A dictionary by tuples: by all but their last part, then by the last.

    There may be many users, each with several such keys: no tuple is kept for any of them.
    """

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts: dict[Key, dict[Key, Any]] = {}

    def get(self, value: Any) -> Any:
        part = self._parts.get(value[:-1])
        return None if part is None else part.get(value[-1])

    def setdefault(self, value: Any, held: Any) -> Any:
        part = self._parts.get(value[:-1])
        if part is None:
            part = self._parts[value[:-1]] = {}
        return part.setdefault(value[-1], held)

    def __setitem__(self, value: Any, held: Any) -> None:
        self._parts.setdefault(value[:-1], {})[value[-1]] = held

    def __delitem__(self, value: Any) -> None:
        part = self._parts[value[:-1]]
        del part[value[-1]]
        if not part:
            del self._parts[value[:-1]]

    def items(self) -> Iterator[tuple[Key, Any]]:
        for scope, part in self._parts.items():
            for last, held in part.items():
                yield (*scope, last), held  # type: ignore[misc]

    def parts(self) -> list[dict[Any, Any]]:
        """Return the dictionaries that it is made of."""
        return [*self._parts.values(), self._parts]

    def copy(self) -> Nested:
        made = Nested()
        made._parts = {scope: part.copy() for scope, part in self._parts.items()}
        return made


class Index(Generic[R]):
    """Finds primary keys by the values that `values_of(record)` yields.

    A value leads to one key, or to the `Places` of several rows.

    Args:
        seq_of: tells the sequence number of a row that the index has.
        fields: the fields on which the values depend, where they are named.
        is_nested: whether the values are tuples of which many have the same beginning.
    """

    def __init__(
        self,
        values_of: Callable[[R], Iterable[Key]],
        seq_of: Callable[[Key], int],
        *,
        unique: bool,
        fields: tuple[str, ...] = (),
        is_nested: bool = False,
    ) -> None:
        self.values_of = values_of
        self.fields = fields
        self._seq_of = seq_of
        self._fields_of = attrgetter(*fields) if fields else None
        self.unique = unique
        self._held: dict[Key, Any] | Nested = Nested() if is_nested else {}
        # The values whose places no copy of this index shares; None where nothing is shared.
        self._unshared: set[Key] | None = None

    # --- reading -----------------------------------------------------------------------------------

    def one(self, value: Key) -> Key | None:
        """Return the key of a value in a unique index."""
        found: Key | None = self._held.get(value)
        return found

    def keys(self, value: Key) -> Sequence[Key]:
        """Return the keys of a value, in order of creation."""
        held = self._held.get(value)
        if type(held) is Places:
            return held.keys
        return () if held is None else (held,)

    def keys_after(self, value: Key, seq: int) -> Iterator[tuple[int, Key]]:
        """Iterate over the rows after a sequence number: the start is found by bisection."""
        held = self._held.get(value)
        if type(held) is Places:
            for at in range(bisect_right(held.seqs, seq), len(held.seqs)):
                yield held.seqs[at], held.keys[at]
        elif held is not None and (number := self._seq_of(held)) > seq:
            yield number, held

    def entries(self) -> dict[Key, list[tuple[int, Key]]]:
        """Return the rows of all values, for checks."""
        return {value: list(self.keys_after(value, 0)) for value, _ in self._held.items()}

    def tells_apart(self, old: R, new: R) -> bool:
        """Return whether two records differ in this index."""
        if self._fields_of is not None and self._fields_of(old) == self._fields_of(new):
            return False
        return list(self.values_of(old)) != list(self.values_of(new))

    # --- writing -----------------------------------------------------------------------------------

    def add(self, key: Key, row: _Row) -> None:
        """Add a row that the table has."""
        held_by = self._held
        for value in self.values_of(row[1]):
            held = held_by.setdefault(value, key)
            if held is not key:
                self._share(value, held, key, row)

    def _share(self, value: Key, held: Any, key: Key, row: _Row) -> None:
        """Add a row to a value that has another one."""
        if not self.unique:
            self._changeable(value, held).add(row[0], key)
        elif held != key:
            raise StoreError(f"duplicate {value!r} in a unique index")

    def add_all(self, rows: Sequence[tuple[Key, _Row]]) -> None:
        """Add rows that the table has, in order of creation.

        A call of `add` for each takes twice the time, and there may be a hundred thousand.
        """
        values_of, setdefault = self.values_of, self._held.setdefault
        for key, row in rows:
            for value in values_of(row[1]):
                held = setdefault(value, key)
                if held is not key:
                    self._share(value, held, key, row)

    def remove(self, key: Key, row: _Row) -> None:
        """Remove a row that the table still has."""
        for value in self.values_of(row[1]):
            held = self._held.get(value)
            if type(held) is not Places:
                if held == key:
                    del self._held[value]
                continue
            places = self._changeable(value, held)
            places.remove(row[0])
            if not places.seqs:
                del self._held[value]
                if self._unshared is not None:
                    self._unshared.discard(value)

    def copy_from(self, other: Index[R]) -> None:
        """Take what another index has.

        The places are shared; the first of the two that changes one makes it its own.
        """
        self._held = other._held.copy()
        self._unshared, other._unshared = set(), set()

    def parts(self) -> list[dict[Any, Any]]:
        """Return the dictionaries that no other index has."""
        return self._held.parts() if isinstance(self._held, Nested) else [self._held]

    def move_to(self, seq_of: Callable[[Key], int]) -> None:
        """Belong to another table, which has the same rows."""
        self._seq_of = seq_of

    def _changeable(self, value: Key, held: Any) -> Places:
        """Return the places of a value, which no other index has."""
        if type(held) is Places and (self._unshared is None or value in self._unshared):
            return held
        made = held.copy() if type(held) is Places else Places([self._seq_of(held)], [held])
        self._held[value] = made
        if self._unshared is not None:
            self._unshared.add(value)
        return made

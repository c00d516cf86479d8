"""Keep tables of frozen records with indexes; change them in one place only.

Every change is made inside a write block (`Database.write`). The block commits whole or not at all;
it must never contain an `await`. Because all changes pass here, snapshots cost what has changed since
they were taken (the first-touch old value of each row), not what exists; and each commit is entered in the
history (domain.history).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from cognito_emulator.domain.history import Change, History, Mark, net
from cognito_emulator.domain.history import Row as _Row
from cognito_emulator.domain.index import Index, StoreError
from cognito_emulator.domain.rows import Table

__all__ = ["Database", "Index", "StoreError", "Table"]

R = TypeVar("R")
Key = Hashable


_Layer = dict[tuple[int, Key], tuple[Table[Any], Key, "_Row | None"]]


class Database:
    """The tables of one world, with write blocks, snapshots and the history.

    `stamp` tells when and for which request a block is committed. `guard`, if set, sees the changes of a block that
    is about to be committed; what it raises undoes the block and reaches the writer. `prepare` is called after it, for
    every block, `guarded` or not.
    """

    def __init__(self, history: History | None = None) -> None:
        self.history = history or History()
        self.stamp: Callable[[], tuple[float, str]] = _no_stamp
        self.guard: Callable[[tuple[Change, ...]], None] | None = None
        self.prepare: Callable[[tuple[Change, ...]], None] | None = None
        self._tables: dict[str, Table[Any]] = {}
        self._layers: list[_Layer] = []  # one for each snapshot, oldest first
        self._marks: list[Mark] = []  # where the history was then
        self._block: _Layer | None = None

    def table(self, name: str, key_of: Callable[[R], Key]) -> Table[R]:
        made = Table(self, name, key_of)
        self._tables[name] = made
        return made

    @contextmanager
    def write(self, *, guarded: bool = True) -> Iterator[None]:
        """Open a write block: all its changes, or none if it raises.

        It has no `await` inside, and blocks do not nest.
        """
        if self._block is not None:
            raise StoreError("a write block is open already")
        block: _Layer = {}
        self._block = block
        try:
            yield
            changes = _changes(block)
            if guarded and self.guard is not None and changes:
                self.guard(changes)
            if self.prepare is not None and changes:
                self.prepare(changes)
        except BaseException:
            self._undo(block)
            raise
        finally:
            self._block = None
        if self._layers:
            self._remember(block)
        if changes:
            self.history.add(*self.stamp(), changes)

    def _remember(self, layer: _Layer) -> None:
        """Enter what rows were before a block into the newest snapshot."""
        top = self._layers[-1]
        for where, change in layer.items():
            table, key, old = top.setdefault(where, change)
            if old is None and key not in table:
                # Came and went since the snapshot: sessions by the million would be remembered otherwise.
                del top[where]

    def touch(self, table: Table[Any], key: Key, old: _Row | None) -> None:
        if self._block is None:
            raise StoreError(f"{table.name}: a change outside a write block")
        self._block.setdefault((id(table), key), (table, key, old))

    # --- the history ----------------------------------------------------------------------------------

    def state_at(self, table: Table[R], selector: Callable[[R], bool], time: float) -> list[R]:
        """Return the records of a kept table at a time, in order of creation.

        Raises:
            Forgotten
        """
        rows = table.rows()
        for change in self.changes_since(time):
            if change.table == table.name:
                rows.pop(change.key, None)
                if change.before is not None:
                    rows[change.key] = change.before
        return [record for _, record in sorted(rows.values(), key=lambda row: row[0]) if selector(record)]

    def changes_since(self, time: float) -> list[Change]:
        """Compare the rows of the kept tables with those of an earlier time.

        `before` is then, `after` is now.

        Raises:
            Forgotten
        """
        return list(net(self.history.kept.after(time)))

    def undo_since(self, number: int) -> None:
        """Take back all commits after that number.

        It does so in a write block of its own, which is a commit like any other.

        Raises:
            Forgotten
        """
        changes = list(net(self.history.since(number)))
        with self.write():
            self.put_back(changes)

    def put_back(self, changes: Iterable[Change]) -> None:
        """Make each row what it was `before`, in its old place. Inside a write block."""
        changes = list(changes)
        for change in changes:
            table = self._tables[change.table]
            present = table.row(change.key)
            self.touch(table, change.key, present)
            if present is not None:
                table.put_back(change.key, None)
        for change in changes:
            if change.before is not None:
                self._tables[change.table].put_back(change.key, change.before)

    # --- snapshots ------------------------------------------------------------------------------------

    def snapshot(self) -> int:
        """Remember the present state, at no cost; return the number for `restore`."""
        self._layers.append({})
        self._marks.append(self.history.mark(self.stamp()[0]))
        return len(self._layers) - 1

    def restore(self, number: int) -> None:
        """Go back to snapshot `number`, which stays valid; forget the later ones.

        The history drops what it holds of the changes since then: they are no longer true.
        """
        if self._block is not None:
            raise StoreError("restore inside a write block")
        if not 0 <= number < len(self._layers):
            raise StoreError(f"no snapshot {number}")
        present = self._present(number) if self.history.tells_restores else {}
        while len(self._layers) > number + 1:
            self._undo(self._layers.pop())
        self._undo(self._layers[number])
        self._layers[number] = {}
        del self._marks[number + 1 :]
        self.history.cut(self._marks[number], _changes(present))

    def revert(self, number: int) -> None:
        """Restore a snapshot by a write block; later snapshots stay valid.

        It is a commit like any other."""
        first: _Layer = {}
        for layer in self._layers[number:]:
            for where, change in layer.items():
                first.setdefault(where, change)
        changes = _changes(first)
        with self.write():
            self.put_back(changes)

    def rewind(self, number: int) -> Callable[[], None]:
        """Go back as `restore` does; return a function that undoes that.

        It brings back the snapshots and changes since then too.
        """
        layers, marks, logs = self._layers[number:], self._marks[number:], self.history.copy()
        present = self._present(number)
        self.restore(number)

        def take_back() -> None:
            self.restore(number)
            before: _Layer = {where: (table, key, table.row(key)) for where, (table, key, _) in present.items()}
            self._undo(present)
            self._layers[number:], self._marks[number:] = layers, marks
            self.history.resume(logs, _changes(before))

        return take_back

    def release(self, number: int) -> None:
        """Forget the newest snapshot, `number`.

        What has changed since then belongs to the one before it.
        """
        if number != len(self._layers) - 1 or number < 0:
            raise StoreError(f"snapshot {number} is not the newest")
        layer = self._layers.pop()
        self._marks.pop()
        if self._layers:
            self._layers[-1] = _older(self._layers[-1], layer)

    def load(self, table: str, rows: Iterable[_Row]) -> None:
        """Load rows that were kept elsewhere, in order of creation.

        The history does not have them.
        """
        self._tables[table].load(rows)

    def tables(self) -> Mapping[str, Table[Any]]:
        """Return all tables by name."""
        return self._tables

    def copy_into(self, other: Database, number: int) -> None:
        """Make the new database `other` what this one was at a snapshot.

        The frozen records are shared.

        The two must have the same tables. The history of `other` is empty.
        """
        if self._block is not None:
            raise StoreError("a copy inside a write block")
        if not 0 <= number < len(self._layers):
            raise StoreError(f"no snapshot {number}")
        for name, table in self._tables.items():
            other._tables[name].copy_from(table)
        for layer in reversed(self._layers[number:]):
            self._undo({where: (other._tables[table.name], key, old) for where, (table, key, old) in layer.items()})

    def amend(self, number: int, rows: Iterable[tuple[str, Key, _Row | None]]) -> None:
        """Say of a snapshot that these rows were different in it."""
        for name, key, row in rows:
            table = self._tables[name]
            self._layers[number][id(table), key] = (table, key, row)
            if row is not None:
                table.reserve(row[0])

    def _present(self, number: int) -> _Layer:
        """Return the present rows of all that was touched since a snapshot."""
        touched = {where: change[:2] for layer in self._layers[number:] for where, change in layer.items()}
        return {where: (table, key, table.row(key)) for where, (table, key) in touched.items()}

    @staticmethod
    def _undo(layer: _Layer) -> None:
        # Rows leave before others come back: unique values may have moved between rows.
        for table, key, _ in layer.values():
            if key in table:
                table.put_back(key, None)
        for table, key, old in layer.values():
            if old is not None:
                table.put_back(key, old)


def _older(first: _Layer, layer: _Layer) -> _Layer:
    """Return what rows were before two layers; the longer one takes up the other."""
    if len(first) < len(layer):
        layer.update(first)
        return layer
    _add_older(first, layer)
    return first


def _add_older(first: _Layer, layer: _Layer) -> None:
    """Add to what rows were what those were that are only in a later layer."""
    for where, change in layer.items():
        first.setdefault(where, change)


def _no_stamp() -> tuple[float, str]:
    return 0.0, ""


def _changes(layer: _Layer) -> tuple[Change, ...]:
    """List how the rows of a layer have changed.

    A record that was written again as it was is no change.
    """
    found = []
    for table, key, old in layer.values():
        new = table.row(key)
        if old is not new and (old is None or new is None or old[0] != new[0] or old[1] != new[1]):
            found.append(Change(table.name, key, old, new))
    return tuple(found)

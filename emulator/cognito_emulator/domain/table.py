"""Keep tables of frozen records with indexes; change them in one place only.

Every change is made inside a write block (`Database.write`). The block commits whole or not at all;
it must never contain an `await`. Because all changes pass here, snapshots cost what has changed since
they were taken (the first-touch old value of each row), not what exists; and each commit is entered in the
history (domain.history).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from itertools import chain
from typing import Any, TypeVar

from msgspec import Struct

from cognito_emulator.domain.history import Change, History, Kept, Mark, Recent, net
from cognito_emulator.domain.history import Row as _Row
from cognito_emulator.domain.index import Index, StoreError
from cognito_emulator.domain.rows import Contents, Table
from cognito_emulator.domain.snapshot_layer import Layer, SnapshotLayer, first_of

__all__ = ["Database", "Index", "StoreError", "Table"]

R = TypeVar("R")
Key = Hashable
Changes = Mapping[str, Mapping[Key, Change]]  # by table and key


class Earlier(Struct, frozen=True):
    """What was there before `Database.exchange_for`.

    Few rows, contents of tables by name, layers and logs.
    """

    rows: Layer
    contents: Mapping[str, Contents[Any]]
    layers: list[SnapshotLayer]
    marks: list[Mark]
    logs: tuple[Recent, Kept]


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
        self._layers: list[SnapshotLayer] = []  # one for each snapshot, oldest first
        self._marks: list[Mark] = []  # where the history was then
        self._block: Layer | None = None

    def table(self, name: str, key_of: Callable[[R], Key]) -> Table[R]:
        made = Table(self, name, key_of)
        self._tables[name] = made
        return made

    def write(self, *, guarded: bool = True) -> _Block:
        """Open a write block: all its changes, or none if it raises.

        It has no `await` inside, and blocks do not nest.
        """
        return _Block(self, guarded)

    def _commit(self, guarded: bool, layer: Layer) -> None:
        """End the open block: its changes become a commit, or are undone."""
        try:
            changes = changes_of(layer)
            if changes and guarded and self.guard is not None:
                self.guard(changes)
            if changes and self.prepare is not None:
                self.prepare(changes)
        except BaseException:
            self.undo(layer)
            raise
        finally:
            self._block = None
        if self._layers:
            self._layers[-1].add(layer)
        if changes:
            self.history.add(*self.stamp(), changes)

    def touch(self, table: Table[Any], key: Key, old: _Row | None) -> None:
        if self._block is None:
            raise StoreError(f"{table.name}: a change outside a write block")
        touched = self._block.get(table)
        if touched is None:
            self._block[table] = {key: old}
        else:
            touched.setdefault(key, old)

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
        wanted: Layer = {}
        for change in changes:
            table = self._tables[change.table]
            self.touch(table, change.key, table.row(change.key))
            wanted.setdefault(table, {})[change.key] = change.before
        self.undo(wanted)

    # --- snapshots ------------------------------------------------------------------------------------

    def snapshot(self) -> int:
        """Remember the present state, at no cost; return the number for `restore`."""
        self._layers.append(SnapshotLayer({table: table.last_seq for table in self._tables.values()}))
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
            self.undo(self._layers.pop().rows())
        self.undo(self._layers[number].rows())
        self._layers[number] = SnapshotLayer(self._layers[number].lasts)
        del self._marks[number + 1 :]
        self.history.cut(self._marks[number], changes_of(present))

    def revert(self, number: int) -> None:
        """Restore a snapshot by a write block; later snapshots stay valid.

        It is a commit like any other."""
        changes = changes_of(first_of(self._layers[number:]))
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
            before = now(present)
            self.undo(present)
            self._layers[number:], self._marks[number:] = layers, marks
            self.history.resume(logs, changes_of(before))

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
            self._layers[-1].add(layer.rows())

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
            self.undo({other._tables[table.name]: rows for table, rows in layer.rows().items()})

    def amend(self, number: int, rows: Iterable[tuple[str, Key, _Row | None]]) -> None:
        """Say of a snapshot that these rows were different in it."""
        for name, key, row in rows:
            table = self._tables[name]
            self._layers[number].set(table, key, row)
            if row is not None:
                table.reserve(row[0])

    def _present(self, number: int) -> Layer:
        """Return the present rows of all that was touched since a snapshot."""
        return now(first_of(self._layers[number:]))

    @staticmethod
    def undo(layer: Layer) -> None:
        for table, rows in layer.items():
            table.put_back(rows)

    # --- for `domain.rebuild` alone: tables that were made anew -----------------------------------------

    def layers(self, number: int = 0) -> list[SnapshotLayer]:
        """Return what has changed since a snapshot, and since each later one."""
        return self._layers[number:]

    def exchange(
        self, others: Mapping[str, Table[Any]], changes: Changes, *, guarded: bool = False
    ) -> dict[str, Contents[Any]]:
        """Give some tables the rows of others, and change further rows, as one commit.

        Returns:
            The contents that have left, by table.

        Raises:
            StoreError: rows contradict each other; nothing has changed.
        """
        tables, count = self.history.kept.tables, sum(map(len, changes.values()))
        if not count:
            return {}
        kept_count = sum(len(of) for name, of in changes.items() if name in tables)
        told = guarded or self.prepare is not None or self.history.takes(count, kept_count)
        # To touch each of very many changes once more takes longer than all the rest.
        all_changes = tuple(chain.from_iterable(of.values() for of in changes.values())) if told else ()
        if guarded and self.guard is not None:
            self.guard(all_changes)
        if self.prepare is not None:
            self.prepare(all_changes)
        few = [one for name, of in changes.items() if name not in others for one in of.values()]
        block = self._change(few)
        left = {name: self._tables[name].take_over(other.contents()) for name, other in others.items()}
        for name, other in others.items():
            self._tables[name].reserve(other.last_seq)
        if self._layers:
            self._layers[-1].add(block)
        for change in few:
            if change.after is not None:
                self._tables[change.table].reserve(change.after[0])
        if told:
            self.history.add(*self.stamp(), all_changes)
        else:
            self.history.pass_over(self.stamp()[0], kept_count)
        return left

    def _change(self, changes: Iterable[Change]) -> Layer:
        """Change rows, or none; return what they were."""
        block: Layer = {}
        self._block = block
        try:
            self.put_back(Change(one.table, one.key, one.after, one.before) for one in changes)
        except BaseException:
            self.undo(block)
            raise
        finally:
            self._block = None
        return block

    def exchange_for(self, number: int, others: Mapping[str, Table[Any]], few: Layer) -> Earlier:
        """Go back to a snapshot: give some tables the rows of others.

        Return what was there.

        Args:
            few: rows of the other tables as they were in it, but for what the newest snapshot has.
        """
        if self._block is not None:
            raise StoreError("restore inside a write block")
        present = self._present(number) if self.history.tells_restores else {}
        wanted = {table: rows for table, rows in self._layers[-1].rows().items() if table.name not in others}
        for table, rows in few.items():
            wanted[table] = {**wanted.get(table, {}), **rows}
        earlier = Earlier(
            self._swap(wanted),
            {name: self._tables[name].take_over(other.contents()) for name, other in others.items()},
            self._layers[number:],
            self._marks[number:],
            self.history.copy(),
        )
        self._layers[number:] = [SnapshotLayer(self._layers[number].lasts)]
        del self._marks[number + 1 :]
        self.history.cut(self._marks[number], changes_of(present))
        return earlier

    def exchange_back(self, number: int, earlier: Earlier) -> None:
        """Make all what it was before `exchange_for`; the present is that of the snapshot."""
        before = now(first_of(earlier.layers)) if self.history.tells_restores else {}
        self._swap(earlier.rows)
        for name, contents in earlier.contents.items():
            self._tables[name].take_over(contents)
        self._layers[number:], self._marks[number:] = earlier.layers, earlier.marks
        self.history.resume(earlier.logs, changes_of(before))

    def _swap(self, layer: Layer) -> Layer:
        """Make rows what they were; return them as they are."""
        present = now(layer)
        self.undo(layer)
        return present


class _Block:
    """An open write block; a generator's context would cost it twice as much."""

    __slots__ = ("_database", "_guarded", "_layer")

    def __init__(self, database: Database, guarded: bool) -> None:
        self._database, self._guarded = database, guarded
        self._layer: Layer = {}

    def __enter__(self) -> None:
        if self._database._block is not None:
            raise StoreError("a write block is open already")
        self._database._block = self._layer

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        database = self._database
        if kind is None:
            database._commit(self._guarded, self._layer)
        else:
            database._block = None
            database.undo(self._layer)


def now(layer: Layer) -> Layer:
    """Return the present rows of those that a layer has."""
    return {table: {key: table.row(key) for key in rows} for table, rows in layer.items()}


def _no_stamp() -> tuple[float, str]:
    return 0.0, ""


def changes_of(layer: Layer) -> tuple[Change, ...]:
    """List how the rows of a layer have changed.

    A record that was written again as it was is no change.
    """
    found = []
    for table, rows in layer.items():
        for key, old in rows.items():
            new = table.row(key)
            if old is not new and (old is None or new is None or old[0] != new[0] or old[1] != new[1]):
                found.append(Change(table.name, key, old, new))
    return tuple(found)

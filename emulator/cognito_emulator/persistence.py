"""Keep a world in a data folder (`--data`): read it at the start, write changes.

Kept are all records and their baseline, and the documents of `kept_documents`: signing keys, the keys for custom
senders' codes, messages, exported log entries, the clock and the world's secret, snapshots, fault rules, and the
changes to which a point in time goes back. Not kept are the journal, counted requests, and functions that a program
bound to ARNs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from contextlib import closing
from itertools import chain
from typing import Any

from msgspec import DecodeError

from cognito_emulator import kept_documents
from cognito_emulator.domain.history import Change, Commit, Row, net
from cognito_emulator.domain.store import Store
from cognito_emulator.kept_documents import KINDS
from cognito_emulator.ports.collector import put_off
from cognito_emulator.ports.keeper import Keeper
from cognito_emulator.ports.record_types import TYPES
from cognito_emulator.ports.records import CannotEncode, Codec
from cognito_emulator.ports.storage import CannotUseData, RowName, Rows, Storage, StoredRow
from cognito_emulator.world import World

Changed = tuple[str, Hashable, Row | None]  # table, key, and the row at the baseline

_codec = Codec(TYPES)


class CannotEncodeRow(Exception):
    """A record cannot be written, by a mistake of our code.

    All that is not yet kept is taken back.
    """


# --- the start ----------------------------------------------------------------------------------------------------


def begin(world: World, storage: Storage, at: float | None = None) -> None:
    """Write the world as it is now into a new folder, and keep it there from now on.

    Args:
        at: when it was made, by the machine's time; without, now.

    Raises:
        CannotUseData
    """
    storage.begin(
        chain(_all_rows(world.store), kept_documents.first(world, _codec)), world.clock.machine() if at is None else at
    )
    _connect(world, storage, None)


def _all_rows(store: Store) -> Iterator[tuple[RowName, bytes]]:
    for name, table in store.tables().items():
        for seq, record in table.rows().values():
            yield (name, seq), _codec.encode(record)


def resume(world: World, storage: Storage) -> list[Changed]:
    """Make a new world what was kept in the folder, and keep it there from now on.

    Returns:
        What differs from the baseline, as `Baseline.resume` takes it.

    Raises:
        CannotUseData
    """
    found = _Found()
    try:
        with put_off(), closing(storage.rows()) as stored_rows:
            changed = found.load(world.store, stored_rows)
        kept_documents.load(world, found.documents, _codec)
    except (DecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        text = f"the data in {storage.path} is damaged and was left as it is: {type(error).__name__}: {error}."
        raise CannotUseData(text) from error
    _connect(world, storage, found)
    return changed


class _Found:
    """What is in a folder, with the documents by kind and number."""

    def __init__(self) -> None:
        self.documents: dict[str, dict[int, bytes]] = {kind: {} for kind in KINDS}

    def load(self, store: Store, stored_rows: Iterator[StoredRow]) -> list[Changed]:
        """Take up all rows; return what differs from the baseline."""
        tables = store.tables()
        present: dict[str, list[Row]] = {name: [] for name in tables}
        changed: dict[tuple[str, Hashable], Row | None] = {}
        for stored in stored_rows:
            if stored.table in self.documents:
                if stored.record is not None:
                    self.documents[stored.table][stored.seq] = stored.record
                continue
            key_of = tables[stored.table].key_of
            if stored.record is not None:
                record = _codec.decode(stored.record)
                present[stored.table].append((stored.seq, record))
                if stored.changed:
                    changed.setdefault((stored.table, key_of(record)), None)
            if stored.base is not None:
                base = _codec.decode(stored.base)
                changed[stored.table, key_of(base)] = (stored.seq, base)
        for name, rows in present.items():
            store.load(name, rows)
        return [(table, key, row) for (table, key), row in changed.items()]


# --- from then on -------------------------------------------------------------------------------------------------


def _connect(world: World, storage: Storage, found: _Found | None) -> None:
    """Begin to write every change.

    `found` is what the folder held before, if anything.
    """

    def take_back(changes: Sequence[Change]) -> None:
        with world.store.write(guarded=False):
            world.store.put_back(net([Commit(0, 0.0, "", tuple(changes))]))

    keeper = world.keeper = Keeper(storage, _encode_changes, take_back, is_resumed=found is not None)
    found = found or _Found()
    _keep_rows(world.store, keeper)
    kept_documents.connect(world, keeper, found.documents, _codec)


def _keep_rows(store: Store, keeper: Keeper) -> None:
    store.prepare = lambda _: keeper.check()
    store.history.on_commit(lambda commit: keeper.note(commit.changes))
    store.history.on_restore(keeper.note)


def _encode_changes(changes: Sequence[Change]) -> Rows:
    """Encode each row as the last of its changes leaves it.

    All that is written together is encoded here in one go: code and tables of types are warm then (3 us a user; within
    each request 11).
    """
    rows: dict[RowName, Any] = {}
    for change in changes:
        table, before, after = change.table, change.before, change.after
        if before is not None and (after is None or before[0] != after[0]):
            rows[table, before[0]] = None
        if after is not None:
            rows[table, after[0]] = after[1]
    encode = _codec.encode
    for name, record in rows.items():
        if record is not None:
            try:
                rows[name] = encode(record)
            except CannotEncode as error:
                raise CannotEncodeRow(f"{name[0]}: {error}") from error
    return rows

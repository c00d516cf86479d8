"""Named snapshots in memory: all records, the clock, and the signing keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from cognito_emulator.domain.state import State
from cognito_emulator.ports.clock import ClockState
from cognito_emulator.ports.keys import KeySet

MOST = 100


class Snapshot(Struct, frozen=True):
    """The state of a world at one moment.

    `taken` is that moment by the machine's clock, in epoch seconds. `keys` are signing keys by pool id.
    """

    taken: float
    state: State
    clock: ClockState
    keys: Mapping[str, KeySet]


# A name, the snapshot that it had, and the new one as a file; None where it was deleted.
SnapshotListener = Callable[[str, Snapshot | None, bytes | None], object]


class Full(Exception):
    """There are as many snapshots as may be."""


class Snapshots:
    """The snapshots of one world by name, in the order in which they were made."""

    def __init__(self) -> None:
        self._by_name: dict[str, Snapshot] = {}
        self._listeners: list[SnapshotListener] = []

    def on_change(self, listener: SnapshotListener) -> None:
        """Call `listener` with each name that has a new snapshot or none any more."""
        self._listeners.append(listener)

    def all(self) -> dict[str, Snapshot]:
        return dict(self._by_name)

    def get(self, name: str) -> Snapshot | None:
        return self._by_name.get(name)

    def put(self, name: str, snapshot: Snapshot, written: bytes = b"") -> None:
        """Keep a snapshot; an earlier one of that name is dropped.

        Args:
            written: the snapshot as a file, where there is a data folder to keep it in.

        Raises:
            Full
        """
        if name not in self._by_name and len(self._by_name) >= MOST:
            raise Full
        before = self._by_name.pop(name, None)
        self._by_name[name] = snapshot
        self._tell(name, before, written)

    def put_back(self, name: str, snapshot: Snapshot | None) -> None:
        """Make this the snapshot of that name again."""
        self._by_name.pop(name, None)
        if snapshot is not None:
            self._by_name[name] = snapshot

    def delete(self, name: str) -> None:
        before = self._by_name.pop(name, None)
        if before is not None:
            self._tell(name, before, None)

    def _tell(self, name: str, before: Snapshot | None, written: bytes | None) -> None:
        for listener in self._listeners:
            listener(name, before, written)

"""Named snapshots in memory: all records, the clock, and the signing keys."""

from __future__ import annotations

from collections.abc import Mapping

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


class Full(Exception):
    """There are as many snapshots as may be."""


class Snapshots:
    """The snapshots of one world by name, in the order in which they were made."""

    def __init__(self) -> None:
        self._by_name: dict[str, Snapshot] = {}

    def all(self) -> dict[str, Snapshot]:
        return dict(self._by_name)

    def get(self, name: str) -> Snapshot | None:
        return self._by_name.get(name)

    def put(self, name: str, snapshot: Snapshot) -> None:
        """Keep a snapshot; an earlier one of that name is dropped.

        Raises:
            Full
        """
        if name not in self._by_name and len(self._by_name) >= MOST:
            raise Full
        self._by_name.pop(name, None)
        self._by_name[name] = snapshot

    def delete(self, name: str) -> None:
        self._by_name.pop(name, None)

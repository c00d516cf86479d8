"""Snapshots in files, of more rows than are written at once."""

from __future__ import annotations

from cognito_emulator.domain.history import Row
from cognito_emulator.domain.table import Key
from cognito_emulator.domain.users.group import Membership
from cognito_emulator.ports.snapshot_file import SLICE, read, write
from cognito_emulator.ports.snapshots import Snapshot


def test_many_rows_are_read_back() -> None:
    for count in (0, 1, SLICE, SLICE + 1, 2 * SLICE + 1):
        members = [Membership("us-east-1_x", "g", str(number)) for number in range(count)]
        rows: dict[Key, Row] = {member.key: (number, member) for number, member in enumerate(members, 1)}
        snapshot = Snapshot(1.5, {"memberships": rows}, (None, 60.0), {})
        found = read(write(snapshot))
        assert found.state.get("memberships", {}) == rows
        assert (found.taken, found.clock, found.keys) == (1.5, (None, 60.0), {})

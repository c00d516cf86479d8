"""Snapshots in files, of more rows than are written at once."""

from __future__ import annotations

import gzip
import json

import pytest

from cognito_emulator.domain.history import Row
from cognito_emulator.domain.table import Key
from cognito_emulator.domain.users.group import Group, Membership
from cognito_emulator.ports import snapshot_file
from cognito_emulator.ports.record_json import decode_rows
from cognito_emulator.ports.snapshot_file import SLICE, BadFile, read, write
from cognito_emulator.ports.snapshots import Snapshot


def snapshot(count: int) -> Snapshot:
    members = [Membership("us-east-1_x", "g", str(number)) for number in range(count)]
    rows: dict[Key, Row] = {member.key: (number, member) for number, member in enumerate(members, 1)}
    return Snapshot(1.5, {"memberships": rows}, (None, 60.0), {})


def test_many_rows_are_read_back() -> None:
    for count in (0, 1, SLICE, SLICE + 1, 2 * SLICE + 1):
        taken = snapshot(count)
        found = read(write(taken))
        assert found.state.get("memberships", {}) == taken.state["memberships"]
        assert (found.taken, found.clock, found.keys) == (1.5, (None, 60.0), {})


def test_rows_are_in_lines_and_some_lines_are_decoded_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that decodes very much would hold others up, although it is on a thread."""
    content = write(snapshot(2 * SLICE + 1))
    assert len(gzip.decompress(content).split(b"\n")) == 2 * SLICE + 4
    counts: list[int] = []

    def counted(table: str, data: bytes) -> list[Row]:
        rows = decode_rows(table, data)
        counts.append(len(rows))
        return rows

    monkeypatch.setattr(snapshot_file, "decode_rows", counted)
    assert len(read(content).state["memberships"]) == 2 * SLICE + 1
    assert counts == [SLICE, SLICE, 1]


def test_texts_hold_no_ends_of_lines() -> None:
    group = Group("us-east-1_x", "g", 1.0, 1.0, description="a],\n[1,{")
    taken = Snapshot(1.5, {"groups": {group.key: (1, group)}}, (None, 0.0), {})
    assert read(write(taken)).state == taken.state


def test_a_file_of_other_lines_is_read_too() -> None:
    content = gzip.decompress(write(snapshot(SLICE + 1)))
    indented = json.dumps(json.loads(content), indent=1).encode()
    for other in (content.replace(b"\n", b""), content.replace(b"\n", b" \n "), content + b"\n", indented):
        assert read(gzip.compress(other)).state == read(write(snapshot(SLICE + 1))).state


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"memberships":[\n', b'"memberships":[\n]}}\n'),
        (b"\n]}}", b""),
        (b'"tables":{\n"memberships":[', b'"tables":{\n[1,{}]'),
        (b",\n[", b",,\n["),
        (b",\n[", b"\n["),
        (b'"memberships"', b'"members'),
    ],
)
def test_a_damaged_line(old: bytes, new: bytes) -> None:
    content = gzip.decompress(write(snapshot(SLICE + 1)))
    assert old in content
    with pytest.raises(BadFile, match=r"damaged|no snapshot"):
        read(gzip.compress(content.replace(old, new, 1)))

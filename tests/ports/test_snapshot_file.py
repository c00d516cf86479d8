"""Snapshots in files, of more rows than are written at once."""

from __future__ import annotations

import gzip
from typing import Any

import msgspec
import pytest

from cognito_emulator.domain.history import Row
from cognito_emulator.domain.table import Key
from cognito_emulator.domain.users.group import Membership
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


def test_rows_are_written_and_decoded_a_line_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that decodes very much would hold others up, although it is on a thread."""
    content = write(snapshot(2 * SLICE + 1))
    lines = gzip.decompress(content).split(b"\n")
    assert len(lines) == 6
    sizes: list[int] = []
    decode = msgspec.json.decode

    def measured(text: bytes, **options: Any) -> Any:
        sizes.append(len(text))
        return decode(text, **options)

    monkeypatch.setattr(msgspec.json, "decode", measured)
    assert len(read(content).state["memberships"]) == 2 * SLICE + 1
    assert max(sizes) <= max(map(len, lines)) + 2


def test_a_file_of_other_lines_is_read_too() -> None:
    content = gzip.decompress(write(snapshot(SLICE + 1)))
    for other in (content.replace(b"\n", b""), content.replace(b"\n", b" \n "), content + b"\n"):
        assert read(gzip.compress(other)).state == read(write(snapshot(SLICE + 1))).state


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"memberships":[\n', b'"memberships":[\n]}}\n'),
        (b"\n]}}", b""),
        (b'"tables":{\n"memberships":[', b'"tables":{\n[1,{}]'),
        (b"\n,[", b"\n,,["),
        (b'"memberships"', b'"members'),
    ],
)
def test_a_damaged_line(old: bytes, new: bytes) -> None:
    content = gzip.decompress(write(snapshot(SLICE + 1)))
    assert old in content
    with pytest.raises(BadFile, match=r"damaged|no snapshot"):
        read(gzip.compress(content.replace(old, new, 1)))

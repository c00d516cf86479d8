"""Snapshots in files, of more rows than are written at once."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from cognito_emulator.domain.history import Row
from cognito_emulator.domain.table import Key
from cognito_emulator.domain.users.group import Group, Membership
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


def _groups(count: int) -> dict[Key, Row]:
    groups = [Group("us-east-1_x", str(number), 1.0, 1.0, description="a],\n[1,{") for number in range(count)]
    return {group.key: (number, group) for number, group in enumerate(groups, 1)}


@pytest.mark.parametrize("size", [300, 10_000])
def test_rows_are_in_lines_and_read_some_lines_at_a_time(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr("cognito_emulator.ports.snapshot_file._SLICE_BYTES", size)
    rows = _groups(SLICE + 5)
    written = write(Snapshot(1.5, {"groups": rows}, (None, 0.0), {}))
    assert len(gzip.decompress(written).splitlines()) == len(rows)
    assert read(written).state["groups"] == rows


@pytest.mark.parametrize("form", [json.dumps, lambda content: json.dumps(content, indent=1)])
def test_rows_that_are_not_in_lines_are_read_too(form: Callable[[Any], str]) -> None:
    """Earlier versions wrote no line breaks; other programs write them anywhere."""
    rows = _groups(3)
    content = json.loads(gzip.decompress(write(Snapshot(1.5, {"groups": rows}, (None, 0.0), {}))))
    assert read(gzip.compress(form(content).encode())).state["groups"] == rows

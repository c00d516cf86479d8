"""Every record is read back as it was written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cognito_emulator.domain.store import Store
from cognito_emulator.ports.record_json import decode_rows, encode, encode_rows
from cognito_emulator.ports.record_types import RECORDS
from tests.helpers.records import values


def test_every_table_has_its_record() -> None:
    assert RECORDS.keys() == Store().tables().keys()


@pytest.mark.parametrize("table", RECORDS)
def test_a_record_of_every_type_is_read_back(table: str) -> None:
    @settings(max_examples=15)
    @given(st.lists(st.tuples(st.integers(0, 2**40), values(RECORDS[table])), max_size=2))
    def reads_back(rows: list[tuple[int, Any]]) -> None:
        assert decode_rows(table, encode_rows(table, rows)) == rows
        assert decode_rows(table, encode(rows)) == rows  # as earlier versions wrote files of snapshots

    check: Callable[[], None] = reads_back
    check()


def test_rows_of_another_kind_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_rows("users", b'[[1, {"pool_id": "us-east-1_x"}]]')

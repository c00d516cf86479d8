"""The lines of a CSV file are those of the whole text, although it is read piece by piece."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognito_emulator.domain.users import user_csv


@pytest.fixture(autouse=True, scope="module")
def small() -> Iterator[None]:
    """Pieces of some bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(user_csv, "_PIECE", 3)
        yield


@given(st.text("aé,\r\n", max_size=40))
def test_the_lines(text: str) -> None:
    text = f"h{text}"
    expected = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert user_csv.lines_of(text.encode()) == expected


def test_a_piece_that_is_no_utf_8() -> None:
    with pytest.raises(user_csv.BadFile, match="not encoded in UTF-8"):
        user_csv.lines_of(b"header\nann\nbob\n\xff\n")

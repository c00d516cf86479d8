"""JSON from outside that nothing here could send on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognito_emulator.domain import strict_json

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet=st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    "body",
    [
        b'"\\ud800"',
        b'{"\\udfff": 1}',
        b'"\xed\xa0\x80"',  # the same in what looks like UTF-8
        '"\ud800"',
        b'[{"a": 1e999}]',
        b"-1e999",
        b"NaN",
        b"-Infinity",
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b"9" * 5000,
        b'"a"'.decode().encode("utf-16"),
        b"",
        b"\xff",
    ],
    ids=repr,
)
def test_refused(body: bytes | str) -> None:
    with pytest.raises(ValueError, match=r"JSON|nested|number|utf-8|surrogates|Expecting|values|Invalid"):
        strict_json.decode(body)


def test_what_is_good_stays() -> None:
    assert strict_json.decode(b'{"a": ["\\ud83d\\ude00", 1.5, -1e-999, null], "b": "\xc3\xa4"}') == {
        "a": ["\U0001f600", 1.5, -0.0, None],
        "b": "ä",
    }
    assert strict_json.decode(b"\xef\xbb\xbf[]") == []


@given(VALUES)
def test_whatever_is_taken_can_be_sent(value: Any) -> None:
    try:
        found = strict_json.decode(json.dumps(value).encode())
    except ValueError:
        return
    assert json.loads(json.dumps(found, ensure_ascii=False, allow_nan=False).encode()) == found


def test_a_text_that_can_be_encoded() -> None:
    assert strict_json.text("a\ud800ä") == "a?ä"

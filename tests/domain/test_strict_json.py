"""JSON from outside that nothing here could send on."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cognito_emulator
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


@pytest.mark.parametrize("body", [b"1" * 1001, b"[" + b"-" + b"1" * 1001 + b"]", b"1" * 4300, b"1" * 4301])
def test_numbers_of_too_many_digits(body: bytes) -> None:
    with pytest.raises(ValueError, match="too many digits"):
        strict_json.decode(body)
    assert strict_json.decode(b'"' + body + b'"') == body.decode()
    assert strict_json.decode(b"1" * 1000) == int("1" * 1000)


@pytest.mark.parametrize("before", [*range(0, 2004, 167), 1000, 1001, 1002])
def test_a_long_number_is_found_wherever_it_stands(before: int) -> None:
    body = b'{"a":"%s","b":%s,"c":"%s"}' % (b"x" * before, b"1" * 1001, b"x" * 2000)
    with pytest.raises(ValueError, match="too many digits"):
        strict_json.decode(body)
    assert strict_json.decode(body.replace(b"1" * 1001, b"1"))["b"] == 1


def test_what_is_wrong_is_told_by_line_and_column() -> None:
    with pytest.raises(ValueError, match=r"^Expecting ',' delimiter: line 2 column 3 \(char 10\)$"):
        strict_json.decode(b'{"a": 1\n  "b": 2}')


def test_numbers_too_large_may_be_infinite() -> None:
    assert strict_json.decode(b"[1e999, -1e999]", infinite=True) == [math.inf, -math.inf]
    for body in (b"[NaN, 1e999]", b'["\\ud800", 1e999]', b"[1e999, Infinity]", b"[1e999"):
        with pytest.raises(ValueError, match=r"JSON|surrogates|Expecting"):
            strict_json.decode(body, infinite=True)


@given(st.text() | st.binary())
def test_both_readers_take_the_same(body: str | bytes) -> None:
    """What msgspec takes is what Python's reader makes of it."""

    def read(decode: Any) -> Any:
        try:
            return decode(body)
        except ValueError:
            return ValueError

    def slowly(body: str | bytes) -> Any:
        text = body if isinstance(body, str) else body.removeprefix(strict_json._MARK).decode()
        return strict_json._read_again(text, strict_json._STRICT)

    assert repr(read(strict_json.decode)) == repr(read(slowly))


@given(VALUES)
def test_both_readers_read_the_same(value: Any) -> None:
    body = json.dumps(value)

    def read(decode: Any) -> Any:
        try:
            return decode(body)
        except ValueError:
            return ValueError

    assert repr(read(strict_json.decode)) == repr(read(lambda text: strict_json._read_again(text, strict_json._STRICT)))


# A function's handler runs in a process of its own, without this package.
# Snapshots are read by the types of their records.
# Settings of JavaScript clients are JavaScript, which reads JSON in its own way.
# The tests' handle reads the emulator's own answers; the model and the built-in seed are installed.
ELSEWHERE = {
    "boto3_session.py",  # botocore's own files
    "control/connect/javascript.py",
    "domain/strict_json.py",
    "in_process.py",
    "kept_documents.py",
    "ports/handler_runtime.py",
    "ports/record_json.py",
    "ports/records.py",
    "ports/snapshot_file.py",
    "seed/built_in.py",
    "wire/model.py",
}
READERS = re.compile(
    r"\bjson\.loads?\(|JSONDecoder\(|\bDecoder\(|(?<!strict_)json\.decode\(|from json import|\.json\(\)"
)


def test_json_is_read_nowhere_else() -> None:
    root = Path(cognito_emulator.__file__).parent
    found = {str(path.relative_to(root)) for path in root.rglob("*.py") if READERS.search(path.read_text("utf-8"))}
    assert found == ELSEWHERE

"""Read JSON from outside: only what could be written again. All JSON is read here.

msgspec reads what is good, several times as fast as Python's own reader. What it refuses is read again by that, which
tells line and column, and takes what `decode` is asked to take.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from msgspec import MsgspecError
from msgspec.json import Decoder

MOST_VALUES = 10_000
_MOST_DIGITS = 1_000
_LONG_NUMBER = re.compile(rb"[0-9]{%d}" % (_MOST_DIGITS + 1))
_REFUSALS = (ValueError, MsgspecError)  # of msgspec, whose error is a ValueError in its newer versions alone
_MARK = "\ufeff".encode()
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)


class TooManyValues(ValueError):
    def __init__(self) -> None:
        super().__init__(f"it holds more than {MOST_VALUES} values")


def check_size(text: str) -> None:
    """Refuse a JSON text of very many values.

    Such a text costs a hundred times as much to read as a long text. Values are counted by the commas and brackets
    outside of strings. The count ends at the limit.

    Raises:
        TooManyValues
    """
    if _marks(text, 0, len(text)) <= MOST_VALUES:
        return
    count, at = 0, 0
    for texts, found in enumerate(_STRING.finditer(text)):
        count += _marks(text, at, found.start())
        at = found.end()
        # A comma or bracket precedes each string, except the first one and keys. Otherwise this is not JSON.
        if count > MOST_VALUES or texts > 2 * MOST_VALUES + 1:
            raise TooManyValues
    if count + _marks(text, at, len(text)) > MOST_VALUES:
        raise TooManyValues


def _marks(text: str, start: int, end: int) -> int:
    return text.count(",", start, end) + text.count("[", start, end) + text.count("{", start, end)


def decode(body: bytes | str, *, infinite: bool = False) -> Any:
    """Decode a JSON text from outside; bytes are UTF-8.

    Python's own reader lets through values that follow JSON's grammar, or nearly, but cannot be shown later. Half a
    surrogate pair (\\ud800) is no text, and neither NaN nor a number too large for a float (1e999) can be sent.

    Args:
        infinite: takes a number too large for a float as infinite, for callers that refuse it in words of their own.

    Raises:
        TooManyValues: see `check_size`.
        ValueError: it is not JSON, is nested too deeply, or holds such text or such a number.
    """
    data = body.encode() if isinstance(body, str) else body.removeprefix(_MARK)
    if len(data) > MOST_VALUES and data.count(b",") + data.count(b"[") + data.count(b"{") > MOST_VALUES:
        check_size(data.decode())
    try:
        # The search finds digits within a text too: then the slow reader decides.
        is_short = len(data) <= _MOST_DIGITS
        if is_short or not _has_digits(data[_MOST_DIGITS :: _MOST_DIGITS + 1]) or not _LONG_NUMBER.search(data):
            return _FAST.decode(data)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except _REFUSALS:
        pass
    return _read_again(data.decode(), _LENIENT if infinite else _STRICT)


def _has_digits(places: bytes) -> bool:
    """Tell whether there are digits at these places.

    Each number of too many digits has one of them.
    """
    return bool(places) and places != places.translate(None, b"0123456789")


def decode_own(data: bytes | str) -> Any:
    """Decode a JSON text of this program or of a package, of any size.

    Its strings may hold any text.

    Raises:
        ValueError: it is not JSON.
    """
    try:
        return _FAST.decode(data)
    except _REFUSALS:
        return json.loads(data)


def _read_again(text: str, reader: json.JSONDecoder) -> Any:
    """Read the text with Python's reader.

    Raises:
        ValueError
    """
    try:
        value = reader.decode(text)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return value


def text(value: str) -> str:
    """Return a text with question marks for what cannot be encoded."""
    return value.encode("utf-8", "replace").decode()


def _finite(number: str) -> float:
    found = float(number)
    if not math.isfinite(found):
        raise ValueError(f"{number[:20]} is too large a number")
    return found


def _whole(number: str) -> int:
    """Return the number; reading one of very many digits takes quadratic time."""
    if len(number) > _MOST_DIGITS:
        raise ValueError(f"{number[:20]}… is a number of too many digits")
    return int(number)


def _refuse(constant: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python reads and JSON does not have."""
    raise ValueError(f"{constant} is not JSON")


# Made once: `json.loads` would make one for each call that names what it does differently.
_FAST = Decoder()
_STRICT = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite, parse_int=_whole)
_LENIENT = json.JSONDecoder(parse_constant=_refuse, parse_int=_whole)

"""JSON from outside; values that could not be written again are refused."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

MOST_VALUES = 10_000
_MOST_DIGITS = 1_000
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


def decode(body: bytes | str) -> Any:
    """Decode a JSON text; bytes are UTF-8.

    Python's own reader lets through values that follow JSON's grammar, or nearly, but cannot be shown later. Half a
    surrogate pair (\\ud800) is no text, and neither NaN nor a number too large for a float (1e999) can be sent.

    Raises:
        TooManyValues: see `check_size`.
        ValueError: it is not JSON, is nested too deeply, or holds such text or such a number.
    """
    text = body.decode("utf-8-sig") if isinstance(body, bytes) else body
    check_size(text)
    try:
        value = _READER.decode(text)
        if "\\u" in text or not isinstance(body, bytes):
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


def whole(number: str) -> int:
    """Return the number that the digits make.

    Reading very many digits takes quadratic time, so that they are refused.
    """
    if len(number) > _MOST_DIGITS:
        raise ValueError(f"{number[:20]}… is a number of too many digits")
    return int(number)


def _refuse(constant: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python reads and JSON does not have."""
    raise ValueError(f"{constant} is not JSON")


# Made once: with arguments, `json.loads` makes a decoder for each call.
_READER = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite, parse_int=whole)

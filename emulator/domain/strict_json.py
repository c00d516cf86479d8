"""JSON from outside, of which nothing is taken that could not be written again."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn


def decode(body: bytes | str) -> Any:
    """The value of a JSON text; bytes are UTF-8.

    Python's own reader lets through what is JSON by its grammar, or nearly, and breaks whoever shows it later: half a
    surrogate pair (\\ud800) is no text, and neither NaN nor a number too large for a float (1e999) can be sent.

    Raises:
        ValueError: it is not JSON, is nested too deeply, or holds such text or such a number.
    """
    text = body.decode("utf-8-sig") if isinstance(body, bytes) else body
    try:
        value = _READER.decode(text)
        if "\\u" in text or not isinstance(body, bytes):
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return value


def text(value: str) -> str:
    """A text with what cannot be encoded replaced by question marks."""
    return value.encode("utf-8", "replace").decode()


def _finite(number: str) -> float:
    found = float(number)
    if not math.isfinite(found):
        raise ValueError(f"{number[:20]} is too large a number")
    return found


def _refuse(constant: str) -> NoReturn:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(f"{constant} is not JSON")


# Made once: `json.loads` would make one for each call that names what it does differently.
_READER = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)

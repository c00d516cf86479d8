"""Word times, ids and JSON for the console's templates."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cognito_emulator.control.masking import MASK

if TYPE_CHECKING:
    from markupsafe import Markup

# The parts of JSON that have a colour: names, texts, words and numbers.
_PART = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?')
_BREAKS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=.)(?=/)")
_STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def moment(seconds: float) -> str:
    """Word a time with its date."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def clock(seconds: float) -> str:
    """Word a time of the day."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%H:%M:%S")


def day(seconds: float) -> str:
    """Word a date."""
    found = datetime.fromtimestamp(seconds, UTC)
    return f"{found.day} {found:%b %Y}"


def ago(seconds: float, now: float) -> str:
    """Word the distance of a time from now, by its largest unit."""
    distance = int(abs(now - seconds))
    if distance == 0:
        return "now"
    length, unit = next(step for step in _STEPS if distance >= step[0])
    text = f"{distance // length} {unit}"
    return f"{text} ago" if seconds <= now else f"in {text}"


def short(identifier: str) -> str:
    """Shorten an id for lists: its first and last four characters."""
    return identifier if len(identifier) <= 12 else f"{identifier[:4]}…{identifier[-4:]}"


def number(value: int) -> str:
    """Word a whole number with separators."""
    return f"{value:,}"


def spaced(code: str) -> str:
    """Part a code of digits in its middle, as authenticators do."""
    return f"{code[:3]} {code[3:]}" if len(code) == 6 and code.isdigit() else code


def text_of(value: Any) -> str:
    """Write a value as JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def coloured(value: Any) -> Markup:
    """Write a value as JSON, in HTML with a class for each part."""
    from markupsafe import Markup, escape

    text, done, parts = text_of(value), 0, []
    for found in _PART.finditer(text):
        parts.append(escape(text[done : found.start()]))
        parts.append(Markup('<span class="{}">{}</span>{}').format(_kind(found), found[1] or found[0], found[2] or ""))
        done = found.end()
    return Markup("").join([*parts, escape(text[done:])])


def _kind(found: re.Match[str]) -> str:
    if found[2]:
        return "k"
    if found[1]:
        return "masked" if found[1] == f'"{MASK}"' else "s"
    return "n"


def breakable(name: str) -> Markup:
    """Let a long name be broken between its words."""
    from markupsafe import Markup

    return Markup("<wbr>").join(_BREAKS.split(name))


def breakable_at(address: str) -> Markup:
    """Let an e-mail address be broken before its @ and its dots."""
    from markupsafe import Markup

    return Markup("<wbr>").join(re.split(r"(?=[@.])", address))


def claims_date(name: str, value: Any) -> str:
    """Word a claim that is a time; "" for others."""
    is_time = name in ("exp", "iat", "auth_time", "nbf") and isinstance(value, (int, float))
    return moment(value) if is_time and 0 <= value < 32_503_680_000 else ""


FILTERS: Mapping[str, Callable[..., Any]] = {
    "moment": moment,
    "clock": clock,
    "day": day,
    "ago": ago,
    "short": short,
    "number": number,
    "spaced": spaced,
    "text_of": text_of,
    "coloured": coloured,
    "breakable": breakable,
    "breakable_at": breakable_at,
    "claims_date": claims_date,
}

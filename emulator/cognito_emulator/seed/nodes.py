"""The tree into which YAML, JSON and Python mappings are read.

Every scalar is text, and every node has a line.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from msgspec import Struct

from cognito_emulator.seed.problems import Unreadable

MAX_DEPTH = 50  # a seed needs about ten


class Scalar(Struct, frozen=True):
    """Text as it is written.

    `null` is "no", "yes" (JSON's null, or nothing written), or "maybe". The last is an unquoted `null` or `~`, which
    may be a surname as well as YAML's null. `is_bare` says that it was written without quotes.
    """

    text: str
    line: int = 0
    null: Literal["no", "yes", "maybe"] = "no"
    is_bare: bool = False


class Sequence(Struct, frozen=True):
    items: tuple[Node, ...]
    line: int = 0


class Table(Struct, frozen=True):
    """A mapping as (key, line of the key, value).

    A repeated key is repeated here.
    """

    entries: tuple[tuple[str, int, Node], ...]
    line: int = 0


Node = Scalar | Sequence | Table
NOTHING = Scalar("", null="yes")


class Count:
    """The number of values in a text so far, and the largest allowed one."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._count = 0

    def one_more(self, line: int) -> None:
        """Count a value.

        Raises:
            Unreadable: there are too many.
        """
        self._count += 1
        if self._most is not None and self._count > self._most:
            raise Unreadable(f"more than {self._most} values", line)


def check_text(text: str, line: int) -> str:
    """Return `text` if it can be sent.

    Half a surrogate pair is not a character.

    Raises:
        Unreadable
    """
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise Unreadable("half a surrogate pair is no character", line)
    return text


def from_python(value: Any, depth: int = 0) -> Node:
    """Return the tree of a Python value.

    Numbers and dates are text as Python writes them.

    Raises:
        Unreadable: a value that no seed can hold.
    """
    if depth > MAX_DEPTH:
        raise Unreadable("nested too deeply")
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return Scalar("true" if value else "false", is_bare=True)
    if isinstance(value, str):
        return Scalar(check_text(value, 0))
    if isinstance(value, int | float | date):  # a datetime is a date
        return Scalar(_plain(value), is_bare=True)
    if isinstance(value, Mapping):
        return Table(tuple((_key(key), 0, from_python(item, depth + 1)) for key, item in value.items()))
    if isinstance(value, list | tuple):
        return Sequence(tuple(from_python(item, depth + 1) for item in value))
    raise Unreadable(f"a seed cannot hold a {type(value).__name__}")


def _plain(value: int | float | date) -> str:
    try:
        return value.isoformat() if isinstance(value, date) else str(value)
    except ValueError:
        raise Unreadable("a number of too many digits") from None


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise Unreadable(f"a key is a {type(key).__name__}, not text")
    return check_text(key, 0)

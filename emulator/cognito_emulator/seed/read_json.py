"""JSON text into nodes, with the line of every value.

The standard library's reader does not report lines.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]

from cognito_emulator.seed.nodes import MAX_DEPTH, Count, Node, Scalar, Sequence, Table, check_text
from cognito_emulator.seed.problems import Unreadable

_BLANK = re.compile(r"[ \t\r\n]*")
_WORD = re.compile(r"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def looks_like_json(text: str) -> bool:
    """Return whether the first character opens an object or list."""
    return text.lstrip(" \t\r\n")[:1] in ("{", "[")


def read(text: str, most: int | None = None) -> Node:
    """Return the value in `text`, with at most `most` values inside.

    Raises:
        Unreadable
    """
    return _Reader(text, most).read()


class _Reader:
    def __init__(self, text: str, most: int | None) -> None:
        self.text = text
        self._count = Count(most)
        self.at = 0
        self._breaks = [match.start() for match in re.finditer("\n", text)]

    def read(self) -> Node:
        node = self._value(0)
        if self._next():
            raise self._unexpected()
        return node

    @property
    def _line(self) -> int:
        return bisect_right(self._breaks, self.at - 1) + 1

    def _next(self) -> str:
        """Return the next character that is not blank; empty at the end."""
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.text[self.at : self.at + 1]

    def _unexpected(self) -> Unreadable:
        found = self.text[self.at : self.at + 1]
        return Unreadable(f"no JSON: {f'unexpected {found!r}' if found else 'it ends too early'}", self._line)

    def _expect(self, character: str) -> None:
        if self._next() != character:
            raise self._unexpected()
        self.at += 1

    def _value(self, depth: int) -> Node:
        first, line = self._next(), self._line
        self._count.one_more(line)
        if depth > MAX_DEPTH:
            raise Unreadable("nested too deeply", line)
        if first == "{":
            return Table(tuple(self._entries(depth)), line)
        if first == "[":
            return Sequence(tuple(self._items(depth)), line)
        if first == '"':
            return Scalar(self._string(), line)
        word = _WORD.match(self.text, self.at)
        if word is None:
            raise self._unexpected()
        self.at = word.end()
        return Scalar("", line, "yes") if word[0] == "null" else Scalar(word[0], line, is_bare=True)

    def _string(self) -> str:
        line = self._line
        try:
            text, self.at = scanstring(self.text, self.at + 1, True)
        except JSONDecodeError as error:
            raise Unreadable(f"no JSON: {error.msg.removesuffix(' at')}", error.lineno) from None
        return check_text(text, line)

    def _entries(self, depth: int) -> list[tuple[str, int, Node]]:
        self._expect("{")
        entries: list[tuple[str, int, Node]] = []
        while self._next() != "}":
            if entries:
                self._expect(",")
            if self._next() != '"':
                raise self._unexpected()
            line, key = self._line, self._string()
            self._expect(":")
            entries.append((key, line, self._value(depth + 1)))
        self.at += 1
        return entries

    def _items(self, depth: int) -> list[Node]:
        self._expect("[")
        items: list[Node] = []
        while self._next() != "]":
            if items:
                self._expect(",")
            items.append(self._value(depth + 1))
        self.at += 1
        return items

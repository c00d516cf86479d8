"""Read honoured.txt, which lists the input members that an operation honours.

    cognito-idp ForgotPassword passwords        service, operation, module of `operations` that has the handler
      ClientId                                  checked, and has its effect
      UserContextData
      UserContextData.IpAddress                 inside a structure; lists and maps on the way are looked into
      AnalyticsMetadata no effect               taken, and without effect on anything that a caller could see

A member that is not in the file and carries a value answers 501 with its path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from cognito_emulator.wire.model import SERVICES, Service

FILE = Path(__file__).with_suffix(".txt")
Key = tuple[Service, str]
_HEAD = re.compile(rf"({'|'.join(SERVICES)}) ([A-Z]\w+)(?: ([a-z_]+(?:\.[a-z_]+)*))?")
_LINE = re.compile(r"  (?:([\w.]+)\.)?(\w+)( no effect)?")


class Honoured(Struct, frozen=True, gc=False):
    """What an operation honours: dotted paths of wire names.

    Some of them have no effect.
    """

    module: str
    paths: frozenset[str]
    without_effect: frozenset[str]


@cache
def table() -> Mapping[Key, Honoured]:
    """Return what the file says of each operation; read once, when first asked for."""
    return _Table(FILE.read_text("utf-8"))


class _Block(Struct, frozen=True, gc=False):
    """An operation's text: head, module, and the lines of its members."""

    head: str
    module: str
    lines: str

    def read(self) -> Honoured:
        return _read(self.head, self.lines.split("\n") if self.lines else [], self.module)


class _Table(Mapping[Key, Honoured]):
    """All operations; the members of one are read when it is first asked for.

    A process needs few of them: a third of a MiB less.
    """

    def __init__(self, text: str) -> None:
        self._blocks = dict(_blocks(text))
        self._read: dict[Key, Honoured] = {}

    def __getitem__(self, key: Key) -> Honoured:
        known = self._read.get(key)
        if known is None:
            known = self._read[key] = self._blocks[key].read()
        return known

    def get(self, key: Key, default: Any = None) -> Any:
        """Return what `Mapping` does, for every request and without an error."""
        return self._read.get(key) or (self[key] if key in self._blocks else default)

    def __contains__(self, key: object) -> bool:
        return key in self._blocks

    def __iter__(self) -> Iterator[Key]:
        return iter(self._blocks)

    def __len__(self) -> int:
        return len(self._blocks)


def parse(text: str) -> Iterator[tuple[Key, Honoured]]:
    """Read the blocks of the file; the first one is its comment.

    Raises:
        ValueError: a line has another form, is there twice, or is not below the structure that it names.
    """
    for key, block in _blocks(text):
        yield key, block.read()


def _blocks(text: str) -> Iterator[tuple[Key, _Block]]:
    seen: set[Key] = set()
    for block in text.split("\n\n")[1:]:
        head, _, lines = block.rstrip("\n").partition("\n")
        found = _HEAD.fullmatch(head)
        key = next(((service, found[2]) for service in SERVICES if found and found[1] == service), None)
        if found is None or key is None or key in seen:
            raise ValueError(f"{FILE.name}: not a new operation: {head!r}")
        seen.add(key)
        yield key, _Block(head, found[3] or "", lines)


def _read(head: str, lines: list[str], module: str) -> Honoured:
    paths, without_effect = set[str](), set[str]()
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is None or line.split()[0] in paths or (found[1] and found[1] not in paths):
            raise ValueError(f"{FILE.name}: not a new member of {head}: {line!r}")
        path = line.split()[0]
        paths.add(path)
        if found[3]:
            without_effect.add(path)
    return Honoured(module, frozenset(paths), frozenset(without_effect))

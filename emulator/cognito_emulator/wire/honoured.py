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
    return dict(parse(FILE.read_text("utf-8")))


def parse(text: str) -> Iterator[tuple[Key, Honoured]]:
    """Read the blocks of the file; the first one is its comment.

    Raises:
        ValueError: a line has another form, is there twice, or is not below the structure that it names.
    """
    seen: set[Key] = set()
    for block in text.split("\n\n")[1:]:
        head, *lines = block.rstrip("\n").split("\n")
        found = _HEAD.fullmatch(head)
        key = next(((service, found[2]) for service in SERVICES if found and found[1] == service), None)
        if found is None or key is None or key in seen:
            raise ValueError(f"{FILE.name}: not a new operation: {head!r}")
        seen.add(key)
        yield key, _read(head, lines, found[3] or "")


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

"""JSON answers that may be very long.

Other requests are answered while they are written and sent.

The encoder of Python's library writes a value at once, in C, during which nothing else runs. So it gets a few items
of a list at a time.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from starlette.responses import Response, StreamingResponse

from cognito_emulator.world import World

PART = 32 * 1024  # characters that are written before other requests have their turn
_ITEMS = 50  # of a list or an object that are written by one call


async def json_answer(world: World, content: Any) -> Response:
    """Answer with a JSON value, in which an iterator is written as a list."""
    parts: list[bytes] = []
    for part in _parts(texts_of(content)):
        if parts:
            await world.background.give_way()
        parts.append(part)
    return in_parts(parts, "application/json")


def encoded(texts: Iterable[str]) -> list[bytes]:
    """Return texts as the parts of a body."""
    return list(_parts(texts))


def _parts(texts: Iterable[str]) -> Iterator[bytes]:
    """Yield texts as bytes.

    About as many come at once as are written before others have their turn.
    """
    some, size = list[str](), 0
    for text in texts:
        some.append(text)
        size += len(text)
        if size >= PART:
            yield "".join(some).encode()
            some, size = [], 0
    yield "".join(some).encode()


def in_parts(parts: Sequence[bytes], media_type: str) -> Response:
    """Answer with a body that is there in parts."""
    if len(parts) == 1:
        return Response(parts[0], media_type=media_type)

    async def send() -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    return StreamingResponse(send(), media_type=media_type, headers={"content-length": str(sum(map(len, parts)))})


def texts_of(value: Any) -> Iterator[str]:
    """Write a value in parts, as Starlette's JSONResponse does in one."""
    if _is_small(value):
        yield _text(value)
    elif isinstance(value, Mapping):
        yield "{"
        for number, (name, item) in enumerate(value.items()):
            yield f"{',' if number else ''}{_text(str(name))}:"
            yield from texts_of(item)
        yield "}"
    else:
        yield from _of_list(iter(value))


def _of_list(items: Iterator[Any]) -> Iterator[str]:
    comma = "["
    while some := list(islice(items, _ITEMS)):
        if all(map(_is_small, some)):
            yield comma + _text(some)[1:-1]
            comma = ","
            continue
        for item in some:
            yield comma
            yield from texts_of(item)
            comma = ","
    yield "[]" if comma == "[" else "]"


def _is_small(value: Any) -> bool:
    """Return whether a value is written by one call."""
    if isinstance(value, dict):
        return len(value) <= _ITEMS and all(map(_is_small, value.values()))
    if isinstance(value, list):
        return len(value) <= _ITEMS and all(map(_is_small, value))
    return not isinstance(value, (Iterator, Mapping))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

"""JSON answers that may be very long: other requests are answered while they are written and sent.

The encoder of Python's library writes a value at once, in C, during which nothing else runs: so each item of a list is
a value of its own.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import Any

from starlette.responses import Response, StreamingResponse

from cognito_emulator.world import World

PART = 32 * 1024  # characters that are written before other requests have their turn
_DEPTH = 4  # of the containers whose items are written one by one


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
    """Yield texts as bytes, about as many at once as are written before others have their turn."""
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


def texts_of(value: Any, depth: int = _DEPTH) -> Iterator[str]:
    """Write a value in parts, as Starlette's JSONResponse does in one."""
    if depth and isinstance(value, Mapping):
        yield from _joined("{}", ((f"{_text(str(name))}:", item) for name, item in value.items()), depth)
    elif depth and isinstance(value, (list, Iterator)):
        yield from _joined("[]", (("", item) for item in value), depth)
    else:
        yield _text(value)


def _joined(brackets: str, items: Iterator[tuple[str, Any]], depth: int) -> Iterator[str]:
    yield brackets[0]
    for number, (head, item) in enumerate(items):
        yield f",{head}" if number else head
        yield from texts_of(item, depth - 1)
    yield brackets[1]


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

"""Write an answer's head and body at once, where both are there.

Uvicorn writes them one after the other: two requests to the system, after each of which the client wakes. It also looks
at each header with two expressions, although most have the same values in every answer. One write of a head that is
put together of known lines takes a sixth off a request (measured: AdminGetUser).

The API's answers (`ports.exchange`) skip even the messages of ASGI, and so does a request's body that is there.

Whatever is no plain answer goes to uvicorn as it is: a body in parts, one without its length, an answer to HEAD, the
last one of a connection, one for a client that reads too slowly.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

from uvicorn.protocols.http import httptools_impl
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from cognito_emulator.ports.exchange import Exchange

Message = MutableMapping[str, Any]
Headers = Sequence[tuple[bytes, bytes]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Any, Any, Send], Awaitable[None]]

LONGEST_BODY = 64 * 1024  # bytes; a longer one is not worth a copy
_MOST_LINES = 256
# They have few values, whose lines are remembered.
_STEADY = frozenset({b"content-type", b"server", b"access-control-allow-origin", b"access-control-expose-headers"})
_OTHERWISE = frozenset({b"connection", b"transfer-encoding"})  # they say how uvicorn is to send the answer

_lines: dict[tuple[bytes, bytes], bytes] = {}


# What is used of uvicorn's class. Where a later version has none of it, answers are written by uvicorn alone.
_USED = frozenset(
    {
        "scope", "transport", "flow", "access_log", "default_headers", "message_event", "on_response", "disconnected",
        "keep_alive", "waiting_for_100_continue", "response_started", "response_complete", "body", "more_body",
    }
)  # fmt: skip


def is_usable() -> bool:
    """Return whether uvicorn's class has what `_Exchange` uses of it.

    Older ones look for `Connection: close` when they send the head, not in `keep_alive`.
    """
    has_names = all(hasattr(httptools_impl, name) for name in ("STATUS_LINE", "HEADER_RE", "HEADER_VALUE_RE"))
    if "CLOSE_HEADER" in RequestResponseCycle.send.__code__.co_names:
        return False
    return has_names and _USED.issubset(vars(RequestResponseCycle)["__init__"].__code__.co_names)


def at_once(app: App) -> App:
    """Return the application with answers that are written at once."""

    def answer(scope: Any, _: Any, send: Any) -> Awaitable[None]:
        exchange = _Exchange(send.__self__, send)
        return app(scope, exchange.receive, exchange.send)

    return answer


class _Exchange(Exchange):
    """One request and its answer.

    Args:
        cycle: the request, as uvicorn has it.
        send: its method that writes head and body separately.
    """

    __slots__ = ("_cycle", "_head", "_length", "_send", "_start")

    def __init__(self, cycle: RequestResponseCycle, send: Send) -> None:
        self._cycle, self._send = cycle, send
        self._start: Message | None = None  # of an answer whose body is still to come
        self._head, self._length = b"", 0

    def receive(self) -> Awaitable[Any]:
        return self._cycle.receive()

    def take_body(self) -> bytes | None:
        cycle = self._cycle
        if cycle.more_body or cycle.disconnected or cycle.response_complete or cycle.waiting_for_100_continue:
            return None
        if not cycle.message_event.is_set():  # it was received
            return None
        cycle.flow.resume_reading()
        body, cycle.body = bytes(cycle.body), bytearray()
        cycle.message_event.clear()
        return body

    async def send(self, message: Message) -> None:
        start, self._start = self._start, None
        if start is None:
            if message["type"] != "http.response.start" or not self._take(message):
                await self._send(message)
        elif not self._write(start, message):
            await self._send(start)
            await self._send(message)

    def _take(self, start: Message) -> bool:
        """Keep the head until the body comes, if only its length is told.

        Headers that say otherwise how it is to be sent are uvicorn's.
        """
        cycle = self._cycle
        if cycle.response_started or cycle.access_log or cycle.scope["method"] == "HEAD":
            return False
        head, length = _head(start.get("headers", ()))
        if length < 0:
            return False
        self._start, self._head, self._length = start, head, length
        cycle.waiting_for_100_continue = False
        return True

    def _write(self, start: Message, message: Message) -> bool:
        """Write the answer and end the request; return False where it is no plain one."""
        body = message.get("body", b"")
        if len(body) != self._length or message.get("more_body", False):
            return False
        return self._put(start["status"], self._head, body)

    def write(self, status: int, lines: bytes, body: bytes) -> bool:
        cycle = self._cycle
        if cycle.response_started or cycle.access_log or self._start is not None or len(body) > LONGEST_BODY:
            return False
        return cycle.scope["method"] != "HEAD" and self._put(status, lines, body)

    def _put(self, status: int, lines: bytes, body: bytes) -> bool:
        """Put the answer onto the connection, if this stays open and is read from."""
        cycle = self._cycle
        if not cycle.keep_alive or cycle.disconnected or cycle.flow.write_paused:
            return False
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        parts = (httptools_impl.STATUS_LINE[status], _common(cycle.default_headers), lines, b"\r\n", body)
        cycle.transport.write(b"".join(parts))
        cycle.message_event.set()
        cycle.on_response()
        return True


def _head(headers: Headers) -> tuple[bytes, int]:
    """Return the lines of an answer's headers, and the length of its body.

    The length is -1 where uvicorn has to look at them.
    """
    length, lines = -1, []
    for header in headers:
        line = _lines.get(header) or _line(*header)
        if not line:
            return b"", -1
        if header[0] == b"content-length":
            if length >= 0 or not header[1].isdigit():
                return b"", -1
            length = int(header[1])
        lines.append(line)
    return b"".join(lines), length if length <= LONGEST_BODY else -1


def _line(name: bytes, value: bytes) -> bytes:
    """Return the line of a header.

    It is b"" where uvicorn would refuse it, write another name, or heed it.
    """
    if name in _OTHERWISE or not name.islower():
        return b""
    if httptools_impl.HEADER_RE.search(name) or httptools_impl.HEADER_VALUE_RE.search(value):
        return b""
    line = name + b": " + value + b"\r\n"
    if name in _STEADY and len(_lines) < _MOST_LINES:
        _lines[name, value] = line
    return line


_newest: tuple[list[tuple[bytes, bytes]], bytes] = ([], b"")


def _common(headers: list[tuple[bytes, bytes]]) -> bytes:
    """Return the lines of the headers that uvicorn adds.

    It makes a new list each second.
    """
    global _newest  # noqa: PLW0603 - a value and what it was made of, replaced together
    known, lines = _newest
    if headers is not known:
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        _newest = headers, lines
    return lines

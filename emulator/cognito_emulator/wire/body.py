"""The body of a request, read up to a limit.

What stays unread is dropped before the answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from cognito_emulator.domain.errors import ApiError
from cognito_emulator.ports.exchange import exchange_of

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_SILENCE = 1.0  # seconds without data after which the body counts as ended
_PATIENCE = 60.0  # seconds for the rest of the body


class RequestTooLarge(ApiError):
    code = "RequestEntityTooLargeException"
    status = 413


class Disconnected(Exception):
    """The client disconnected before its request was complete."""


def declared(headers: Mapping[bytes, bytes]) -> int:
    """Return the size in Content-Length; 0 where there is none."""
    given = headers.get(b"content-length", b"0")
    return int(given) if given.isdigit() and len(given) < 20 else 0


async def read_body(receive: Receive, headers: Mapping[bytes, bytes], limit: int) -> bytes:
    """Return the request's body, at most `limit` bytes.

    Raises:
        RequestTooLarge: it is larger; the rest is unread.
        Disconnected: the client disconnected.
    """
    exchange = exchange_of(receive)
    whole = exchange.take_body() if exchange is not None else None
    if (declared(headers) if whole is None else len(whole)) > limit:
        raise _too_large(limit)
    if whole is not None:
        return whole
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _too_large(limit: int) -> ApiError:
    return RequestTooLarge(f"The request body is larger than {limit} bytes.").because(
        "api.size", setting="--max-body", value=limit
    )


class Unread:
    """An ASGI app that drops the rest of the body before the answer begins.

    A client that is still sending when the connection is closed sees a reset, and not the answer. A client with
    `Expect: 100-continue` is not told to continue [RFC 9110 §10.1.1].
    """

    def __init__(self, receive: Receive, send: Send, headers: Mapping[bytes, bytes]) -> None:
        self._receive = receive
        self._send = send
        self._waits = headers.get(b"expect", b"").lower() == b"100-continue"
        self._more = True

    async def receive(self) -> MutableMapping[str, Any]:
        self._waits = False
        message = await self._receive()
        self._more = message["type"] == "http.request" and message.get("more_body", False)
        return message

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if self._more and message["type"] == "http.response.start":
            if self._waits:
                message["headers"] = [*message["headers"], (b"connection", b"close")]
            else:
                await self._drop()
            self._more = False
        await self._send(message)

    async def _drop(self) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + _PATIENCE
        try:
            while self._more and loop.time() < until:
                async with asyncio.timeout(_SILENCE):
                    await self.receive()
        except TimeoutError:
            return


def has_body(headers: Mapping[bytes, bytes]) -> bool:
    """Return whether a body follows these headers."""
    return declared(headers) > 0 or b"transfer-encoding" in headers

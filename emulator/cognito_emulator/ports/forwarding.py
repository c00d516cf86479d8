"""Pass requests on to another server unchanged, and its answers back.

The Host header stays what the client sent, so that a signature that names it stays good. Bodies are streamed in both
directions, whatever their size. A connection serves one request.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cognito_emulator.ports.aws_environment import tls_context

if TYPE_CHECKING:
    import h11

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

# A header of requests that were passed on: one that comes back is not passed on again.
PASSED_ON = b"x-cognito-emulator-fallback"
CONNECT = 5.0  # seconds
SILENCE = 930.0  # seconds without a byte of the answer: a Lambda function may take 15 minutes
_PATIENCE = 10.0  # seconds for the rest of a body whose answer is there already
_LONGEST_HEAD = 256 * 1024
_BLOCK = 65536
# What is between two neighbours alone [RFC 9110 §7.6.1]. Expect is answered here; SDKs do not sign it.
_HOP_BY_HOP = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade", b"expect"}
)
_OURS = frozenset({b"date", b"server"})  # of answers; the server here writes its own


class CannotPassOn(Exception):
    """The other server did not answer; nothing has been sent to the client yet."""


class AnswerCut(Exception):
    """The answer ended before it was complete, or the client has gone."""


class Forwarder:
    """Passes requests on to the server at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url
        parts = urlsplit(url)
        self._is_secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._is_secure else 80)
        self._base = parts.path.rstrip("/").encode()
        self._context: ssl.SSLContext | None = None

    async def pass_on(self, scope: Message, receive: Receive, send: Send) -> int:
        """Pass one request on and its answer back; return the answer's status.

        Raises:
            CannotPassOn, AnswerCut
        """
        reader, writer = await self._connect()
        try:
            exchange = _Exchange(reader, writer, receive, send)
            return await exchange.run(scope["method"].encode(), self._target(scope), _request_headers(scope))
        finally:
            writer.transport.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            if self._is_secure and self._context is None:
                self._context = tls_context()
            async with asyncio.timeout(CONNECT):
                return await asyncio.open_connection(self._host, self._port, ssl=self._context)
        except TimeoutError:
            raise CannotPassOn(f"{self.url} takes no connection within {CONNECT:g} seconds") from None
        except OSError as error:
            raise CannotPassOn(f"{self.url} cannot be reached: {error.strerror or error}") from None

    def _target(self, scope: Message) -> bytes:
        query: bytes = scope["query_string"]
        path: bytes = scope.get("raw_path") or scope["path"].encode()
        return self._base + path + (b"?" + query if query else b"")


def _request_headers(scope: Message) -> Headers:
    headers = [(name, value) for name, value in scope["headers"] if name not in _HOP_BY_HOP]
    if any(name == b"transfer-encoding" for name, _ in scope["headers"]):
        headers.append((b"transfer-encoding", b"chunked"))
    return [*headers, (b"connection", b"close"), (PASSED_ON, b"1")]


class _Exchange:
    """One request and its answer on one connection."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, receive: Receive, send: Send
    ) -> None:
        import h11

        self._reader, self._writer = reader, writer
        self._receive, self._send = receive, send
        self._connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self._body_ended = asyncio.Event()
        self._status = 0

    async def run(self, method: bytes, target: bytes, headers: Headers) -> int:
        """Send the request while the answer is read.

        Raises:
            CannotPassOn, AnswerCut
        """
        import h11

        try:
            self._writer.write(self._connection.send(h11.Request(method=method, target=target, headers=headers)) or b"")
        except h11.LocalProtocolError as error:
            raise CannotPassOn(f"the request cannot be sent: {error}") from None
        sending = asyncio.create_task(self._send_body())
        try:
            await self._pass_answer()
        except (h11.RemoteProtocolError, OSError, TimeoutError) as error:
            if self._status:
                raise AnswerCut from None
            raise CannotPassOn(f"it gave no answer in HTTP: {error or type(error).__name__}") from None
        finally:
            sending.cancel()
            await asyncio.wait([sending])
        return self._status

    async def _send_body(self) -> None:
        """Pass the body on; afterwards wait for the client to go, which ends the exchange."""
        import h11

        is_open = True
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self._body_ended.set()
                self._writer.transport.abort()
                return
            is_open = is_open and await self._write(h11.Data(data=message.get("body", b"")))
            if not message.get("more_body", False):
                if is_open:
                    await self._write(h11.EndOfMessage())
                self._body_ended.set()

    async def _write(self, event: h11.Event) -> bool:
        """Write a part of the request; return whether the server still takes it."""
        import h11

        try:
            self._writer.write(self._connection.send(event) or b"")
            await self._writer.drain()
        except (OSError, h11.LocalProtocolError):
            return False  # its answer may be there all the same; the rest of the body is dropped
        return True

    async def _pass_answer(self) -> None:
        import h11

        while True:
            event = self._connection.next_event()
            if event is h11.NEED_DATA:
                async with asyncio.timeout(SILENCE):
                    self._connection.receive_data(await self._reader.read(_BLOCK))
            elif isinstance(event, h11.Response):
                await self._begin(event)
            elif isinstance(event, h11.Data):
                await self._send({"type": "http.response.body", "body": bytes(event.data), "more_body": True})
            elif isinstance(event, h11.EndOfMessage):
                await self._send({"type": "http.response.body", "body": b""})
                return
            elif not isinstance(event, h11.InformationalResponse):
                raise h11.RemoteProtocolError("the connection was closed")

    async def _begin(self, answer: h11.Response) -> None:
        """Send the head of the answer once the client has sent its body.

        Before that it may not look for an answer.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self._body_ended.wait()
        self._status = answer.status_code
        headers = [(name, value) for name, value in answer.headers if name not in _HOP_BY_HOP | _OURS]
        await self._send({"type": "http.response.start", "status": answer.status_code, "headers": headers})

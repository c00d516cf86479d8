"""Outgoing HTTP: one request, one answer, bounded in size and time.

It follows no redirect and uses no proxy.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol
from urllib.parse import urlsplit

from msgspec import Struct

MAX_ANSWER = 1024 * 1024
# A header of every request from here, redirected ones too. A user who sets a URL (a provider's `attributes_url`)
# chooses the receiver of requests, by any name. The control API recognizes them by this header and refuses them.
SENT_BY_EMULATOR = "x-cognito-emulator-request"


class WebError(Exception):
    """No usable answer: unreachable, too slow, too large, or no HTTP.

    The text says which.
    """


class WebClosed(WebError):
    """No request is sent any more; the other server is not at fault."""


class WebTimeout(WebError):
    """There was no answer in time."""


class Answer(Struct, frozen=True):
    """An answer; header names are in lower case.

    Of several headers with one name the last counts.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Web(Protocol):
    """The port for outgoing requests."""

    async def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout: float = 5.0,  # noqa: ASYNC109 - it bounds the whole exchange, for every caller
    ) -> Answer:
        """Send a request to an http or https URL.

        `timeout` is in seconds, for the whole exchange.

        Raises:
            WebError
        """


class HttpWeb:
    """The real port: a connection for each request, with verified certificates."""

    def __init__(self, max_answer: int = MAX_ANSWER) -> None:
        self._max_answer = max_answer

    async def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout: float = 5.0,  # noqa: ASYNC109
    ) -> Answer:
        try:
            async with asyncio.timeout(timeout):
                return await self._exchange(method, url, headers or {}, body)
        except TimeoutError:
            raise WebTimeout(f"{_place(url)} has not answered within {timeout:g} seconds") from None
        except (OSError, ssl.SSLError) as error:
            raise WebError(f"{_place(url)} cannot be reached: {error.strerror or error}") from None

    async def _exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        import h11

        host, port, secure, target, authority = _split(url)
        sent = {
            "host": authority,
            "connection": "close",
            "content-length": str(len(body)),
            "accept-encoding": "identity",
        }
        sent |= {name.lower(): value for name, value in headers.items()} | {SENT_BY_EMULATOR: "1"}
        connection = h11.Connection(h11.CLIENT)
        try:
            out = connection.send(h11.Request(method=method, target=target, headers=list(sent.items()))) or b""
            out += connection.send(h11.Data(data=body)) or b""
            out += connection.send(h11.EndOfMessage()) or b""
        except h11.LocalProtocolError as error:
            raise WebError(f"the request to {_place(url)} cannot be sent: {error}") from None
        context = ssl.create_default_context() if secure else None
        reader, writer = await asyncio.open_connection(host, port, ssl=context)
        try:
            writer.write(out)
            await writer.drain()
            return await self._read(connection, reader, url)
        finally:
            writer.close()
            with suppress(OSError):
                writer.transport.abort()

    async def _read(self, connection: object, reader: asyncio.StreamReader, url: str) -> Answer:
        import h11

        assert isinstance(connection, h11.Connection)  # noqa: S101 - named above only when it is needed
        answer: h11.Response | None = None
        chunks: list[bytes] = []
        size = 0
        while True:
            try:
                event = connection.next_event()
                if event is h11.NEED_DATA:
                    connection.receive_data(await reader.read(65536))
                    continue
            except h11.RemoteProtocolError as error:
                raise WebError(f"{_place(url)} does not answer in HTTP: {error}") from None
            if isinstance(event, h11.Response):
                answer = event
            elif isinstance(event, h11.Data):
                size += len(event.data)
                if size > self._max_answer:
                    raise WebError(f"{_place(url)} answers more than {self._max_answer} bytes")
                chunks.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage) and answer is not None:
                found = {name.decode("latin-1"): value.decode("latin-1") for name, value in answer.headers}
                return Answer(answer.status_code, found, b"".join(chunks))
            elif event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                raise WebError(f"{_place(url)} has closed the connection")


def _split(url: str) -> tuple[str, int, bool, str, str]:
    """Return (host, port, whether TLS, request target, Host header)."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise WebError("the URL cannot be read") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise WebError(f"{_place(url)} is no http or https URL")
    secure = parts.scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.hostname, port or (443 if secure else 80), secure, target, parts.netloc.rpartition("@")[2]


def _place(url: str) -> str:
    """Return the URL without its possible secrets."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "the URL"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

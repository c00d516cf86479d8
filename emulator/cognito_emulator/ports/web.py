"""Send HTTP requests, bounded in size and time; follow no redirect, use no proxy.

A document whose URL a stranger chose is fetched from public addresses alone, and from the one that was checked: a name
that tells another address the second time (DNS rebinding) gains nothing by it.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Protocol
from urllib.parse import urlsplit

from msgspec import Struct

from cognito_emulator.domain.hosts import is_loopback_address, is_public_address

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


# From a host and a port to the addresses of the host.
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


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


class Documents(Protocol):
    """The way out to documents whose URLs strangers choose."""

    async def fetch(self, url: str, largest: int, timeout: float, *, loopback: bool = False) -> Answer:  # noqa: ASYNC109
        """Get a JSON document by https, from an address of the internet.

        Args:
            largest: bytes of the body.
            timeout: seconds for everything together.
            loopback: whether this machine will do too, by https or http.

        Raises:
            WebError
        """


class HttpWeb:
    """The real client of both: a connection for each request.

    Certificates of https are verified.
    """

    def __init__(
        self,
        max_answer: int = MAX_ANSWER,
        resolve: Resolve | None = None,
        context: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self._max_answer = max_answer
        self._context = context
        self._resolve = resolve or addresses_of

    async def fetch(self, url: str, largest: int, timeout: float, *, loopback: bool = False) -> Answer:  # noqa: ASYNC109
        try:
            async with asyncio.timeout(timeout):
                host, port, secure, _, _ = _split(url)
                addresses = await self._resolve(host, port)
                _check_addresses(url, addresses, secure=secure, loopback=loopback)
                headers = {"accept": "application/json"}
                return await self._exchange(
                    "GET", url, headers, body=b"", addresses=addresses, largest=min(largest, self._max_answer)
                )
        except TimeoutError:
            raise WebTimeout(f"{_place(url)} has not answered within {timeout:g} seconds") from None
        except (OSError, ValueError) as error:  # a name that cannot be asked for is a ValueError
            raise WebError(f"{_place(url)} cannot be reached: {error}") from None

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
                return await self._exchange(
                    method, url, headers or {}, body=body, addresses=(), largest=self._max_answer
                )
        except TimeoutError:
            raise WebTimeout(f"{_place(url)} has not answered within {timeout:g} seconds") from None
        except (OSError, ssl.SSLError) as error:
            raise WebError(f"{_place(url)} cannot be reached: {error.strerror or error}") from None

    async def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], *, body: bytes, addresses: Sequence[str], largest: int
    ) -> Answer:
        """Send a request and read the answer.

        If there are `addresses`, it goes to one of them and nowhere else.
        """
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
        context = self._context() if secure else None
        reader, writer = await _connect(addresses or (host,), port, context, host)
        try:
            writer.write(out)
            await writer.drain()
            return await self._read(connection, reader, url, largest)
        finally:
            writer.close()
            with suppress(OSError):
                writer.transport.abort()

    async def _read(self, connection: object, reader: asyncio.StreamReader, url: str, largest: int) -> Answer:
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
                if size > largest:
                    raise WebError(f"{_place(url)} answers more than {largest} bytes")
                chunks.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage) and answer is not None:
                found = {name.decode("latin-1"): value.decode("latin-1") for name, value in answer.headers}
                return Answer(answer.status_code, found, b"".join(chunks))
            elif event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                raise WebError(f"{_place(url)} has closed the connection")


async def addresses_of(host: str, port: int) -> list[str]:
    """Return the addresses of a host, each once."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in found))


def _check_addresses(url: str, addresses: Sequence[str], *, secure: bool, loopback: bool) -> None:
    """Refuse a name of which one address is not public.

    With `loopback`, this machine's own addresses are allowed.

    Raises:
        WebError
    """
    own = loopback and all(is_loopback_address(address) for address in addresses)
    if not addresses or not (own or (secure and all(is_public_address(address) for address in addresses))):
        how = "is no address of the internet" if secure else "must have https"
        raise WebError(f"{_place(url)} {how}: {', '.join(addresses[:5])}")


async def _connect(
    addresses: Sequence[str], port: int, context: ssl.SSLContext | None, host: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to the first address that takes it; certificates are those of `host`.

    Raises:
        OSError: of the last.
    """
    name = host if context is not None else None
    for address in addresses[:-1]:
        with suppress(OSError):
            return await asyncio.open_connection(address, port, ssl=context, server_hostname=name)
    return await asyncio.open_connection(addresses[-1], port, ssl=context, server_hostname=name)


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

"""The proxy of --impersonate: `CONNECT` on the server's own port.

    CONNECT cognito-idp.us-east-1.amazonaws.com:443    200, then TLS by our certificate, then HTTP as on the port
    CONNECT example.com:443                            403; passed on with --proxy-others

A named host is served here and never connected to. It is one of Amazon's names for Cognito, or a custom domain of a
pool. The TLS connection must request the same name (SNI), and so must each request in it (Host; see `gate`).
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from cognito_emulator.tunnel import HTTPS_PORT, TUNNEL, closing

if TYPE_CHECKING:
    from cognito_emulator.ports.tls import Certificates


log = logging.getLogger("emulator")

_LONGEST_HEAD = 8 * 1024  # bytes
_PATIENCE = 10.0  # seconds for the head, for the handshake and for the connection to another host
_REQUEST = re.compile(rb"CONNECT ([A-Za-z0-9._-]{1,253}):([0-9]{1,5}) HTTP/1\.[01]\r\n")
_ESTABLISHED = b"HTTP/1.1 200 Connection Established\r\n\r\n"
_LAST_PORT = 65535

# Makes a connection to another host with a protocol of ours.
Reach = Callable[[Callable[[], asyncio.Protocol], str, int], Awaitable[asyncio.Transport]]


class Proxy(Struct, frozen=True):
    """What the proxy serves, and how it reaches other hosts.

    With `reach` None it refuses them.
    """

    certificates: Certificates
    is_named: Callable[[str], bool]
    reach: Reach | None = None


class Served(Protocol):
    """A connection of the HTTP server, as far as the proxy uses it."""

    proxy: Proxy | None
    app_state: dict[str, Any]
    connections: set[Any]
    tasks: set[asyncio.Task[None]]


class Connect(asyncio.Protocol):
    """A connection whose first request is CONNECT.

    Args:
        make: makes the connection of the HTTP server that answers inside the tunnel.
        outer: the one that the connection began with.
    """

    def __init__(self, proxy: Proxy, transport: asyncio.Transport, outer: Served, make: Callable[[], Any]) -> None:
        self._proxy = proxy
        self._transport = transport
        self._outer = outer
        self._make = make
        self._head = bytearray()
        self._timer = asyncio.get_running_loop().call_later(_PATIENCE, self._refuse, b"408 Request Timeout", b"")
        outer.connections.add(self)

    def data_received(self, data: bytes) -> None:
        self._head += data
        head, end, rest = bytes(self._head[: _LONGEST_HEAD + 1]).partition(b"\r\n\r\n")
        found = _REQUEST.match(head + end)
        if not end and len(self._head) > _LONGEST_HEAD:
            self._refuse(b"431 Request Header Fields Too Large", b"")
        elif end and (found is None or rest or int(found[2]) > _LAST_PORT):
            self._refuse(b"400 Bad Request", b"CONNECT wants host:port, and nothing before its answer.")
        elif end and found is not None:
            self._decide(found[1].decode().lower(), int(found[2]))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._timer.cancel()
        self._outer.connections.discard(self)

    def shutdown(self) -> None:
        """End the connection, as uvicorn ends those that it knows."""
        self._end()

    def _decide(self, host: str, port: int) -> None:
        self._timer.cancel()
        if port == HTTPS_PORT and self._proxy.is_named(host):
            self._transport.pause_reading()
            self._transport.write(_ESTABLISHED)
            self._start(self._serve(host))
        elif self._proxy.reach is None:
            # Clients show the status line, and few show the text.
            sentence = b"cognito-emulator serves only the host names of Cognito; --proxy-others passes on to others"
            self._refuse(b"403 " + sentence, f"Not {host}:{port}: {sentence.decode()}.".encode())
        else:
            self._transport.pause_reading()
            self._start(self._pass_on(self._proxy.reach, host, port))

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._outer.tasks.add(task)
        task.add_done_callback(self._outer.tasks.discard)

    def _refuse(self, status: bytes, text: bytes) -> None:
        self._timer.cancel()
        if not self._transport.is_closing():
            self._transport.write(closing(status, text))
            self._transport.close()

    async def _serve(self, host: str) -> None:
        """End TLS here, and let the HTTP server answer."""
        held = _Held()
        try:
            secured = await self._secure(host, held)
        except OSError as error:
            log.warning("TLS for %s failed: %s. (`cognito-emulator ca` tells how to trust the authority.)", host, error)
            self._end()
            return
        except asyncio.CancelledError:
            self._end()
            raise
        inner = self._make()
        inner.proxy = None
        inner.app_state = {**inner.app_state, TUNNEL: host}
        self._outer.connections.discard(self)
        held.hand_over(secured, inner)

    def _end(self) -> None:
        self._outer.connections.discard(self)
        self._transport.abort()

    async def _secure(self, host: str, protocol: asyncio.Protocol) -> asyncio.Transport:
        """Return the transport inside TLS, for which the client requested the host's name.

        Raises:
            OSError: the handshake failed, or was about another name.
        """
        certificates = self._proxy.certificates
        secured = await asyncio.get_running_loop().start_tls(
            self._transport, protocol, certificates.context, server_side=True, ssl_handshake_timeout=_PATIENCE
        )
        if secured is None:
            raise ConnectionResetError("the client has gone")
        if certificates.requested(secured.get_extra_info("ssl_object")) != host:
            raise ConnectionRefusedError("the client requested another name")
        return secured

    async def _pass_on(self, reach: Reach, host: str, port: int) -> None:
        """Connect to another host, and pass bytes in both directions."""
        here, there = _Pipe(self._outer.connections), _Pipe(set())
        try:
            async with asyncio.timeout(_PATIENCE):
                reached = await reach(lambda: there, host, port)
        except OSError as error:
            reason = str(error) or "no answer in time"
            self._refuse(b"502 Bad Gateway", f"{host}:{port} is not reached: {reason}.".encode())
            return
        if self._transport.is_closing():
            reached.close()
            return
        self._outer.connections.discard(self)
        self._transport.set_protocol(here)
        here.connection_made(self._transport)
        self._transport.write(_ESTABLISHED)
        here.join(there, reached)
        there.join(here, self._transport)
        self._transport.resume_reading()


class _Held(asyncio.Protocol):
    """Keeps what comes between the handshake and the connection that takes it over."""

    def __init__(self) -> None:
        self._data = b""
        self._is_lost = False

    def data_received(self, data: bytes) -> None:
        self._data += data

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._is_lost = True

    def hand_over(self, transport: asyncio.Transport, inner: asyncio.Protocol) -> None:
        if self._is_lost:
            return
        transport.set_protocol(inner)
        inner.connection_made(transport)
        if self._data:
            inner.data_received(self._data)


class _Pipe(asyncio.Protocol):
    """One side of a tunnel; it writes what it reads to the other.

    It is in `connections` while it is open, so that the server's end closes it.
    """

    def __init__(self, connections: set[Any]) -> None:
        self._connections = connections
        self._transport: asyncio.Transport | None = None
        self._peer: _Pipe | None = None
        self._other: asyncio.Transport | None = None
        self._early = b""
        self._has_ended = False

    def join(self, peer: _Pipe, other: asyncio.Transport) -> None:
        """Write to the other side from now on, first what came before."""
        self._peer, self._other = peer, other
        if self._early:
            other.write(self._early)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]
        self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        if self._other is None:
            self._early += data
        else:
            self._other.write(data)

    def pause_writing(self) -> None:
        if self._other is not None:
            self._other.pause_reading()

    def resume_writing(self) -> None:
        if self._other is not None:
            self._other.resume_reading()

    def eof_received(self) -> bool:
        self._has_ended = True
        if self._other is not None and not self._other.is_closing():
            with suppress(OSError):
                self._other.write_eof()
        return self._peer is not None and not self._peer._has_ended  # false closes this side, and so the other

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._connections.discard(self)
        if self._other is not None:
            self._other.close()

    def shutdown(self) -> None:
        """End both sides, as uvicorn ends the connections that it knows."""
        for side in (self._transport, self._other):
            if side is not None:
                side.abort()

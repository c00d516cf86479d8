"""Connections as uvicorn serves them, and what it leaves open:

- trailers never become headers (RFC 9110 §6.5.1), however the parser hands them out;
- a request that does not go on is dropped: after `idle` seconds without a byte it is answered 408;
- a head (request line and headers) has an end;
- `CONNECT` as the first request is the proxy's, where there is one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from cognito_emulator.ports.faults import CUT
from cognito_emulator.tunnel import METHOD, closing

if TYPE_CHECKING:
    from cognito_emulator.proxy import Proxy

LONGEST_HEAD = 64 * 1024  # bytes
_TIMED_OUT = b"408 Request Timeout", b"The request did not go on."
_TOO_LONG = b"431 Request Header Fields Too Large", b"The headers are longer than 65536 bytes."


class _Watched(asyncio.Protocol):
    """A connection that drops a request which does not go on.

    A request that is complete may take as long as it needs, and so may one that we do not read on from.
    """

    idle: float  # seconds; 0 waits for ever
    # Attributes of uvicorn's protocol, the next base class.
    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    cycle: Any
    flow: Any
    app_state: dict[str, Any]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        # Each request is given a copy, as the `state` of its scope: what cuts its connection without an answer.
        self.app_state = {**self.app_state, CUT: self.transport.abort}
        self._heard = self.loop.time()
        self._watch = self.loop.call_later(self.idle, self._look) if self.idle else None

    def connection_lost(self, exc: Exception | None) -> None:
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._heard = self.loop.time()
        super().data_received(data)

    def _look(self) -> None:
        quiet = self.loop.time() - self._heard
        if quiet < self.idle or not self._waits_for_client():
            self._watch = self.loop.call_later(max(self.idle - quiet, 0) or self.idle, self._look)
        elif self.cycle is None or not self.cycle.response_started:
            self.refuse(*_TIMED_OUT)
        else:
            self.transport.close()

    def _waits_for_client(self) -> bool:
        cycle = self.cycle
        return cycle is None or cycle.response_complete or (cycle.more_body and not self.flow.read_paused)

    def refuse(self, status: bytes, text: bytes) -> None:
        """Answer by the connection's own words, and close it."""
        if self.transport.is_closing():
            return
        self.transport.write(closing(status, text))
        self.transport.close()


class _Proxying(asyncio.Protocol):
    """A connection that is the proxy's if its first request is CONNECT."""

    proxy: Proxy | None
    transport: asyncio.Transport
    app_state: dict[str, Any]
    connections: set[Any]
    tasks: set[asyncio.Task[None]]
    config: Any
    server_state: Any
    _watch: asyncio.TimerHandle | None
    _first: bytes | None = b""  # what came of the first request, while it may be CONNECT
    _fresh_state: dict[str, Any]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._fresh_state = self.app_state
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        begun = (self._first or b"") + data
        if self.proxy is None or self._first is None:
            super().data_received(data)
        elif len(begun) < len(METHOD) and METHOD.startswith(begun):
            self._first = begun
        elif begun.startswith(METHOD):
            self._give_to(self.proxy, begun)
        else:
            self._first = None
            super().data_received(begun)

    def _give_to(self, proxy: Proxy, begun: bytes) -> None:
        from cognito_emulator.proxy import Connect  # few starts have a proxy

        self.connections.discard(self)
        if self._watch is not None:
            self._watch.cancel()
        taken = Connect(proxy, self.transport, self, self._make_inner)
        self.transport.set_protocol(taken)
        taken.data_received(begun)

    def _make_inner(self) -> asyncio.Protocol:
        made: Any = type(self)
        inner: asyncio.Protocol = made(self.config, self.server_state, self._fresh_state)
        return inner


class _Headed(_Watched):
    """A connection of httptools that bounds heads and trailers.

    Its parser reports trailers as headers, and accepts both of any length.
    """

    headers: list[tuple[bytes, bytes]]
    app: Any
    prepare: Callable[[Any], Any]  # what is done to the application
    _head = 0  # bytes since anything else than a header came

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.app = self.prepare(self.app)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()  # type: ignore[misc]
        self.headers = []  # the request keeps its own list; what comes now are trailers
        self._head = 0

    def on_body(self, body: bytes) -> None:
        super().on_body(body)  # type: ignore[misc]
        self._head = 0

    def on_message_complete(self) -> None:
        super().on_message_complete()  # type: ignore[misc]
        self._head = 0

    def data_received(self, data: bytes) -> None:
        self._head += len(data)
        super().data_received(data)
        if self._head > LONGEST_HEAD:
            self.refuse(*_TOO_LONG)


def protocol(idle: float, proxy: Proxy | None = None) -> type[asyncio.Protocol]:
    """Return the protocol of a server's connections.

    It is that of httptools where this is installed, else that of h11.
    """
    settings: dict[str, Any] = {"idle": idle, "proxy": proxy}
    kind: type[_Watched] = _Watched
    last: tuple[type[asyncio.Protocol], ...] = (AutoHTTPProtocol,)
    if hasattr(AutoHTTPProtocol, "on_headers_complete"):
        from cognito_emulator import kept_open, whole_answers  # they need httptools

        kind = _Headed
        settings["prepare"] = staticmethod(whole_answers.at_once if whole_answers.is_usable() else lambda app: app)
        last = (kept_open.KeptOpen, AutoHTTPProtocol) if kept_open.is_usable() else last
    kinds: tuple[type[asyncio.Protocol], ...] = (kind, *last)
    return type("Connection", kinds if proxy is None else (_Proxying, *kinds), settings)

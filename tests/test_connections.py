"""HTTP below the requests: trailers, headers that come twice, bodies without end, clients that fall silent."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any
from unittest.mock import Mock

import pytest
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from cognito_emulator import Emulator, connections
from tests.helpers.raw import IDP_TARGET, JSON_1_1, authorization

LIMIT = 10_000
_KINDS = ["h11"]
try:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
except ImportError:  # pragma: no cover
    pass
else:
    _KINDS.append("httptools")


@pytest.fixture(scope="module", params=_KINDS)
def emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """One that is served by either of the parsers that uvicorn knows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "AutoHTTPProtocol", H11Protocol if request.param == "h11" else HttpToolsProtocol)
        with Emulator(max_body=LIMIT, seed={"UserPools": [{"PoolName": "p"}]}) as running:
            yield running


def connect(emulator: Emulator) -> socket.socket:
    return socket.create_connection(("127.0.0.1", emulator.port), timeout=20)


def head(method: str, path: str, *headers: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", *headers, "", ""]).encode()


def read_all(connection: socket.socket) -> bytes:
    """What comes until the other side closes."""
    found = b""
    while chunk := connection.recv(65536):
        found += chunk
    return found


def ask(emulator: Emulator, sent: bytes) -> tuple[int, Any]:
    """Status and JSON of the answer to a request that ends with `Connection: close`."""
    with connect(emulator) as connection:
        connection.sendall(sent)
        answer = read_all(connection)
    first, _, body = answer.partition(b"\r\n\r\n")
    return int(first.split()[1]), json.loads(body) if body.startswith(b"{") else body


CALL = ("Host: localhost", f"Content-Type: {JSON_1_1}", f"Authorization: {authorization()}", "Connection: close")
LIST_POOLS = f"X-Amz-Target: {IDP_TARGET}ListUserPools"
BODY = b'{"MaxResults":1}'


def chunked(*trailers: str) -> bytes:
    end = "".join(f"{line}\r\n" for line in trailers).encode()
    return b"%x\r\n%s\r\n0\r\n%s\r\n" % (len(BODY), BODY, end)


# --- trailers ----------------------------------------------------------------------------------------------

TRAILERS = [
    f"X-Amz-Target: {IDP_TARGET}DeleteUserPool",
    "Content-Type: text/plain",
    "Authorization: none",
    "Host: evil.example",
    "Origin: https://evil.example",
    "User-Agent: other",
]


@pytest.mark.parametrize("trailer", TRAILERS)
def test_a_trailer_is_no_header(emulator: Emulator, trailer: str) -> None:
    """RFC 9110 §6.5.1: a trailer is not merged into the headers. All at once, and when the body has been read."""
    first = head("POST", "/", *CALL, LIST_POOLS, "Transfer-Encoding: chunked", f"Trailer: {trailer.split(':')[0]}")
    status, answer = ask(emulator, first + chunked(trailer))
    assert (status, [pool["Name"] for pool in answer["UserPools"]]) == (200, ["p"])
    with connect(emulator) as connection:
        connection.sendall(first + chunked()[:-2])
        connection.sendall(f"{trailer}\r\n\r\n".encode())
        assert read_all(connection).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("trailer", ["Host: localhost", "Content-Type: application/json", "Origin: http://localhost"])
def test_a_trailer_cannot_stand_in_for_a_header(emulator: Emulator, trailer: str) -> None:
    """The control API's guard looks at headers alone: here each is bad, or missing, at the head."""
    given = {"Host": "evil.example", "Content-Type": "text/plain", "Origin": "https://evil.example"}
    good = {"Host": "localhost", "Content-Type": "application/json"}
    name = trailer.split(":")[0]
    lines = [f"{key}: {value}" for key, value in ({**good, name: given[name]}).items()]
    sent = head("POST", "/_emulator/reset", *lines, "Connection: close", "Transfer-Encoding: chunked")
    assert ask(emulator, sent + b"2\r\n{}\r\n0\r\n" + trailer.encode() + b"\r\n\r\n")[0] in (403, 415)


# --- twice -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/_emulator/reset", "/oauth2/token", "/login"])
@pytest.mark.parametrize(
    "twice",
    [
        ("Host: localhost", "host: localhost"),
        ("Origin: http://localhost", "Origin: http://localhost"),
        (f"Content-Type: {JSON_1_1}", "Content-Type: application/json"),
        ("Authorization: Basic eDp5", "Authorization: Basic eDp5"),
        (LIST_POOLS, LIST_POOLS.replace("List", "Delete")),
    ],
    ids=lambda twice: twice[0].split(":")[0],
)
def test_a_header_that_may_be_there_once(emulator: Emulator, path: str, twice: tuple[str, str]) -> None:
    name = twice[0].split(":")[0]
    others = ["Host: localhost"] if name != "Host" else []
    status, answer = ask(emulator, head("POST", path, *others, *twice, "Connection: close", "Content-Length: 0"))
    assert status == 400
    if isinstance(answer, dict):  # h11 refuses a second Host by itself
        assert answer == {"message": f"The header {name} is there more than once."}


def test_of_other_headers_the_first_counts(emulator: Emulator) -> None:
    ask(emulator, head("POST", "/", *CALL, LIST_POOLS, "Content-Length: 16", "X-A: 1", "X-A: 2") + BODY)
    sites = ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-origin")
    lines = ("Host: localhost", "Content-Type: application/json", "Connection: close", "Content-Length: 0")
    assert ask(emulator, head("POST", "/_emulator/reset", *lines, *sites))[0] == 403
    assert ask(emulator, head("POST", "/_emulator/reset", *lines, *reversed(sites)))[0] == 200


# --- bodies that are too large ---------------------------------------------------------------------------------


def pour(connection: socket.socket, size: int, *, chunks: bool) -> None:
    """Send a whole body, and look for no answer meanwhile: as most clients do."""
    piece = b"x" * 65536
    while size > 0:
        piece = piece[:size]
        connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece) if chunks else piece)
        size -= len(piece)
    if chunks:
        connection.sendall(b"0\r\n\r\n")


@pytest.mark.exhaustive
@pytest.mark.parametrize("close", [True, False])
@pytest.mark.parametrize("size", [LIMIT + 1, 5 * LIMIT, 5_000 * LIMIT])
@pytest.mark.parametrize("chunks", [True, False])
@pytest.mark.parametrize(
    ("path", "status"), [("/", 413), ("/_emulator/seed", 413), ("/oauth2/token", 400), ("/nothing", 404)]
)
def test_the_answer_comes_however_long_the_body(
    emulator: Emulator, path: str, status: int, chunks: bool, size: int, close: bool
) -> None:
    kind = {"/": JSON_1_1, "/_emulator/seed": "application/json"}.get(path, "application/x-www-form-urlencoded")
    length = "Transfer-Encoding: chunked" if chunks else f"Content-Length: {size}"
    lines = ["Host: localhost", f"Content-Type: {kind}", LIST_POOLS, length, *(["Connection: close"] if close else [])]
    with connect(emulator) as connection:
        connection.sendall(head("POST", path, *lines))
        pour(connection, size, chunks=chunks)
        assert connection.recv(65536).startswith(b"HTTP/1.1 %d " % status)


@pytest.mark.parametrize("path", ["/", "/_emulator/seed"])
def test_a_client_that_asks_first_is_not_told_to_send(emulator: Emulator, path: str) -> None:
    lines = ("Host: localhost", "Content-Type: application/json", "Expect: 100-continue", "Content-Length: 1000000")
    with connect(emulator) as connection:
        connection.sendall(head("POST", path, *lines))
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()


def test_a_client_that_stops_sending_is_answered(emulator: Emulator) -> None:
    lines = ("Host: localhost", f"Content-Type: {JSON_1_1}", LIST_POOLS, f"Content-Length: {LIMIT * 10}")
    with connect(emulator) as connection:
        connection.sendall(head("POST", "/", *lines) + b"x" * LIMIT)
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("part", ["X-A: ", "X-A: a\r\n"])
def test_a_head_has_an_end(emulator: Emulator, part: str) -> None:
    with connect(emulator) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        received = b""
        try:
            for _ in range(10_000):
                connection.sendall((part * 100).encode() if part.endswith("\n") else b"x: " + b"y" * 1_000)
            received = connection.recv(100)
        except OSError:  # it has closed while we were sending
            return
    assert received[:13] in (b"", b"HTTP/1.1 431 ", b"HTTP/1.1 400 ")


# --- requests that do not go on --------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=_KINDS)
def hasty(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """It waits for a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "AutoHTTPProtocol", H11Protocol if request.param == "h11" else HttpToolsProtocol)
        with Emulator(idle_timeout=1) as running:
            yield running


STANDING_STILL = [
    b"",
    b"POST / HT",
    head("POST", "/", "Host: localhost", "Content-Length: 100") + b"half",
    head("POST", "/_emulator/seed", "Host: localhost", "Content-Type: application/json", "Content-Length: 9") + b"{",
    head("POST", "/", "Host: localhost", "Transfer-Encoding: chunked") + b"2\r\n{}\r\n",
]


def test_a_request_that_stands_still_is_dropped(hasty: Emulator) -> None:
    waiting = [connect(hasty) for _ in STANDING_STILL]
    for connection, sent in zip(waiting, STANDING_STILL, strict=True):
        connection.sendall(sent)
    for connection in waiting:
        with connection:
            assert read_all(connection).startswith(b"HTTP/1.1 408 ")


@dataclass
class Watch:
    """The connection's timer: what asyncio would call, and when."""

    due: float
    call: Callable[[], None]

    def cancel(self) -> None:
        self.call = lambda: None


class Loop:
    """As much of an event loop as a connection needs; its time moves when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[Watch] = []

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, call: Callable[[], None]) -> Watch:
        self.timers.append(Watch(self.now + seconds, call))
        return self.timers[-1]

    def create_task(self, work: Coroutine[Any, Any, None]) -> Mock:
        work.close()
        return Mock()

    def advance(self, seconds: float) -> None:
        self.now += seconds
        for timer in [timer for timer in self.timers if timer.due <= self.now]:
            self.timers.remove(timer)
            timer.call()


def connected(kind: type[asyncio.Protocol], monkeypatch: pytest.MonkeyPatch, idle: float) -> tuple[Any, Loop, Mock]:
    monkeypatch.setattr(connections, "AutoHTTPProtocol", kind)
    loop, transport = Loop(), Mock()
    transport.is_closing.return_value = False
    transport.get_extra_info.return_value = None
    config = uvicorn.Config(Mock(), log_config=None, lifespan="off", ws="none")
    made: Any = connections.protocol(idle)
    protocol = made(config=config, server_state=ServerState(), app_state={}, _loop=loop)
    protocol.connection_made(transport)
    return protocol, loop, transport


@pytest.mark.parametrize("name", _KINDS)
def test_a_request_that_goes_on_or_is_complete_is_kept(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = H11Protocol if name == "h11" else HttpToolsProtocol
    protocol, loop, transport = connected(kind, monkeypatch, 75)
    protocol.data_received(head("POST", "/", "Host: localhost", f"Content-Length: {len(BODY)}"))
    for byte in BODY:  # one byte each minute
        loop.advance(60)
        protocol.data_received(bytes([byte]))
    for _ in range(60):  # and the answer takes an hour
        loop.advance(60)
    assert not transport.close.called
    protocol, loop, transport = connected(kind, monkeypatch, 75)
    protocol.data_received(head("POST", "/", "Host: localhost", f"Content-Length: {len(BODY)}") + BODY[:5])
    loop.advance(74)
    assert not transport.close.called
    loop.advance(75)
    assert transport.close.called


@pytest.mark.parametrize("name", _KINDS)
def test_without_a_limit_it_waits_for_ever(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    protocol, loop, transport = connected(H11Protocol if name == "h11" else HttpToolsProtocol, monkeypatch, 0)
    protocol.data_received(b"POST / HT")
    loop.advance(1_000_000)
    assert (transport.close.called, loop.timers) == (False, [])
    protocol.connection_lost(None)

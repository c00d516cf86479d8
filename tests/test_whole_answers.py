"""An answer's head and body are one write, of the same bytes that uvicorn writes in two."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
import uvicorn
from uvicorn.server import ServerState

pytest.importorskip("httptools")
from uvicorn.protocols.http.flow_control import CLOSE_HEADER
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from cognito_emulator import connections, whole_answers
from cognito_emulator.ports.exchange import exchange_of

Headers = list[tuple[bytes, bytes]]
LENGTH = (b"content-length", b"2")
CORS = [(b"access-control-allow-origin", b"*"), (b"content-type", b"application/json")]
DEFAULT = [(b"date", b"Mon, 05 Jan 2026 00:00:00 GMT"), (b"server", b"s")]


def start(headers: Headers, status: int = 200) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": headers}


def body(data: bytes = b"{}", **more: Any) -> dict[str, Any]:
    return {"type": "http.response.body", "body": data, **more}


App = Callable[[Any, Callable[[], Any], Callable[[Any], Any]], Any]


def answered(kind: type[Any], messages: list[dict[str, Any]], *request: bytes) -> tuple[list[bytes], bool]:
    """Return what a connection of that class writes, and whether it is closed then."""

    async def app(_: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        await receive()
        for message in messages:
            await send(dict(message))

    return served(kind, app, *request)


def served(kind: type[Any], app: App, *request: bytes, **flow: bool) -> tuple[list[bytes], bool]:
    """Return what a connection writes to an application's request, which comes in parts."""

    async def run() -> tuple[list[bytes], bool]:
        config = uvicorn.Config(app, log_config=None, access_log=False, interface="asgi3", proxy_headers=False)
        config.load()
        state = ServerState()
        state.default_headers = DEFAULT
        transport = Mock(spec=asyncio.Transport)
        transport.get_extra_info.return_value = None
        transport.is_closing.return_value = False
        made = kind(config, state, {})
        made.connection_made(transport)
        for name, value in flow.items():
            setattr(made.flow, name, value)
        for part in request:
            made.data_received(part)
            await asyncio.sleep(0)
        if not made.cycle.response_complete and flow:
            made.resume_writing()
        await asyncio.gather(*state.tasks)
        made.connection_lost(None)
        return [call.args[0] for call in transport.write.call_args_list], transport.close.call_count > 1

    return asyncio.run(run())


GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n{"
LAST = POST.replace(b"Host", b"Connection: close\r\nHost")
WAITING = b"POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n{"
WHOLE = {
    "answer": (POST, [start([*CORS, LENGTH]), body()]),
    "error": (POST, [start([LENGTH, (b"x-amzn-errortype", b"E:"), *CORS], 400), body()]),
    "empty": (POST, [start([(b"content-length", b"0")], 204), {"type": "http.response.body"}]),
    "of a name of two cases": (POST, [start([LENGTH, (b"x-a", b"A b")]), body()]),
    "after 100-continue": (WAITING, [start([LENGTH]), body()]),
}
OTHERS = {
    "to HEAD": (GET.replace(b"GET", b"HEAD"), [start([LENGTH]), body(b"")]),
    "in parts": (GET, [start([LENGTH]), body(b"{", more_body=True), body(b"}")]),
    "without a length": (GET, [start(CORS), body(b"{}")]),
    "without a body": (GET, [start(CORS, 304), body(b"")]),
    "the last one": (LAST, [start([LENGTH]), body()]),
    "that closes": (POST, [start([LENGTH, (b"connection", b"close")]), body()]),
    "of a length that is told twice": (POST, [start([LENGTH, LENGTH]), body()]),
    "with a name in capitals": (POST, [start([LENGTH, (b"X-A", b"A")]), body()]),
    "with a bad name": (POST, [start([LENGTH, (b"x a", b"A")]), body()]),
    "with a bad value": (POST, [start([LENGTH, (b"x-a", b"A\r\nx-b: c")]), body()]),
    "that is too short": (POST, [start([LENGTH]), body(b"{")]),
    "that is too long": (POST, [start([LENGTH]), body(b"{ }")]),
    "that is large": (POST, [start([(b"content-length", b"70000")]), body(b"x" * 70_000)]),
}


@pytest.mark.parametrize("how", [*WHOLE, *OTHERS])
def test_the_bytes_are_those_of_uvicorn(how: str) -> None:
    request, messages = {**WHOLE, **OTHERS}[how]
    expected, is_closed = answered(HttpToolsProtocol, messages, request)
    writes, is_ours_closed = answered(connections.protocol(60), messages, request)
    assert (b"".join(writes), is_ours_closed) == (b"".join(expected), is_closed)
    if how in WHOLE:
        assert len([each for each in writes if not each.startswith(b"HTTP/1.1 100")]) == 1


def test_an_answer_without_its_body_is_an_error() -> None:
    """Uvicorn has sent the head by then, and can only cut the connection."""
    writes, is_closed = answered(connections.protocol(60), [start([LENGTH])], POST)
    assert writes[0].startswith(b"HTTP/1.1 500 ")
    assert is_closed


def test_two_requests_at_once_are_answered_in_order() -> None:
    writes, _ = answered(connections.protocol(60), [start([LENGTH]), body()], POST + POST.replace(b" / ", b" /2 "))
    assert [each.count(b"HTTP/1.1 200") for each in writes] == [1, 1]


def test_lines_that_are_remembered_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: dict[tuple[bytes, bytes], bytes] = {}
    monkeypatch.setattr(whole_answers, "_lines", lines)
    for number in range(300):
        headers = [LENGTH, (b"content-type", b"%d" % number), (b"x-amzn-requestid", b"%d" % number)]
        writes, _ = answered(connections.protocol(60), [start(headers), body()], POST) if number > 297 else ([], False)
        whole_answers._head(headers)
    assert b"content-type: 299\r\n" in writes[0]
    assert len(lines) == whole_answers._MOST_LINES
    assert {name for name, _ in lines} == {b"content-type"}


class Lacking:
    """A request of a uvicorn that has none of the members."""

    def __init__(self) -> None:
        self.scope = None

    def send(self) -> None: ...


class Older(RequestResponseCycle):
    """A request of a uvicorn that looks for `Connection: close` when it sends."""

    __init__ = RequestResponseCycle.__init__

    async def send(self, message: Any) -> None:
        if CLOSE_HEADER not in message.get("headers", ()):
            await super().send(message)


@pytest.mark.parametrize("kind", [Lacking, Older])
def test_a_uvicorn_that_does_it_otherwise_answers_by_itself(kind: type[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert whole_answers.is_usable()
    monkeypatch.setattr(whole_answers, "RequestResponseCycle", kind)
    assert not whole_answers.is_usable()
    writes, _ = answered(connections.protocol(60), [start([LENGTH]), body()], POST)
    assert writes[1:] == [b"{}"]


# --- answers that are written without messages -----------------------------------------------------------------


LINES = b"content-length: 2\r\nx-a: b\r\n"
BY_MESSAGES = [start([LENGTH, (b"x-a", b"b")]), body()]


def answering(seen: list[Any]) -> App:
    """Return an application that takes and writes all at once where it can, as the endpoint does."""

    async def app(_: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        taking, writing = exchange_of(receive), exchange_of(send)
        assert taking is not None
        assert writing is taking
        whole = taking.take_body()
        seen.append(whole)
        if whole is None:
            await receive()
        seen.append(taking.write(200, LINES, b"{}"))
        if not seen[-1]:
            for message in BY_MESSAGES:
                await send(dict(message))

    return app


OLD = POST.replace(b"HTTP/1.1", b"HTTP/1.0")


@pytest.mark.parametrize(
    ("request_", "is_taken", "is_written"),
    [
        ((POST,), True, True),
        ((POST[:-1], POST[-1:]), False, True),
        ((WAITING,), False, True),
        ((GET.replace(b"GET", b"HEAD"),), True, False),
        ((LAST,), True, False),
        ((OLD,), True, False),
    ],
    ids=["whole", "in two parts", "100-continue", "HEAD", "the last one", "HTTP/1.0"],
)
def test_without_messages_the_bytes_are_the_same(request_: tuple[bytes, ...], is_taken: bool, is_written: bool) -> None:
    expected, is_closed = answered(HttpToolsProtocol, BY_MESSAGES, *request_)
    seen: list[Any] = []
    writes, is_ours_closed = served(connections.protocol(60), answering(seen), *request_)
    assert (b"".join(writes), is_ours_closed) == (b"".join(expected), is_closed)
    assert (seen[0] is not None, seen[1]) == (is_taken, is_written)


def test_two_requests_at_once_are_answered_in_order_without_messages() -> None:
    seen: list[Any] = []
    writes, _ = served(connections.protocol(60), answering(seen), POST + POST.replace(b"\r\n\r\n{", b"\r\n\r\n}"))
    assert [each.count(b"HTTP/1.1 200") for each in writes] == [1, 1]
    assert seen == [b"{", True, b"}", True]


def test_a_client_that_reads_too_slowly_is_waited_for() -> None:
    seen: list[Any] = []
    writes, _ = served(connections.protocol(60), answering(seen), POST, write_paused=True)
    assert seen == [b"{", False]
    assert b"".join(writes) == b"".join(answered(HttpToolsProtocol, BY_MESSAGES, POST)[0])


def test_a_long_answer_is_no_copy() -> None:
    found: list[bool] = []

    async def app(_: Any, __: Any, send: Callable[[Any], Any]) -> None:
        exchange = exchange_of(send)
        assert exchange is not None
        found.append(exchange.write(200, b"content-length: 70000\r\n", b"x" * 70_000))
        await send(start([LENGTH]))
        found.append(exchange.write(200, LINES, b"{}"))  # one has begun
        await send(body())
        found.append(exchange.write(200, LINES, b"{}"))

    writes, _ = served(connections.protocol(60), app, POST)
    assert found == [False, False, False]
    assert len(writes) == 1


def test_a_body_is_taken_once_and_not_after_the_client_has_gone() -> None:
    found: list[Any] = []

    async def app(_: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        exchange = exchange_of(receive)
        assert exchange is not None
        found.extend((exchange.take_body(), exchange.take_body()))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await receive()  # there is no more until the client goes
        send.__self__._cycle.disconnected = True  # type: ignore[attr-defined]
        found.extend((exchange.take_body(), (await receive())["type"], exchange.write(200, LINES, b"{}")))

    served(connections.protocol(60), app, POST)
    assert found == [b"{", None, None, "http.disconnect", False]


def test_what_lies_between_is_not_passed_by() -> None:
    """An application that wraps `send`, as worlds do, sees every message."""
    assert exchange_of(lambda: None) is None
    assert exchange_of([].append) is None

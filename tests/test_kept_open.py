"""A connection has one timer for the time between two requests."""

from __future__ import annotations

import asyncio
from typing import Any
from unittest.mock import Mock

import pytest
import uvicorn
from uvicorn.server import ServerState

pytest.importorskip("httptools")
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from cognito_emulator import connections, kept_open

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
SECONDS = 5  # that uvicorn waits


class Timer:
    """What a loop would call, and when."""

    def __init__(self, due: float, call: Any) -> None:
        self.due, self.call, self.is_cancelled = due, call, False

    def cancel(self) -> None:
        self.is_cancelled = True


class Loop:
    """As much of an event loop as a connection needs; its time moves when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, call: Any) -> Timer:
        self.timers.append(Timer(self.now + seconds, call))
        return self.timers[-1]

    def create_task(self, work: Any) -> Any:
        return asyncio.get_running_loop().create_task(work)

    def advance(self, seconds: float) -> None:
        self.now += seconds
        for timer in [timer for timer in self.timers if timer.due <= self.now]:
            self.timers.remove(timer)
            if not timer.is_cancelled:
                timer.call()

    @property
    def waiting(self) -> int:
        return sum(not timer.is_cancelled for timer in self.timers)


class Bench:
    """A connection, what it runs on, and what holds its answers back."""

    def __init__(self) -> None:
        self.loop, self.transport, self.state = Loop(), Mock(), ServerState()
        self.transport.is_closing.return_value = False
        self.transport.get_extra_info.return_value = None
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        config = uvicorn.Config(self._app, log_config=None, access_log=False, interface="asgi3", proxy_headers=False)
        kind: Any = connections.protocol(0)
        self.made = kind(config=config, server_state=self.state, app_state={}, _loop=self.loop)
        self.made.connection_made(self.transport)

    async def _app(self, _: Any, __: Any, send: Any) -> None:
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def ask(self, request: bytes = GET) -> None:
        self.made.data_received(request)
        await self.settled()

    async def settled(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)


def test_it_is_closed_some_time_after_the_last_answer() -> None:
    async def run() -> None:
        bench = Bench()
        for _ in range(10):
            await bench.ask()
            bench.loop.advance(SECONDS - 1)
            assert bench.loop.waiting == 1
        assert not bench.transport.close.called
        bench.loop.advance(1)
        assert bench.transport.close.called
        assert bench.state.total_requests == 10

    asyncio.run(run())


def test_it_is_not_closed_while_a_request_is_under_way() -> None:
    async def run() -> None:
        bench = Bench()
        await bench.ask()
        bench.may_answer.clear()
        await bench.ask()
        bench.loop.advance(10 * SECONDS)
        assert (bench.transport.close.called, bench.loop.waiting) == (False, 0)
        bench.may_answer.set()
        await bench.settled()
        bench.loop.advance(SECONDS - 1)
        assert not bench.transport.close.called
        bench.loop.advance(1)
        assert bench.transport.close.called

    asyncio.run(run())


def test_requests_that_come_at_once_are_answered_one_by_one() -> None:
    async def run() -> None:
        bench = Bench()
        await bench.ask(GET * 3)
        await bench.settled()
        assert bench.state.total_requests == 3
        assert bench.loop.waiting == 1

    asyncio.run(run())


def test_it_has_no_timer_when_it_is_closed() -> None:
    async def run() -> None:
        for error in (None, ConnectionResetError()):
            bench = Bench()
            await bench.ask()
            bench.made.connection_lost(error)
            assert bench.loop.waiting == 0

    asyncio.run(run())


@pytest.mark.parametrize("name", ["data_received", "on_response_complete"])
def test_with_a_uvicorn_that_does_it_otherwise_the_timers_are_uvicorns(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kept_open.is_usable()
    assert issubclass(connections.protocol(60), kept_open.KeptOpen)
    monkeypatch.setattr(HttpToolsProtocol, name, lambda _: None)
    assert not kept_open.is_usable()
    assert not issubclass(connections.protocol(60), kept_open.KeptOpen)
    monkeypatch.delattr(HttpToolsProtocol, name)
    assert not kept_open.is_usable()

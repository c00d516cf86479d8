"""Share one application, one start and one end between the HTTP and HTTPS servers.

They listen first. Then what takes time is loaded on a thread (`Gate`), so that probes are answered meanwhile. At the
end requests that wait are let go, and the servers leave within a second.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

from msgspec import Struct
from uvicorn.config import Config
from uvicorn.server import Server

from cognito_emulator import __version__
from cognito_emulator.connections import LONGEST_HEAD, protocol
from cognito_emulator.domain.hosts import hostname_of
from cognito_emulator.gate import App, Gate, unless_forwarded, with_address
from cognito_emulator.ports import threads

if TYPE_CHECKING:
    from cognito_emulator.app import FrontDoor
    from cognito_emulator.proxy import Proxy
    from cognito_emulator.seed import Seed
    from cognito_emulator.seed.built_in import BuiltIn
    from cognito_emulator.world import World

_SIGNALS = ("SIGINT", "SIGTERM", "SIGBREAK")  # that uvicorn handles; the last is Ctrl-Break on Windows
_PATIENCE = 0.5  # seconds for requests under way when the servers stop
_TICK = 0.1  # seconds after which uvicorn notices `should_exit`
_HEAD_START = 0.05  # seconds after which keys are made: the first answers come before


class Loaded(Struct, frozen=True):
    """A world with its seeds, and its face."""

    world: World
    app: FrontDoor
    seeds: Sequence[Seed | BuiltIn]


class Lifecycle:
    """Loads, serves until `stop`, and ends; to be made on the loop that serves.

    Args:
        load: what takes time; called on a thread of its own.
        on_load: called on the loop once everything is loaded.
    """

    def __init__(self, load: Callable[[], Loaded], on_load: Callable[[Loaded], None]) -> None:
        self._load = load
        self._on_load = on_load
        self._gate = Gate()
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._app: FrontDoor | None = None
        self._failure: BaseException | None = None

    def stop(self) -> None:
        """End `serve`, from any thread and from a signal's handler."""
        with suppress(RuntimeError):  # the loop has ended already
            self._loop.call_soon_threadsafe(self._stopping.set)

    def is_served(self, name: str) -> bool:
        """Tell whether a name is a user pool's custom domain, or the public URL's.

        The public URL is the present one.

        None is before everything is loaded.
        """
        worlds = self._worlds()
        is_domain = any(("", name) in world.store.domains for world in worlds)
        return is_domain or (bool(worlds) and name == hostname_of(worlds[0].address.fixed) and "." in name)

    def is_custom_domain(self, name: str) -> bool:
        """Tell whether a name is a custom domain of a user pool."""
        return any(("", name) in world.store.domains for world in self._worlds())

    def _worlds(self) -> list[World]:
        return self._app.worlds.all() if self._app is not None else []

    def server(self, idle: float, tls: ssl.SSLContext | None = None, proxy: Proxy | None = None) -> Server:
        """Make a server of this application.

        Args:
            idle: the seconds after which a request that does not go on is dropped.
            tls: what makes it one for HTTPS.
            proxy: what makes it a proxy too.
        """
        config = _config(with_address(self._gate), protocol(idle, proxy))
        config.load()
        config.loaded_app = unless_forwarded(self._gate, config.loaded_app)
        config.ssl = tls  # uvicorn's settings take a certificate, no context that chooses one by name
        return _Server(config, self.stop)

    async def serve(self, servers: Sequence[tuple[Server, list[socket.socket]]]) -> None:
        """Serve on bound sockets until `stop`.

        Raises:
            whatever `load`, `on_load` or a server raises
        """
        with _signals_put_back():
            serving = [asyncio.create_task(server.serve(sockets)) for server, sockets in servers]
            await _started([server for server, _ in servers], serving)
            loading = asyncio.create_task(self._open())
            stopped = asyncio.create_task(self._stopping.wait())
            await asyncio.wait([stopped, *serving], return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            loading.cancel()
            await self._end([server for server, _ in servers], serving)
        if self._failure is not None:
            raise self._failure

    async def _open(self) -> None:
        try:
            loaded = await _on_thread(self._load)
            self._app = loaded.app
            self._gate.open(loaded.app)
            self._on_load(loaded)
        except Exception as error:
            self._failure = error
            self._stopping.set()
        else:
            self._loop.call_later(_HEAD_START, loaded.world.keys.start)

    async def _end(self, servers: Sequence[Server], serving: Sequence[asyncio.Task[None]]) -> None:
        """Let all servers finish what they do, for a while."""
        self._gate.close()
        for world in self._worlds():
            world.close()
        for server in servers:
            server.should_exit = True
        _, late = await asyncio.wait(serving, timeout=_TICK + _PATIENCE)
        if late:
            for task in (*late, *(task for server in servers for task in server.server_state.tasks)):
                task.cancel()
        for result in await asyncio.gather(*serving, return_exceptions=True):
            if isinstance(result, Exception):
                self._failure = self._failure or result
        for world in self._worlds():
            if world.keeper is not None:
                await world.keeper.close()
            world.stop()


class _Server(Server):
    """A server whose signals stop both servers.

    Uvicorn's own handler would raise the signal again: the command would not end with 0.
    """

    def __init__(self, config: Config, stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._stop = stop

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self._stop()


async def _started(servers: Sequence[Server], serving: Sequence[asyncio.Task[None]]) -> None:
    """Wait until all servers listen, or fail to."""
    pairs = list(zip(servers, serving, strict=True))
    while not all(server.started or task.done() for server, task in pairs):  # noqa: ASYNC110 - it has no event
        await asyncio.sleep(0)


def _config(app: App, connection: type[asyncio.Protocol]) -> Config:
    return Config(
        app,
        http=connection,
        interface="asgi3",
        h11_max_incomplete_event_size=LONGEST_HEAD,
        loop="none",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        headers=[("server", f"cognito-emulator/{__version__}")],
    )


@contextmanager
def _signals_put_back() -> Iterator[None]:
    """Restore the signals' handlers afterwards.

    Of two servers, the one that ends last restores the other's.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)


def _on_thread(work: Callable[[], Loaded]) -> asyncio.Future[Loaded]:
    """Return the result of `work`, done on a thread that does not keep the process up."""
    result: Future[Loaded] = Future()
    result.set_running_or_notify_cancel()  # a server that stops early cancels the wait, not the work

    def run() -> None:
        try:
            result.set_result(work())
        except BaseException as error:
            result.set_exception(error)

    threads.start(run, "load", stop=lambda: None, patience=_PATIENCE)
    return asyncio.wrap_future(result)

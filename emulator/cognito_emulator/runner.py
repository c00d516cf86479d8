"""Serves one world over HTTP: the sockets, the seeds, uvicorn, and the way out. `server` and the command
share it.

Listening comes first, then what takes time (`Gate`): on a thread, so that probes are answered meanwhile.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import uvicorn
from msgspec import Struct

from cognito_emulator import __version__
from cognito_emulator.connections import LONGEST_HEAD, protocol
from cognito_emulator.gate import Gate
from cognito_emulator.settings import Settings
from cognito_emulator.sockets import Listening, listen_on

if TYPE_CHECKING:
    from cognito_emulator.app import FrontDoor
    from cognito_emulator.control.baseline import Baseline
    from cognito_emulator.seed import Seed
    from cognito_emulator.world import World

_PATIENCE = 0.5  # seconds for requests under way when the server stops
_HEAD_START = 0.05  # seconds after which keys are made: the first answers come before


class Loaded(Struct, frozen=True):
    """A world with its seeds, and its face."""

    world: World
    app: FrontDoor
    seeds: Sequence[Seed]


class Running(Struct, frozen=True):
    """An emulator that answers; `host` is its name for programs on this machine, as in a URL."""

    world: World
    baseline: Baseline
    seeds: Sequence[Seed]
    port: int
    server: uvicorn.Server
    loop: asyncio.AbstractEventLoop
    tls_port: int | None = None
    host: str = "localhost"


class _Server(uvicorn.Server):
    """Listens, then loads; lets waiting requests go when it stops, and leaves within a second.

    `failure` is why it stopped by itself.
    """

    def __init__(
        self,
        gate: Gate,
        load: Callable[[], Loaded],
        on_load: Callable[[Loaded], None],
        idle: float,
        tls: tuple[Sequence[socket.socket], ssl.SSLContext] | None = None,
    ) -> None:
        super().__init__(_config(gate, idle))
        self._tls = tls
        self.failure: BaseException | None = None
        self._gate = gate
        self._load = load
        self._on_load = on_load
        self._loading: asyncio.Task[None] | None = None
        self._world: World | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        await self._start_tls()
        self._loading = asyncio.create_task(self._open())

    async def _start_tls(self) -> None:
        """Beside the ports of HTTP, which uvicorn has opened: it takes one kind alone."""
        if self._tls is None:
            return
        loop, config = asyncio.get_running_loop(), self.config

        def protocol() -> asyncio.Protocol:
            kind: Any = config.http_protocol_class
            made: asyncio.Protocol = kind(
                config=config, server_state=self.server_state, app_state=self.lifespan.state, _loop=loop
            )
            return made

        opened, context = self._tls
        for one in opened:
            self.servers.append(await loop.create_server(protocol, sock=one, ssl=context, backlog=config.backlog))

    def has_custom_domain(self, name: str) -> bool:
        """Whether a user pool has that name; none has before everything is loaded."""
        return self._world is not None and ("", name) in self._world.store.domains

    async def _open(self) -> None:
        try:
            loaded = await _on_thread(self._load)
            self._world = loaded.world
            self._gate.open(loaded.app)
            self._on_load(loaded)
        except Exception as error:
            self.failure = error
            self.should_exit = True
        else:
            asyncio.get_running_loop().call_later(_HEAD_START, self._world.keys.start)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._loading is not None:
            self._loading.cancel()
        self._gate.close()
        if self._world is not None:
            self._world.outbox.close()
        try:
            async with asyncio.timeout(_PATIENCE):
                await super().shutdown(sockets)
        except TimeoutError:
            for task in self.server_state.tasks:
                task.cancel()
        if self._world is not None:
            self._world.keys.stop()
            self._world.triggers.stop()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Unlike uvicorn's own: a signal that was obeyed is not raised again, so that the command ends with 0.
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._obey) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _obey(self, _: int, __: FrameType | None) -> None:
        self.should_exit = True


def _config(gate: Gate, idle: float) -> uvicorn.Config:
    return uvicorn.Config(
        gate,
        http=protocol(idle),
        h11_max_incomplete_event_size=LONGEST_HEAD,
        loop="none",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        headers=[("server", f"cognito-emulator/{__version__}")],
    )


def _on_thread(work: Callable[[], Loaded]) -> asyncio.Future[Loaded]:
    """The result of `work`, done on a thread that does not keep the process from ending."""
    result: Future[Loaded] = Future()
    result.set_running_or_notify_cancel()  # a server that stops early cancels the wait, not the work

    def run() -> None:
        try:
            result.set_result(work())
        except BaseException as error:
            result.set_exception(error)

    threading.Thread(target=run, name="load", daemon=True).start()
    return asyncio.wrap_future(result)


def load(settings: Settings, port: int, url: str, seeds: Callable[[], Sequence[Seed]]) -> Loaded:
    """Return a world with its baseline made; no request reaches it before.

    Raises:
        SeedError
    """
    from cognito_emulator.app import create_app
    from cognito_emulator.seed.apply import at_once
    from cognito_emulator.world import World

    world = World(settings)
    world.public_url = settings.public_url or url
    world.bound_url = local_url(settings.host, port)
    app = create_app(world)
    sown = seeds()
    for seed in sown:
        at_once(app.baseline.add(seed, at_once=True))
    return Loaded(world, app, sown)


def _url_at_hand(settings: Settings, sockets: Listening) -> str:
    """The address that is shown and issued, unless --public-url says another; it answers on this machine."""
    return f"http://localhost:{sockets.port}" if sockets.at_localhost else local_url(settings.host, sockets.port)


def new_loop() -> asyncio.AbstractEventLoop:
    """uvloop's where it is installed."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


def parse_seeds(settings: Settings) -> list[Seed]:
    """The seeds that the settings name; an entry of several lines, or in braces, is a seed itself, not its path.

    Raises:
        SeedError
    """
    if settings.no_seed:
        return []
    from cognito_emulator.seed import parse_default, parse_files, parse_text

    if not settings.seeds:
        return [parse_default()]
    inline = [seed for seed in settings.seeds if "\n" in seed or seed.lstrip().startswith("{")]
    paths = [seed for seed in settings.seeds if seed not in inline]
    return [*([parse_files(paths)] if paths else []), *(parse_text(seed, "seed", Path.cwd()) for seed in inline)]


def local_url(host: str, port: int) -> str:
    """Where the emulator answers from this machine, without a slash at the end."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not listened on
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def serve_until_stopped(
    settings: Settings,
    sockets: Listening,
    seeds: Callable[[], Sequence[Seed]],
    on_ready: Callable[[Running], None],
) -> None:
    """Serve on bound sockets; `on_ready` is called on the loop's thread once everything is loaded.

    Raises:
        SeedError, CannotUseTls, or what `on_ready` raises
    """
    port, tls_port = sockets.port, sockets.tls_port
    url = _url_at_hand(settings, sockets)
    host = urlsplit(url).netloc.rpartition(":")[0]

    def ready(loaded: Loaded) -> None:
        loop = asyncio.get_running_loop()
        on_ready(Running(loaded.world, loaded.app.baseline, loaded.seeds, port, server, loop, tls_port, host))

    def has_custom_domain(name: str) -> bool:
        return server.has_custom_domain(name)

    tls = (sockets.tls, _tls_context(settings, sockets, has_custom_domain)) if sockets.tls else None
    server = _Server(Gate(), lambda: load(settings, port, url, seeds), ready, settings.idle_timeout, tls)
    await server.serve(sockets.plain)
    if server.failure is not None:
        raise server.failure


def _tls_context(settings: Settings, sockets: Listening, has_custom_domain: Callable[[str], bool]) -> ssl.SSLContext:
    """Raises: CannotUseTls."""
    from cognito_emulator.ports import tls  # brings certificates along

    if settings.tls_cert is not None and settings.tls_key is not None:
        return tls.load(Path(settings.tls_cert), Path(settings.tls_key))
    own = () if sockets.at_localhost else (settings.host,)
    return tls.by_name(tls.Authority(Path(settings.tls_dir).expanduser()), has_custom_domain, own)


def addresses(running: Running) -> dict[str, object]:
    """Return `url`, `pid`, and `tls_url` where HTTPS is served, as programs on this machine reach the emulator."""
    host = running.world.settings.host
    made: dict[str, object] = {"url": local_url(host, running.port), "pid": os.getpid()}
    if running.tls_port is not None:
        made["tls_url"] = local_url(host, running.tls_port).replace("http://", "https://", 1)
    return made


def open_sockets(settings: Settings) -> Listening:
    """The sockets that the settings ask for.

    Raises:
        CannotListen
    """
    return listen_on(settings.host, settings.port, settings.tls_port if settings.has_tls else None)


def serve(settings: Settings, on_ready: Callable[[Running], None]) -> None:
    """Run in the foreground until SIGINT or SIGTERM.

    Raises:
        CannotListen: the port is taken, or the host is none.
        CannotUseTls: a certificate cannot be used.
        SeedError: a seed is refused.
    """

    def ready(running: Running) -> None:
        gc.freeze()  # a large seed need not be looked through again and again
        on_ready(running)

    sockets = open_sockets(settings)
    try:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(serve_until_stopped(settings, sockets, lambda: parse_seeds(settings), ready))
    finally:
        sockets.close()

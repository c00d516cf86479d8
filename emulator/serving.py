"""Serves one world over HTTP: the sockets, the seeds, uvicorn, and the way out. `emulator.server` and the command
share it."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

import uvicorn

from emulator import __version__
from emulator.app import create_app
from emulator.control.baseline import Baseline
from emulator.seed import Seed, parse_default, parse_files, parse_text
from emulator.settings import Settings
from emulator.sockets import listen
from emulator.world import World

_PATIENCE = 0.5  # seconds for requests under way when the server stops
_HEAD_START = 0.05  # seconds after which keys are made: the first answers come before


@dataclass(frozen=True, slots=True)
class Running:
    """An emulator that answers."""

    world: World
    baseline: Baseline
    seeds: Sequence[Seed]
    port: int
    server: uvicorn.Server
    loop: asyncio.AbstractEventLoop


class _Server(uvicorn.Server):
    """Tells when it answers, lets waiting requests go when it stops, and leaves within a second."""

    def __init__(self, config: uvicorn.Config, world: World, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._world = world
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()
        asyncio.get_running_loop().call_later(_HEAD_START, self._world.keys.start)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._world.outbox.close()
        try:
            async with asyncio.timeout(_PATIENCE):
                await super().shutdown(sockets)
        except TimeoutError:
            for task in self.server_state.tasks:
                task.cancel()
        self._world.keys.stop()

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
    if not settings.seeds:
        return [parse_default()]
    inline = [seed for seed in settings.seeds if "\n" in seed or seed.lstrip().startswith("{")]
    paths = [seed for seed in settings.seeds if seed not in inline]
    return [*([parse_files(paths)] if paths else []), *(parse_text(seed, "seed") for seed in inline)]


async def serve_until_stopped(
    settings: Settings,
    sockets: list[socket.socket],
    seeds: Callable[[], Sequence[Seed]],
    on_ready: Callable[[Running], None],
) -> None:
    port: int = sockets[0].getsockname()[1]
    world = World(settings)
    world.public_url = settings.public_url or f"http://localhost:{port}"
    app = create_app(world)
    sown = seeds()
    for seed in sown:
        await app.baseline.add(seed)
    config = uvicorn.Config(
        app,
        loop="none",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        headers=[("server", f"cognito-emulator/{__version__}")],
    )

    def ready() -> None:
        on_ready(Running(world, app.baseline, sown, port, server, asyncio.get_running_loop()))

    server = _Server(config, world, ready)
    await server.serve(sockets)


def serve(settings: Settings, on_ready: Callable[[Running], None]) -> None:
    """Run in the foreground until SIGINT or SIGTERM.

    Raises:
        CannotListen: the port is taken, or the host is none.
        SeedError: a seed is refused.
    """

    def ready(running: Running) -> None:
        gc.freeze()  # a large seed need not be looked through again and again
        on_ready(running)

    sockets = listen(settings.host, settings.port)
    try:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(serve_until_stopped(settings, sockets, lambda: parse_seeds(settings), ready))
    finally:
        for opened in sockets:
            opened.close()

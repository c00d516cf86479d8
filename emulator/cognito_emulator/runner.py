"""Serve one world over HTTP and HTTPS: its sockets, seeds and servers.

`server` and the command share this.
"""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct

from cognito_emulator.domain.server_names import amazon_certificate, own_names
from cognito_emulator.files import Refused, write_file
from cognito_emulator.lifecycle import Lifecycle, Loaded
from cognito_emulator.ports.collector import put_off
from cognito_emulator.settings import Settings
from cognito_emulator.sockets import Listening, listen_on, names_of_machine

if TYPE_CHECKING:
    from cognito_emulator.app import FrontDoor
    from cognito_emulator.control.baseline import Baseline
    from cognito_emulator.ports.tls import Certificates
    from cognito_emulator.proxy import Proxy
    from cognito_emulator.seed import Seed
    from cognito_emulator.seed.built_in import BuiltIn
    from cognito_emulator.world import World

_SEED_SUFFIXES = (".yaml", ".yml", ".json")

log = logging.getLogger("emulator")


Seeds = Callable[[], "Sequence[Seed | BuiltIn]"]  # reads them


class Running(Struct, frozen=True):
    """An emulator that answers; `stop` ends it, from any thread.

    `host` is its name for programs on this machine, as in a URL.
    """

    world: World
    app: FrontDoor
    seeds: Sequence[Seed | BuiltIn]
    port: int
    stop: Callable[[], None]
    loop: asyncio.AbstractEventLoop
    tls_port: int | None = None
    host: str = "localhost"

    @property
    def baseline(self) -> Baseline:
        return self.app.baseline


def load(settings: Settings, port: int, url: str, seeds: Seeds) -> Loaded:
    """Return a world with its baseline made; no request reaches it before.

    Raises:
        SeedError, CannotUseData
    """
    from cognito_emulator.app import create_app
    from cognito_emulator.world import World

    world = World(settings)
    world.address.fixed = settings.stated_url or url
    world.bound_url = local_url(settings.host, port)
    if settings.data is not None:
        return _load_kept(world, Path(settings.data).expanduser(), seeds)
    app = create_app(world)
    sown = seeds()
    for seed in sown:
        _sow(app, seed)
    return Loaded(world, app, sown)


def _sow(app: FrontDoor, seed: Seed | BuiltIn) -> None:
    """Add a seed to the baseline of an application that no request has reached yet."""
    from cognito_emulator.seed.at_once import at_once

    at_once(app.baseline.add(seed, at_once=True))


def _load_kept(world: World, folder: Path, seeds: Seeds) -> Loaded:
    """Return a world that is kept in a folder.

    The seeds are for an empty one; their handlers are bound in any case.

    Raises:
        CannotUseData, SeedError
    """
    from cognito_emulator import persistence
    from cognito_emulator.app import create_app
    from cognito_emulator.kept_worlds import KeptWorlds
    from cognito_emulator.ports.storage import Storage
    from cognito_emulator.seed.built_in import BuiltIn
    from cognito_emulator.seed.handlers import bind_again

    storage = Storage(folder)
    try:
        sown = seeds()
        if not storage.is_new:
            changed = persistence.resume(world, storage)
            app = create_app(world)
            app.baseline.resume(changed)
            for seed in sown:
                if not isinstance(seed, BuiltIn):  # it names no handlers
                    bind_again(world, seed)
            KeptWorlds(folder).resume(app.worlds)
            return Loaded(world, app, ())
        app = create_app(world)
        for seed in sown:
            _sow(app, seed)
        persistence.begin(world, storage)
        KeptWorlds(folder).resume(app.worlds)
    except BaseException:
        storage.close()
        raise
    return Loaded(world, app, sown)


def _url_at_hand(settings: Settings, sockets: Listening) -> str:
    """Return the address that is shown and issued, which answers on this machine.

    --public-url may set another.
    """
    return f"http://localhost:{sockets.port}" if sockets.at_localhost else local_url(settings.host, sockets.port)


def new_loop() -> asyncio.AbstractEventLoop:
    """Make an event loop: uvloop's where it is installed."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


def start_seeds(settings: Settings) -> Sequence[Seed | BuiltIn]:
    """Return the seeds that the settings name.

    The built-in one is there as its records, where nothing changes them.

    Raises:
        SeedError
    """
    is_named = settings.no_seed or settings.seeds or settings.import_file or seeds_in(settings.seeds_dir)
    if not is_named and settings.data is None:
        from cognito_emulator.seed import built_in

        if built_in.fits(settings):
            return [built_in.BuiltIn()]
    return parse_seeds(settings)


def parse_seeds(settings: Settings) -> list[Seed]:
    """Read the seeds that the settings name.

    An entry of several lines, or in braces, is a seed itself, not its path.

    Raises:
        SeedError
    """
    imported = _imported(settings)
    if settings.no_seed or (imported and not settings.seeds):
        return imported
    from cognito_emulator.seed import parse_default, parse_files, parse_text
    from cognito_emulator.seed.importing.options import Options

    if not settings.seeds:
        found = seeds_in(settings.seeds_dir)
        return [parse_files(found)] if found else [parse_default()]
    inline = [seed for seed in settings.seeds if "\n" in seed or seed.lstrip().startswith("{")]
    paths = [seed for seed in settings.seeds if seed not in inline]
    texts = [parse_text(seed, "seed", Path.cwd()) for seed in inline]
    options = Options(region=settings.region, account=settings.account)
    return [*([parse_files(paths, options)] if paths else []), *texts, *imported]


def seeds_in(folder: str | None) -> list[str]:
    """Return the paths of the seeds in a folder, by name; hidden files are none."""
    if folder is None or not Path(folder).is_dir():
        return []
    paths = sorted(path for path in Path(folder).iterdir() if path.suffix in _SEED_SUFFIXES and path.is_file())
    return [str(path) for path in paths if not path.name.startswith(".")]


def _imported(settings: Settings) -> list[Seed]:
    """Return the seed of --import.

    There is none where the first end of an emulator is still to write it.

    Raises:
        SeedError
    """
    path = settings.import_file
    if path is None or (path == settings.export_on_exit and not Path(path).exists()):
        return []
    from cognito_emulator.seed import parse_files

    return [parse_files([path])]


def _export(world: World, path: str) -> Refused | None:
    """Write the whole state, keys included, as a seed; return why it failed."""
    from cognito_emulator.seed.export import export
    from cognito_emulator.seed.export_state import as_comment, left_out
    from cognito_emulator.seed.plain import as_yaml

    try:
        head = as_comment(left_out(world, None, secrets=True))
        write_file(path, (head + as_yaml(export(world, secrets=True))).encode())
    except Refused as failure:
        log.error("%s", failure)
        return failure
    return None


def local_url(host: str, port: int) -> str:
    """Return the emulator's URL on this machine, without a slash at the end."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not listened on
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def serve_until_stopped(
    settings: Settings,
    sockets: Listening,
    seeds: Seeds,
    on_ready: Callable[[Running], None],
) -> Refused | None:
    """Serve on bound sockets until the emulator is stopped.

    `on_ready` is called on the loop's thread once everything is loaded.

    Returns:
        Why the file of --export-on-exit could not be written, which is logged too; None where it was, or need not be.

    Raises:
        SeedError, CannotUseTls, CannotUseData, or what `on_ready` raises
    """
    worlds: list[World] = []
    port, tls_port = sockets.port, sockets.tls_port
    url = _url_at_hand(settings, sockets)
    host = urlsplit(url).netloc.rpartition(":")[0]

    def ready(loaded: Loaded) -> None:
        loop = asyncio.get_running_loop()
        worlds.append(loaded.world)
        on_ready(Running(loaded.world, loaded.app, loaded.seeds, port, lifecycle.stop, loop, tls_port, host))

    lifecycle = Lifecycle(lambda: load(settings, port, url, seeds), ready)
    has_own = settings.impersonate or (sockets.tls and settings.tls_cert is None)
    certificates = _certificates(settings, lifecycle.is_served) if has_own else None
    proxy = _proxy(settings, certificates, lifecycle) if settings.impersonate and certificates else None
    servers = [(lifecycle.server(settings.idle_timeout, proxy=proxy), sockets.plain)]
    if sockets.tls:
        context = _tls_context(settings, certificates)
        servers.append((lifecycle.server(settings.idle_timeout, context), sockets.tls))
    failure = None
    try:
        await lifecycle.serve(servers)
    finally:
        if settings.export_on_exit is not None and worlds:
            failure = _export(worlds[0], settings.export_on_exit)
    return failure


def _certificates(settings: Settings, is_served: Callable[[str], bool]) -> Certificates:
    """Make what holds the certificates of the local authority.

    Raises:
        CannotUseTls
    """
    from cognito_emulator.ports import tls  # brings certificates along

    names = own_names(settings.host, settings.stated_url, names_of_machine(settings.host), settings.tls_names)
    return tls.Certificates(tls.Authority(Path(settings.tls_dir).expanduser()), names, is_served)


def _tls_context(settings: Settings, certificates: Certificates | None) -> ssl.SSLContext:
    """Return the TLS context of the HTTPS server.

    It has the user's files, or those of the local authority.

    Raises:
        CannotUseTls
    """
    from cognito_emulator.ports import tls

    if settings.tls_cert is not None and settings.tls_key is not None:
        return tls.load(Path(settings.tls_cert), Path(settings.tls_key))
    assert certificates is not None  # noqa: S101 - made for every server that has no files
    return certificates.context


def _proxy(settings: Settings, certificates: Certificates, lifecycle: Lifecycle) -> Proxy:
    """Make the proxy of --impersonate."""
    from cognito_emulator.ports.public_hosts import reach
    from cognito_emulator.proxy import Proxy

    def is_named(host: str) -> bool:
        return amazon_certificate(host) is not None or lifecycle.is_custom_domain(host)

    return Proxy(certificates, is_named, reach if settings.proxy_others else None)


def addresses(running: Running) -> dict[str, object]:
    """Return `url` and `pid`, and `tls_url` where HTTPS is served.

    Programs on this machine reach the emulator there.
    """
    host = running.world.settings.host
    made: dict[str, object] = {"url": local_url(host, running.port), "pid": os.getpid()}
    if running.tls_port is not None:
        made["tls_url"] = local_url(host, running.tls_port).replace("http://", "https://", 1)
    return made


def open_sockets(settings: Settings) -> Listening:
    """Open the sockets that the settings ask for.

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
        Refused: the file of --export-on-exit cannot be written.
        CannotUseData: the data folder cannot be used.
    """

    loading = ExitStack()

    def ready(running: Running) -> None:
        loading.close()
        on_ready(running)

    sockets = open_sockets(settings)
    try:
        # Neither modules nor a large seed need to be looked through again and again.
        with loading, asyncio.Runner(loop_factory=new_loop) as runner:
            loading.enter_context(put_off())
            failure = runner.run(serve_until_stopped(settings, sockets, lambda: start_seeds(settings), ready))
    finally:
        sockets.close()
    if failure is not None:
        raise failure

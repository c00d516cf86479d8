"""`Emulator`: an emulator on a thread of its own, for plain Python and tests.

    with Emulator(seed="seed.yaml") as emulator:
        cognito = emulator.client()
        cognito.sign_up(ClientId="…", Username="ann", Password="…")
        code = emulator.code_for("ann")

The world belongs to the thread of its event loop; everything else enters through the loop.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from cognito_emulator.emulator_clock import EmulatorClock
from cognito_emulator.for_tests import ForTests
from cognito_emulator.ports.collector import put_off_for_imports
from cognito_emulator.runner import (
    Running,
    addresses,
    local_url,
    new_loop,
    open_sockets,
    serve_until_stopped,
    start_seeds,
)
from cognito_emulator.server_faults import FaultMethods
from cognito_emulator.server_risks import RiskMethods
from cognito_emulator.settings import Settings
from cognito_emulator.sockets import Listening
from cognito_emulator.world import World

if TYPE_CHECKING:
    from cognito_emulator.control.baseline import Scope
    from cognito_emulator.in_process import InProcess
    from cognito_emulator.python_triggers import Handler
    from cognito_emulator.seed import Seed
    from cognito_emulator.seed.built_in import BuiltIn

T = TypeVar("T")
SeedSource = str | Path | Mapping[str, Any]


class Emulator(ForTests, FaultMethods, RiskMethods):
    """An emulator on a thread of its own, for Python and tests; a context manager.

    Args:
        settings: all settings; without, the defaults with a free port and no seed.
        seed: the path of a seed file, or what such a file would hold as a mapping; added to the settings' seeds.
        port: a fixed port (0: a free one).
        overrides: single settings by name, such as `issuer="aws"` or `code="123456"`.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        seed: SeedSource | None = None,
        port: int | None = None,
        **overrides: Any,
    ) -> None:
        base = settings or Settings(port=0, no_seed="seeds" not in overrides)
        if port is not None:
            overrides["port"] = port
        self.settings = replace(base, **overrides)
        self.clock = EmulatorClock(self)
        self._seed = seed
        self._running: Running | None = None
        self._thread: threading.Thread | None = None
        self._session: Any = None
        self._clients: dict[tuple[str, str], Any] = {}
        self._calls: InProcess | None = None
        self._lock = threading.Lock()
        self._requests_since = 0.0  # the machine's counter when the scope began whose requests are shown

    def __repr__(self) -> str:
        return f"<Emulator at {self.url}>" if self._running else "<Emulator, not running>"

    # --- life ----------------------------------------------------------------------------------------

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Emulator:
        """Start, and return when it answers.

        Raises:
            CannotListen, CannotUseTls, CannotUseData, SeedError: the port is taken; a certificate, folder, seed is bad.
        """
        if self._thread is not None:
            raise RuntimeError("The emulator is running already.")
        sockets = open_sockets(self.settings)
        started: Future[Running] = Future()
        self._thread = threading.Thread(
            target=self._work, args=(sockets, started), name="cognito-emulator", daemon=True
        )
        self._thread.start()
        try:
            with put_off_for_imports():
                self._running = started.result()
        except BaseException:
            self._thread.join()
            self._thread = None
            raise
        return self

    def _work(self, sockets: Listening, started: Future[Running]) -> None:
        try:
            with asyncio.Runner(loop_factory=new_loop) as runner:
                runner.run(serve_until_stopped(self.settings, sockets, self._seeds, started.set_result))
        except BaseException as error:
            if started.done():
                raise
            started.set_exception(error)
        finally:
            sockets.close()

    def _seeds(self) -> Sequence[Seed | BuiltIn]:
        return [*start_seeds(self.settings), *([] if self._seed is None else [_parse(self._seed)])]

    def stop(self) -> None:
        """Stop; what it held is gone. Does nothing if it does not run."""
        if self._thread is None or self._running is None:
            return
        self._running.stop()
        self._thread.join()
        self._thread = self._running = self._calls = None
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def _now_running(self) -> Running:
        if self._running is None:
            raise RuntimeError("The emulator is not running: use it as a context manager, or call start().")
        return self._running

    def _await(self, work: Coroutine[Any, Any, T]) -> T:
        __tracebackhide__ = True  # a traceback of pytest ends in the test
        if threading.current_thread() is self._thread:
            work.close()
            raise RuntimeError("The emulator's own thread cannot wait for itself.")
        try:
            return asyncio.run_coroutine_threadsafe(self.world.when_kept(work), self._now_running().loop).result()
        except ValueError as error:
            from cognito_emulator.flows.tokens.made_tokens import CannotExist

            if isinstance(error, CannotExist):  # the sentence says all; the frames inside say nothing
                raise error.with_traceback(None) from None
            raise

    def _schedule(self, work: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._now_running().loop))

    def on_loop(self, work: Callable[[], T]) -> T:
        """Call `work` on the thread that owns the world, and return its result."""
        __tracebackhide__ = True

        async def called() -> T:
            return work()

        return self._await(called())

    # --- where it is ---------------------------------------------------------------------------------

    @property
    def world(self) -> World:
        return self._now_running().world

    @property
    def port(self) -> int:
        """The port of HTTP."""
        return self._now_running().port

    @property
    def url(self) -> str:
        """Where it answers from this machine, without a slash at the end."""
        return local_url(self.settings.host, self.port)

    @property
    def tls_url(self) -> str:
        """Where it answers by HTTPS (`tls=True`), without a slash at the end.

        Raises:
            RuntimeError: it does not.
        """
        url = self.addresses().get("tls_url")
        if url is None:
            raise RuntimeError("The emulator does not answer by HTTPS: start it with tls=True.")
        return str(url)

    def addresses(self) -> dict[str, object]:
        """Return `url` and `pid`, and `tls_url` where HTTPS is served, as in a ready file."""
        return addresses(self._now_running())

    def client(self, service: str = "cognito-idp", region: str | None = None, **options: Any) -> Any:
        """Return the boto3 client of a service and Region, or a new one with `options`.

        Raises:
            RuntimeError: boto3 is not installed.
        """
        with self._lock:
            key = (service, region or self.settings.region)
            if options or key not in self._clients:
                made = self._make_client(*key, options)
                if options:
                    return made
                self._clients[key] = made
            return self._clients[key]

    def _make_client(self, service: str, region: str, options: dict[str, Any]) -> Any:
        try:
            with put_off_for_imports():
                from boto3.session import Config

                from cognito_emulator.boto3_session import make_session
        except ImportError:
            raise RuntimeError("Emulator.client needs boto3: install it, or cognito-emulator[pytest].") from None
        self._session = self._session or make_session()
        config = Config(proxies={})  # the proxy of HTTP_PROXY is not for this machine's own ports
        config = config.merge(options.pop("config", None) or Config())
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return self._session.client(
            service, **{"endpoint_url": self.url, "region_name": region, "config": config, **keys, **options}
        )

    def call_api(self, idp: Any, method: str, members: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call a method of `client()`, without a connection where that tells nothing else."""
        __tracebackhide__ = True
        from cognito_emulator.in_process import InProcess, call_by_boto3, is_plain  # with the first pool of a test

        running = self._now_running()
        if running.world.faults or not is_plain(members):  # boto3 tries again, and checks types
            return call_by_boto3(idp, method, members)
        with self._lock:
            calls = self._calls = self._calls or InProcess(running.app, running.loop, (self.settings.host, self.port))
        return calls.call(idp, method, members)

    # --- what tests look at, and change ----------------------------------------------------------------

    def reset(self) -> None:
        """Go back to the seeds of the start, the machine's time and an empty outbox."""

        async def reset() -> None:
            baseline = self._now_running().baseline
            async with baseline.alone:
                await baseline.reset_slowly()

        self._await(reset())

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Undo at the end of a block what it has changed.

        That is state, clock, messages, keys and functions.

        A reset inside goes back to the seeds; at the end all comes back that was there when the block began.
        """
        running = self._now_running()
        began = self._requests_since

        async def begin() -> Scope:
            async with running.baseline.alone:
                return running.baseline.begin()

        async def end(scope: Scope) -> None:
            async with running.baseline.alone:
                await running.baseline.end_slowly(scope)

        scope = self._await(begin())
        self._requests_since = time.perf_counter()
        try:
            with self.functions_put_back():
                yield
        finally:
            self._requests_since = began
            self._await(end(scope))

    def seed(self, seed: SeedSource, *, baseline: bool = False) -> None:
        """Add a seed, whole or not at all; with `baseline`, to the restored baseline.

        Raises:
            SeedError
        """
        parsed, running = _parse(seed), self._now_running()
        self._await(running.baseline.add(parsed) if baseline else running.baseline.sow(parsed))

    # --- Lambda triggers ---------------------------------------------------------------------------------

    def trigger(
        self, name: str, function: Handler | None = None, *, pool: str, version: str = "V1_0"
    ) -> Callable[[Handler], Handler]:
        """Make `function(event, context)` a Lambda trigger of a pool; also as a decorator.

        The pool's other settings stay as they are. Where a custom sender needs a KMS key, the pool gets one.

        Args:
            name: as in LambdaConfig: PreSignUp, CustomMessage, PreTokenGeneration, CustomEmailSender, ...
            function: called on a thread, where it may call the emulator; an `async def` on the emulator's own.
            pool: the pool's id.
            version: of the event, for triggers that have more than one (PreTokenGeneration: V1_0, V2_0, V3_0).

        Raises:
            ValueError, LookupError: there is no such trigger; no such pool.
        """

        from cognito_emulator.python_triggers import set_trigger

        def give(given: Handler) -> Handler:
            self.on_loop(lambda: set_trigger(self.world, pool, name, given, version))
            return given

        if function is not None:
            give(function)
        return give

    def on_lambda(self, arn: str, function: Handler | None = None) -> Callable[[Handler], Handler]:
        """Run `function(event, context)` as Lambda function `arn`; also a decorator."""

        from cognito_emulator.ports.lambda_callable import CallableFunction

        def give(given: Handler) -> Handler:
            self.on_loop(lambda: self.world.triggers.bind(arn, CallableFunction(given)))
            return given

        if function is not None:
            give(function)
        return give

    def decrypt(self, code: str) -> str:
        """Return the plain text of a custom sender's `request.code`.

        Raises:
            ValueError: it is none of this emulator.
        """
        return self.on_loop(lambda: self.world.kms.decrypt_code(code))

    def functions_settled(self) -> None:
        """Wait for the functions that no request waits for: custom senders."""
        self._await(self.world.triggers.settled())

    @contextmanager
    def functions_put_back(self) -> Iterator[None]:
        """Forget afterwards the callables that are made functions inside."""
        before = self.on_loop(self.world.triggers.bindings)
        try:
            yield
        finally:
            if self.on_loop(self.world.triggers.bindings) != before:
                from cognito_emulator.python_triggers import put_back

                self.on_loop(lambda: put_back(self.world.triggers, before))

    def jwks(self, pool_id: str) -> dict[str, Any]:
        """Return the pool's public keys."""

        async def keys() -> dict[str, Any]:
            return dict((await self.world.keys.of(pool_id)).jwks())

        if pool_id not in self.world.store.pools:
            raise LookupError(f"There is no pool {pool_id}.")
        return self._await(keys())


def _parse(seed: SeedSource) -> Seed:
    from cognito_emulator.seed import parse_files, parse_mapping  # with the first seed of this kind

    return parse_mapping(seed, base=Path.cwd()) if isinstance(seed, Mapping) else parse_files([seed])

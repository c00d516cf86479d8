"""A world behind real HTTP, for tests: uvicorn on a thread, one server for the session, reset for each test."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import boto3
import uvicorn
from botocore.config import Config

from cognito_emulator.app import create_app
from cognito_emulator.connections import protocol
from cognito_emulator.ports.keys import KeySet, make_key_set
from cognito_emulator.wire.registry import Caller, call
from cognito_emulator.world import World

T = TypeVar("T")
ACCOUNT = "000000000000"
REGION = "us-east-1"


def key_sets_in_turn(count: int = 8) -> Callable[[], KeySet]:
    """Makes `count` key sets and then hands them out again: making one takes 0.1 s, and tests have thousands of pools.

    Pools that a test makes one after another have keys of their own, as on AWS.
    """
    made: deque[KeySet] = deque()

    def next_set() -> KeySet:
        made.append(make_key_set() if len(made) < count else made.popleft())
        return made[-1]

    return next_set


class Running:
    """A world that answers on a free port of 127.0.0.1."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._loop = asyncio.new_event_loop()
        config = uvicorn.Config(
            create_app(world), host="127.0.0.1", port=0, log_level="warning", lifespan="off", http=protocol(0)
        )
        self._server = uvicorn.Server(config)
        self._server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._server.serve(),), daemon=True)
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the server did not start")
            self._thread.join(0.005)
        self.port: int = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        world.address.fixed = world.settings.stated_url or self.url
        self.baseline = world.store.snapshot()

    def run(self, work: Awaitable[T]) -> T:
        """Run a coroutine on the server's loop: the only thread that may touch the world's state."""

        async def awaited() -> T:
            return await work

        return asyncio.run_coroutine_threadsafe(awaited(), self._loop).result(30)

    def call(self, operation: str, service: Any = "cognito-idp", **members: Any) -> Any:
        """Run an operation without HTTP; a fast way to build what a test needs."""
        return self.run(call(self.world, service, operation, members, Caller(ACCOUNT, REGION)))

    def reset(self) -> None:
        async def on_loop() -> None:
            self.world.store.restore(self.baseline)
            self.world.clock.reset()
            self.world.outbox.clear()
            self.world.exported_logs.clear()
            self.world.faults.remove()
            self.world.metrics.clear()

        self.run(on_loop())

    def client(
        self, service: str = "cognito-idp", region: str = REGION, access_key: str = "test", *, endpoint_path: str = ""
    ) -> Any:
        """A boto3 client of this server, without retries."""
        return boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{self.port}{endpoint_path}",
            region_name=region,
            aws_access_key_id=access_key,
            aws_secret_access_key="test",
            config=Config(retries={"max_attempts": 1}, parameter_validation=False),
        )

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self.world.keys.stop()
        self.world.crypto.stop()
        self.world.triggers.stop()
        self._loop.close()

"""The emulator under attack: the real server on a thread of this process, so that its state can be looked at."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any, TypeVar

import pytest

from cognito_emulator.domain.limits import Rates
from cognito_emulator.domain.table import Key, Table
from cognito_emulator.ports.ids import ScriptedIds
from cognito_emulator.ports.keys import Keys
from cognito_emulator.server import Emulator
from cognito_emulator.world import World
from tests.attack import hosted
from tests.attack.functions import Functions
from tests.attack.providers import HostileWeb
from tests.contract.playground import CODE, Playground, Tables
from tests.helpers.harness import Running, key_sets_in_turn
from tests.helpers.store_differences import differences

T = TypeVar("T")
Touched = dict[tuple[str, Key], tuple[Table[Any], Any]]


class Heard(logging.Handler):
    """The failures that the emulator has logged since they were last asked for."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = "".join(traceback.format_exception(record.exc_info[1], limit=-8)) if record.exc_info else ""
        self.records.append(f"{record.getMessage()}\n{text}")

    def take(self) -> str:
        found, self.records = self.records, []
        return "\n".join(found)


class Target(Running):
    """An emulator with the playground in it. Everything random in it repeats itself for the same seed, but for keys."""

    def __init__(self, seed: int) -> None:
        self.emulator = Emulator(code=CODE, log_codes=False)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("cognito_emulator.world.RandomIds", lambda code: ScriptedIds(seed, code))
            patch.setattr("cognito_emulator.world.Keys", lambda: Keys(key_sets_in_turn()))
            self.emulator.start()
        self.world: World = self.emulator.world
        self.port, self.url = self.emulator.port, self.emulator.url
        self.web = HostileWeb()
        self.world.web = self.world.documents = self.web
        running = self.emulator._now_running()
        self._loop, self._front = running.loop, running.baseline
        self.heard = Heard()
        self._loggers = [logging.getLogger(name) for name in ("emulator", "uvicorn.error")]
        for logger in self._loggers:
            logger.addHandler(self.heard)
            logger.propagate = False  # a test keeps what it hears to the end
        self.touched: Touched = {}
        self.functions = Functions()
        self.ground = Ground(self)
        self.functions.wild = self.web.wild = True
        self.hosted = self.ground.hosted
        self.baseline = self.ground.baseline
        self._begins = self.world.clock.now()
        self._watch()

    def stop(self) -> None:
        for logger in self._loggers:
            logger.removeHandler(self.heard)
            logger.propagate = True
        self.emulator.stop()

    def begin(self, seed: str) -> None:
        """Everything as it was made, also what control requests have changed."""

        async def on_loop() -> None:
            world = self.world
            world.store.restore(self.baseline)
            self._front._snapshot, self._front._pools = self.baseline, self._front._pool_ids()
            world.clock.freeze(self._begins)
            world.outbox.clear()
            world.exported_logs.clear()
            world.rates = Rates()
            world.keys.forget(self._front._pools)
            rng = Random(seed)
            world.ids._random = rng  # type: ignore[attr-defined]
            self.web.now = self._begins
            self.web.rng = self.functions.rng = Random(seed)
            self.touched.clear()

        self.run(on_loop())

    def on_loop(self, work: Callable[[], T]) -> T:
        return self.emulator.on_loop(work)

    def loop_seconds(self) -> float:
        """How long the loop's thread has computed, whatever else the machine does."""
        thread = self.emulator._thread
        assert thread is not None
        assert thread.ident is not None
        if not hasattr(time, "pthread_getcpuclockid"):  # pragma: no cover - not on Windows
            return 0.0
        return time.clock_gettime(time.pthread_getcpuclockid(thread.ident))

    def changes(self) -> list[str]:
        """What the requests since `touched` was emptied have changed, but for what AWS keeps of a refused one."""
        before: Tables = {}
        after: Tables = {}
        for (name, key), (table, old) in list(self.touched.items()):
            for rows, record in ((before, old), (after, table.get(key))):
                rows.setdefault(name, {}).update({} if record is None else {key: record})
        return differences(before, after)

    def _watch(self) -> None:
        """Remember the old value of each row that a request changes; background work belongs to none.

        By the two steps that changes take, the undoing of one too: what is undone is no change.
        """
        background = self.world.background

        def watched(table: Table[Any]) -> None:
            plain, insert = table._apply, table._insert

            def note(key: Key, old: Any) -> None:
                if asyncio.current_task() not in background._tasks:
                    self.touched.setdefault((table.name, key), (table, None if old is None else old[1]))

            def apply(key: Key, old: Any, new: Any) -> None:
                note(key, old)
                plain(key, old, new)

            def inserted(key: Key, row: Any) -> None:
                note(key, None)
                insert(key, row)

            table._apply = apply  # type: ignore[method-assign]
            table._insert = inserted  # type: ignore[method-assign]

        for table in vars(self.world.store).values():
            if isinstance(table, Table):
                watched(table)


class Ground(Playground):
    """The playground inside that emulator."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self.world = target.world
        self.ids = target.world.ids  # type: ignore[assignment]
        self.fill()

    def fill(self) -> None:
        super().fill()
        self.hosted = hosted.build(self)
        hosted.build_passkeys(self)
        hosted.build_replicated(self)
        hosted.build_triggered(self, self._target.functions)
        self.baseline = self._target.on_loop(self.world.store.snapshot)

    def run(self, work: Awaitable[T]) -> T:
        return self._target.run(work)

"""Worlds: separate emulators in one process, each below a path of its own.

`/_emulator/worlds` lists and drops them (`world_routes`).

    /…               the first world
    /w/worker3/…     another one: made at its first request (`new_worlds`), from the first world's baseline

Parallel tests share one server so. Such a world has its own records, clock, messages, journal and history. It shares
with the first one what is slow to make and never changes: the signing keys of the baseline's pools. With a data folder
each world is kept in a folder of its own (`Keeping`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from cognito_emulator.control.baseline import Baseline
from cognito_emulator.control.new_worlds import why_not
from cognito_emulator.domain.identity_pools import issuer_name
from cognito_emulator.logs import WORLD
from cognito_emulator.ports.shared_keys import SharedKeys
from cognito_emulator.prefix import App, Message, Prefixed, Receive, Send
from cognito_emulator.wire.headers import by_name
from cognito_emulator.world import World

MOST = 100
BELOW = "/w/"
_NAME = re.compile(r"[a-z0-9-]{1,32}")


class NoWorld(Exception):
    """A path leads to no world; the text says why."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


class Keeping(Protocol):
    """Keeps worlds in the data folder."""

    async def begin(self, name: str, world: World, at: float) -> None:
        """Keep a world that was made just now.

        Raises:
            NoWorld: there is no room for it.
        """

    async def forget(self, name: str, world: World) -> None:
        """Keep it no longer: it is dropped."""


class Opened(Struct, frozen=True):
    """A world with its face; `at` is the machine's time when it was made."""

    world: World
    app: App
    at: float


class Worlds:
    """The worlds of one server beside the first, by name.

    Args:
        home: the first world.
        baseline: the state in which the others begin.
        face: makes the application of a world.
    """

    def __init__(self, home: World, baseline: Baseline, face: Callable[[World], App]) -> None:
        self._home = home
        self._baseline = baseline
        self._face = face
        self._opened: dict[str, Opened] = {}
        self.keeping: Keeping | None = None
        self._alone = asyncio.Lock()  # a folder is made, or deleted

    def are_below(self, path: str, world: World) -> bool:
        """Return whether a path of a request to `world` is another world's."""
        return world is self._home and path.startswith(BELOW) and path != BELOW

    async def answer(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on to the world that its path names.

        Raises:
            NoWorld
        """
        name = scope["path"].removeprefix(BELOW).partition("/")[0]
        if name not in self._opened and (reason := why_not(by_name(scope["headers"]), self._home)):
            raise NoWorld(reason, 403)
        app = (await self._open(name)).app
        WORLD.set(name)
        await app(scope, receive, send)

    async def _open(self, name: str) -> Opened:
        """Return the world of that name, which is made if there is none.

        Where worlds are kept, a new one is kept before it answers.

        Raises:
            NoWorld: no world may have that name, or there are too many.
        """
        if name in self._opened:
            return self._opened[name]
        async with self._alone:
            if name not in self._opened:
                opened = await self._make(name)
                try:
                    if self.keeping is not None:
                        await self.keeping.begin(name, opened.world, opened.at)
                except NoWorld:
                    opened.world.stop()
                    raise
                self._opened[name] = opened
        return self._opened[name]

    def take_up(self, name: str, at: float, load: Callable[[World], Callable[[App], None]]) -> None:
        """Make a world again that was kept.

        Args:
            at: when it was made.
            load: makes the world what it was, and returns what gives its application the baseline.
        """
        world, shared = self._empty(name)
        give_baseline = load(world)
        shared |= {pool.id for pool in world.store.pools} & {pool.id for pool in self._home.store.pools}
        self._copy_functions(world)
        app = self._face(world)
        give_baseline(app)
        self._opened[name] = Opened(world, Prefixed(app, world.prefix), at)

    def _copy_functions(self, world: World) -> None:
        from cognito_emulator.seed.handlers import copy_bindings  # with the first other world

        copy_bindings(self._home.triggers, world)

    async def _make(self, name: str) -> Opened:
        """Make a world from the baseline.

        Raises:
            NoWorld
        """
        if not _NAME.fullmatch(name):
            raise NoWorld(f"{name[:64]!r} names no world: a name has 1 to 32 characters of a-z, 0-9 and -.")
        if len(self._opened) >= MOST:
            raise NoWorld(f"There are {MOST} worlds already. DELETE /_emulator/worlds/{{name}} drops one.")
        made, shared = self._empty(name)
        shared |= await self._baseline.copy_into(made)
        self._copy_functions(made)
        return Opened(made, Prefixed(self._face(made), made.prefix), made.clock.machine())

    def _empty(self, name: str) -> tuple[World, set[str]]:
        """Return a world without records, and the ids of pools with shared keys.

        Those pools share their keys with the first world.
        """
        home, shared = self._home, {issuer_name.NAME}
        made = World(home.settings, web=home.web, documents=home.documents, workers=home.workers)
        made.stand_below(home, f"{BELOW}{name}")
        made.keys = SharedKeys(home.keys, shared)
        return made, shared

    def opened(self) -> dict[str, Opened]:
        """Return the worlds beside the first, in the order in which they were made."""
        return dict(self._opened)

    def all(self) -> list[World]:
        """Return all worlds, the first one included."""
        return [self._home, *(opened.world for opened in self._opened.values())]

    async def drop(self, name: str) -> bool:
        """Drop a world with all that is in it; return whether there was one.

        Its next request makes it again."""
        opened = self._opened.pop(name, None)
        if opened is None:
            return False
        opened.world.close()
        if self.keeping is not None:
            async with self._alone:
                await self.keeping.forget(name, opened.world)
        opened.world.stop()
        return True

"""Keep the worlds beside the first in the data folder, each in its own folder.

DIR/cognito-emulator.sqlite                     the first world
DIR/worlds/worker3/cognito-emulator.sqlite      /w/worker3/
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cognito_emulator import persistence
from cognito_emulator.app import FrontDoor
from cognito_emulator.control.worlds import NoWorld, Worlds
from cognito_emulator.ports.storage import NAME, CannotUseData, Storage
from cognito_emulator.prefix import App
from cognito_emulator.world import World

FOLDER = "worlds"
_GONE = ".dropped"  # a folder that is being deleted; no world has such a name
_UNAVAILABLE = 503


class KeptWorlds:
    """The folders of the other worlds.

    Args:
        folder: the data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def resume(self, worlds: Worlds) -> None:
        """Take up all worlds that were kept, and keep those that are made from now on.

        Raises:
            CannotUseData: the data of one of them cannot be used.
        """
        worlds.keeping = self
        for folder in self._folder.glob(f"{_GONE}*"):
            _delete(folder)
        found: list[Storage] = []
        try:
            for database in self._folder.glob(f"*/{NAME}"):
                storage = Storage(database.parent)
                if storage.is_new:  # its making was not finished, and it has answered nothing
                    storage.close()
                    _delete(storage.folder)
                else:
                    found.append(storage)
            for storage in sorted(found, key=lambda one: (one.made, one.folder.name)):
                worlds.take_up(storage.folder.name, storage.made, _loader(storage))
        except BaseException:
            for storage in found:
                storage.close()
            raise

    async def begin(self, name: str, world: World, at: float) -> None:
        """Keep a world that was made just now.

        Raises:
            NoWorld: the folder cannot be written.
        """
        try:
            await asyncio.to_thread(self._begin, name, world, at)
        except CannotUseData as error:
            text = str(error)
            raise NoWorld(text[:1].upper() + text[1:], _UNAVAILABLE) from error

    def _begin(self, name: str, world: World, at: float) -> None:
        storage = Storage(self._folder / name)
        try:
            persistence.begin(world, storage, at)
        except BaseException:
            storage.close()
            raise

    async def forget(self, name: str, world: World) -> None:
        """Delete a world's folder.

        Once it has another name the world is gone, even if the process ends then.
        """
        if world.keeper is not None:
            await world.keeper.close()
        await asyncio.to_thread(self._forget, name)

    def _forget(self, name: str) -> None:
        gone = self._folder / f"{_GONE}-{name}"
        with suppress(OSError):
            (self._folder / name).rename(gone)
        _delete(gone)


def _loader(storage: Storage) -> Callable[[World], Callable[[App], None]]:
    """Return what fills a world from its folder.

    It then tells the world's application the baseline.
    """

    def load(world: World) -> Callable[[App], None]:
        changed = persistence.resume(world, storage)

        def give_baseline(app: App) -> None:
            if isinstance(app, FrontDoor):
                app.baseline.resume(changed)

        return give_baseline

    return load


def _delete(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)

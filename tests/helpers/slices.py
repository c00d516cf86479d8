"""Work in slices: what runs between them, and the commits that they make."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest

from cognito_emulator.domain.history import Commit
from tests.helpers.harness import Running

Hook = Callable[[], Awaitable[object] | None]


def hooks_between(running: Running, monkeypatch: pytest.MonkeyPatch) -> list[Hook]:
    """A list of what is called on the loop, each after a slice of its own."""
    hooks: list[Hook] = []
    original = running.world.background.give_way

    async def give_way() -> None:
        await original()
        if hooks and (work := hooks.pop(0)()) is not None:
            await work

    monkeypatch.setattr(running.world.background, "give_way", give_way)
    return hooks


def commits_of(running: Running, monkeypatch: pytest.MonkeyPatch) -> list[Commit]:
    """The commits from now on; a test clears those before what it is about."""
    made: list[Commit] = []
    monkeypatch.setattr(running.world.store.history, "_commit_listeners", [made.append])
    return made


def put_records(running: Running, table: str, records: Iterable[Any]) -> None:
    """Put records into a table, in one write block."""

    async def do() -> None:
        with running.world.store.write():
            for record in records:
                running.world.store.tables()[table].put(record)

    running.run(do())

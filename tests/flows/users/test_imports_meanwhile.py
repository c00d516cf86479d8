"""A job that is stopped while its file is read on a thread stays stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cognito_emulator.domain.users.import_job import ImportJob
from cognito_emulator.flows.users import imports
from tests.helpers.build import setup
from tests.helpers.harness import Running
from tests.helpers.imports import COLUMNS


class Stopping:
    """Workers that let the job be stopped before they begin."""

    def __init__(self, stop: Callable[[], object]) -> None:
        self._stop = stop

    async def run(self, work: Callable[..., Any], *args: Any) -> Any:
        self._stop()
        return work(*args)


@pytest.mark.parametrize("content", [",".join(COLUMNS).encode(), b"wrong", b"\xff"])
def test_it_stays_stopped(running: Running, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    world, pool = running.world, setup(running).pool
    job = ImportJob("import-1", pool, "000000000000", "j", "", 0.0, status="Pending", content=content)

    async def work() -> None:
        with world.store.write():
            world.store.import_jobs.put(job)
        monkeypatch.setattr(world, "workers", Stopping(lambda: imports.stop(world, job)))
        await imports._work(world, job.id)

    running.run(work())
    found = world.store.import_jobs.get(job.id)
    assert found is not None
    assert (found.status, found.log) == ("Stopped", ())

"""Rules for faults, at a server of the tests."""

from __future__ import annotations

from typing import Any

from cognito_emulator.control import faults
from cognito_emulator.ports.journal import Entry
from tests.helpers.harness import Running


def fail(running: Running, **rule: Any) -> str:
    """Add a rule; its id."""

    async def add() -> str:
        return faults.add(running.world.faults, rule)

    return running.run(add())


def struck(running: Running, fault_id: str) -> int:
    """How often a rule has struck."""
    found = running.world.faults.find(fault_id)
    assert found is not None
    return found.struck


def entry_of(running: Running, fault_id: str) -> Entry:
    """The journal's entry of the request that a rule has struck; it is entered after the answer."""
    found = running.run(running.world.journal.wait(lambda entry: entry.fault == fault_id, 10))
    return found[-1]

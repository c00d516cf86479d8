"""Handlers are found in their modules, which are imported at the first call."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from threading import Event, Thread, current_thread, main_thread
from types import ModuleType

import pytest

from cognito_emulator.wire import registry
from cognito_emulator.wire.model import IDP, Service
from cognito_emulator.wire.registry import Operation
from tests.helpers.handlers import copy_table

_SLOW = """
import slow_events
from cognito_emulator.wire.registry import operation

@operation("DescribeThing")
async def describe_thing(world): ...

slow_events.begun.set()
assert slow_events.go_on.wait(10)
"""


def test_a_module_that_another_thread_imports_is_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its first handlers are in the table before what they need is there."""
    (tmp_path / "slow_operations").mkdir()
    (tmp_path / "slow_operations" / "things.py").write_text(_SLOW)
    events = ModuleType("slow_events")
    begun, go_on = Event(), Event()
    vars(events).update(begun=begun, go_on=go_on)
    copy_table(monkeypatch)
    monkeypatch.setitem(sys.modules, "slow_events", events)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(registry, "PACKAGE", "slow_operations")
    found: list[tuple[Operation, bool]] = []
    threads = [
        Thread(target=lambda: found.append((registry._written(IDP, "DescribeThing", "things"), go_on.is_set())))
        for _ in range(2)
    ]
    threads[0].start()
    assert begun.wait(10)
    threads[1].start()
    threads[1].join(0.1)
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert [is_complete for _, is_complete in found] == [True, True]
    assert {entry.name for entry, _ in found} == {"DescribeThing"}


def test_an_operation_is_prepared_on_a_thread_once(monkeypatch: pytest.MonkeyPatch) -> None:
    copy_table(monkeypatch)
    asked: list[tuple[str, bool]] = []
    real = registry._written

    def written(service: Service, name: str, module: str) -> Operation:
        asked.append((name, current_thread() is main_thread()))
        return real(service, name, module)

    monkeypatch.setattr(registry, "_written", written)
    for _ in range(2):
        asyncio.run(registry.prepare(IDP, "SignUp", "DeleteUser", "NoSuchOperation"))
    assert asked == [("SignUp", False), ("DeleteUser", False)]


def test_what_is_not_there_needs_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any caller may name operations that do not exist."""
    copy_table(monkeypatch)
    asyncio.run(registry.prepare(IDP, "ListUsers"))
    monkeypatch.setattr(asyncio, "to_thread", None)
    asyncio.run(registry.prepare(IDP, "ListUsers", "NoSuchOperation"))

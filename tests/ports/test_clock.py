"""The clock: the machine's time, moved, or frozen."""

from __future__ import annotations

import time

import pytest

from cognito_emulator.ports.clock import Clock


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The machine's time, to be moved by hand."""
    now = [1_000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


def test_it_goes_with_the_machine(machine: list[float]) -> None:
    clock = Clock()
    assert (clock.now(), clock.offset, clock.is_frozen) == (1_000, 0, False)
    machine[0] += 5
    assert clock.now() == Clock.machine() == 1_005


def test_moved_it_goes_on(machine: list[float]) -> None:
    clock = Clock()
    clock.advance(60)
    machine[0] += 5
    assert (clock.now(), clock.offset) == (1_065, 60)
    clock.advance(-65)
    assert clock.now() == 1_000
    clock.set(5_000)
    machine[0] += 1
    assert clock.now() == 5_001
    assert Clock.machine() == 1_006


def test_frozen_it_stands_still(machine: list[float]) -> None:
    clock = Clock()
    clock.freeze()
    machine[0] += 5
    assert (clock.now(), clock.is_frozen, clock.offset) == (1_000, True, -5)
    clock.advance(10)
    machine[0] += 5
    assert clock.now() == 1_010
    clock.set(7)
    assert (clock.now(), clock.is_frozen) == (7, True)
    clock.freeze(9)
    assert clock.now() == 9


def test_made_frozen(machine: list[float]) -> None:
    assert Clock(frozen=0.0).now() == 0
    assert Clock(frozen=0.0).is_frozen


def test_reset_is_the_machines_time_again(machine: list[float]) -> None:
    for clock in (Clock(frozen=5.0), Clock()):
        clock.advance(100)
        clock.reset()
        assert (clock.now(), clock.is_frozen, clock.offset) == (1_000, False, 0)


def test_far_from_the_machines_time_is_told_once_after_each_change(machine: list[float]) -> None:
    clock = Clock()
    assert clock.distance_to_tell() is None
    clock.advance(300)
    assert clock.distance_to_tell() is None
    clock.advance(1)
    assert clock.distance_to_tell() == 301
    assert clock.distance_to_tell() is None
    clock.freeze(0)
    assert clock.distance_to_tell() == -1_000
    clock.reset()
    assert clock.distance_to_tell() is None


def test_put_back_as_it_was(machine: list[float]) -> None:
    clock = Clock()
    clock.advance(60)
    moved = clock.state
    clock.freeze(5)
    frozen = clock.state
    clock.state = moved
    assert (clock.now(), clock.is_frozen) == (1_060, False)
    clock.state = frozen
    assert (clock.now(), clock.is_frozen) == (5, True)

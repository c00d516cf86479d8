"""`Emulator.clock`: the emulator's clock for plain Python and tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from cognito_emulator.world import World

T = TypeVar("T")
Time = float | str | datetime
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class Owner(Protocol):
    """The emulator whose clock it is."""

    @property
    def world(self) -> World: ...

    def on_loop(self, work: Callable[[], T]) -> T: ...


class EmulatorClock:
    """The emulator's clock, from any thread.

    A program under test that verifies tokens itself reads the machine's.
    """

    def __init__(self, emulator: Owner) -> None:
        self._emulator = emulator

    def __repr__(self) -> str:
        try:
            clock = self._emulator.world.clock
        except RuntimeError:
            return "<clock of an emulator that does not run>"
        at = datetime.fromtimestamp(clock.now(), UTC).isoformat(timespec="seconds")
        return f"<clock {at}{', frozen' if clock.is_frozen else ''}, {clock.offset:+.0f} s>"

    def now(self) -> float:
        """Return epoch seconds."""
        return self._emulator.on_loop(self._emulator.world.clock.now)

    def advance(self, by: float | str | timedelta) -> None:
        """Move forward by seconds, a timedelta or a text such as "2h" (back if negative)."""
        seconds = seconds_of(by)
        self._emulator.on_loop(lambda: self._emulator.world.clock.advance(seconds))

    def set(self, at: Time) -> None:
        """Go on from epoch seconds, a datetime or an ISO 8601 text."""
        moment = _moment(at)
        self._emulator.on_loop(lambda: self._emulator.world.clock.set(moment))

    def freeze(self, at: Time | None = None) -> None:
        """Stand still, now or at a time as `set` takes it."""
        moment = None if at is None else _moment(at)
        self._emulator.on_loop(lambda: self._emulator.world.clock.freeze(moment))

    def reset(self) -> None:
        """Return to the machine's time."""
        self._emulator.on_loop(self._emulator.world.clock.reset)

    @contextmanager
    def at(self, time: Time | timedelta) -> Iterator[None]:
        """Move the clock for a block of code, and put it back afterwards.

        Args:
            time: how far from now, as a timedelta or a text such as "-2h", "+30m", "90s" or "-1d"; or a time as `set`
                takes it.
        """
        clock = self._emulator.world.clock

        def move() -> tuple[float | None, float]:
            state = clock.state
            target = _target(time, clock.now())
            clock.set(target)
            return state

        state = self._emulator.on_loop(move)
        try:
            yield
        finally:
            self._emulator.on_loop(lambda: setattr(clock, "state", state))


def _moment(at: Time) -> float:
    from cognito_emulator.control.clock import moment_of  # with Starlette, which few tests need

    return moment_of(at)


def _target(time: Time | timedelta, now: float) -> float:
    """Return the time that is meant, in epoch seconds."""
    if isinstance(time, timedelta) or (isinstance(time, str) and time[-1:] in _UNITS):
        return now + seconds_of(time)
    return _moment(time)


def seconds_of(value: float | str | timedelta) -> float:
    """Return the seconds of a distance in time.

    It is a number, a timedelta, or a text such as "-2h" or "1.5d".

    Raises:
        ValueError
    """
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, str):
        try:
            return float(value[:-1]) * _UNITS[value[-1:]]
        except (KeyError, ValueError):
            text = f"A distance in time is a number with s, m, h or d, such as '-2h', not {value!r}."
            raise ValueError(text) from None
    return float(value)

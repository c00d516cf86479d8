"""The clock for everything that expires.

Tests and `PUT /_emulator/clock` can freeze and move it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

ClockState = tuple[float | None, float]

FAR = 300.0  # seconds: what verifiers of tokens commonly tolerate


class Clock:
    """Seconds since the epoch: the machine's time plus an offset, or a frozen instant."""

    def __init__(self, frozen: float | None = None) -> None:
        self._frozen = frozen
        self._offset = 0.0
        self._told = False  # that it is far from the machine's time
        self._listeners: list[Callable[[ClockState], object]] = []

    def now(self) -> float:
        return self._frozen if self._frozen is not None else time.time() + self._offset

    @staticmethod
    def machine() -> float:
        """Return the machine's own time, whatever this clock was set to.

        Clients on the machine put that time into their requests.
        """
        return time.time()

    @property
    def is_frozen(self) -> bool:
        return self._frozen is not None

    @property
    def offset(self) -> float:
        """Seconds ahead of the machine's time (0 unless it was moved)."""
        return self.now() - time.time() if self.is_frozen else self._offset

    def freeze(self, at: float | None = None) -> None:
        """Stop at `at` or now."""
        self.state = self.now() if at is None else at, self._offset

    def set(self, at: float) -> None:
        """Continue from `at`; a frozen clock stays frozen there."""
        self.state = (at, self._offset) if self._frozen is not None else (None, at - time.time())

    def advance(self, seconds: float) -> None:
        """Move forward (or back) by `seconds`."""
        self.set(self.now() + seconds)

    def reset(self) -> None:
        """Return to the machine's time."""
        self.state = None, 0.0

    def on_change(self, listener: Callable[[ClockState], object]) -> None:
        """Call `listener` with the state before each change."""
        self._listeners.append(listener)

    @property
    def state(self) -> ClockState:
        """The instant at which the clock is frozen, or None, and the offset."""
        return self._frozen, self._offset

    @state.setter
    def state(self, state: ClockState) -> None:
        before = self.state
        self._frozen, self._offset = state
        self._told = False
        for listener in self._listeners:
            listener(before)

    def distance_to_tell(self) -> float | None:
        """Return how far it is from the machine's time, in seconds.

        None where that is not far, or was returned since the last change of the clock.
        """
        distance = self.offset
        if self._told or abs(distance) <= FAR:
            return None
        self._told = True
        return distance

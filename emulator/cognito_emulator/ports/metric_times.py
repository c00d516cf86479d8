"""When the data points of metrics came, by the emulator's clock, minute by minute."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

MINUTE, HOUR = 60, 3_600
# How many periods are looked back on: an hour by minutes, a day by hours.
SHOWN = {MINUTE: 60, HOUR: 24}
MOST = 1_440  # minutes that are kept of a metric


class Period(Struct, frozen=True, gc=False):
    """The data points of a period: when it began, their sum and their number."""

    start: int
    sum: int
    number: int


class Times:
    """Sums and numbers of data points by metric, whatever its dimensions are."""

    def __init__(self) -> None:
        self._minutes: dict[str, dict[int, list[int]]] = {}

    def add(self, name: str, value: int, now: float) -> None:
        """Note a data point."""
        minutes = self._minutes.get(name)
        if minutes is None:
            minutes = self._minutes[name] = {}
        minute = int(now // MINUTE)
        point = minutes.get(minute)
        if point is None:
            if len(minutes) >= MOST:
                del minutes[next(iter(minutes))]
            point = minutes[minute] = [0, 0]
        point[0] += value
        point[1] += 1

    def names(self) -> Sequence[str]:
        """List the metrics that have data points."""
        return sorted(self._minutes)

    def periods(self, name: str, length: int, now: float) -> Sequence[Period]:
        """List the newest periods of a metric that have data points, oldest first.

        Args:
            length: seconds of a period, one of `SHOWN`.
        """
        last = int(now // length)
        sums: dict[int, list[int]] = {}
        for minute, (total, number) in self._minutes.get(name, {}).items():
            found = sums.setdefault(minute * MINUTE // length, [0, 0])
            found[0] += total
            found[1] += number
        near = sorted(at for at in sums if last - SHOWN[length] < at <= last)
        return [Period(at * length, *sums[at]) for at in near]

    def clear(self) -> None:
        self._minutes.clear()

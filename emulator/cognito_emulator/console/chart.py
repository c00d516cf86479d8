"""Draw what happened lately: a bar for each minute of an hour, or hour of a day."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from cognito_emulator.domain import metrics as names
from cognito_emulator.ports.metric_times import HOUR, MINUTE, SHOWN, Period
from cognito_emulator.world import World

WIDTH, ABOVE, BELOW = 240, 22, 10  # of the drawing: what succeeded is above its axis, what failed below
_ROWS = (
    ("Sign-ins", names.SIGN_IN + names.SUCCESSES),
    ("Sign-ups", names.SIGN_UP + names.SUCCESSES),
    ("Refreshes", names.REFRESH + names.SUCCESSES),
    ("Federation", names.FEDERATION + names.SUCCESSES),
    ("API calls", names.CALLS),
    ("Throttled", names.THROTTLED_CALLS),
)


class Bar(Struct, frozen=True):
    """A bar of the drawing, from the left edge and from the top."""

    x: float
    y: float
    width: float
    height: float
    is_bad: bool


class Line(Struct, frozen=True):
    """What happened of one kind: numbers of successes and failures, and their bars."""

    title: str
    good: int
    bad: int
    bars: Sequence[Bar]


class Chart(Struct, frozen=True):
    """What happened in `count` periods of `length` seconds.

    `moments` are times, and a number for each line.
    """

    length: int
    count: int
    lines: Sequence[Line]
    moments: Sequence[tuple[int, Sequence[Period | None]]]


def chart_of(world: World) -> Chart | None:
    """Draw the last hour; the last day where nothing is that new; or None.

    It is None where nothing happened.
    """
    now = world.clock.now()
    for length in (MINUTE, HOUR):
        found = [(title, world.metrics.times.periods(name, length, now)) for title, name in _ROWS]
        found = [(title, periods) for title, periods in found if periods]
        if found:
            return _chart(found, length, now)
    return None


def _chart(found: Sequence[tuple[str, Sequence[Period]]], length: int, now: float) -> Chart:
    first = (int(now // length) - SHOWN[length] + 1) * length
    by_start = [{period.start: period for period in periods} for _, periods in found]
    starts = sorted({start for periods in by_start for start in periods}, reverse=True)
    return Chart(
        length,
        SHOWN[length],
        [_line(title, periods, first, length) for title, periods in found],
        [(start, [periods.get(start) for periods in by_start]) for start in starts],
    )


def _line(title: str, periods: Sequence[Period], first: int, length: int) -> Line:
    is_bad = title == "Throttled"
    counts = [(0, one.number) if is_bad else (one.sum, one.number - one.sum) for one in periods]
    most = max(max(pair) for pair in counts)
    step = WIDTH / SHOWN[length]
    bars = []
    for period, (good, bad) in zip(periods, counts, strict=True):
        x = round((period.start - first) // length * step, 2)
        height = round(max(2.0, ABOVE * good / most), 2)
        bars += [Bar(x, ABOVE - height, step - 1, height, is_bad=False)] if good else []
        bars += [Bar(x, ABOVE + 1, step - 1, round(max(2.0, BELOW * bad / most), 2), is_bad=True)] if bad else []
    return Line(title, sum(good for good, _ in counts), sum(bad for _, bad in counts), bars)

"""What a run has measured so far; it prints its lines."""

from __future__ import annotations

import sys
import time
from array import array
from collections.abc import Iterable
from pathlib import Path

from tests.soak.verdict import judge, percentiles, settled
from tests.soak.watch import Sample, look
from tests.soak.worker import Report

_LOOK = 0.5  # seconds between two looks at the process
_HEAD = "   time   requests  errors   req/s      p50      p99    memory  files  data folder"


class Measurements:
    """Answers and samples; those of the calibration count for nothing but the capacity and the ring."""

    def __init__(self, pid: int, data: Path, history: int, settle: float) -> None:
        """Watch the emulator with that process id and data folder; the rest is as for `verdict.settled`."""
        self._pid, self._data, self._history, self._settle = pid, data, history, settle
        self._began = self._turned = time.monotonic()
        self._before = 0  # requests of the calibration
        self._seconds = array("d")
        self._printed = 0  # requests at the last line
        self._errors: list[str] = []
        self._samples: list[Sample] = []

    def collect(self, reports: Iterable[Report]) -> None:
        for report in reports:
            self._seconds.extend(report.seconds)
            self._errors.extend(report.errors)

    def look(self) -> None:
        """Sample the process, unless that was done just now."""
        now = time.monotonic() - self._began
        if not self._samples or now - self._samples[-1].at >= _LOOK:
            self._samples.append(look(self._pid, self._data, now, self._before + len(self._seconds)))

    def calibrated(self) -> float:
        """Return the requests per second so far, and begin to count anew.

        Raises:
            RuntimeError: nothing was answered.
        """
        took = time.monotonic() - self._began
        capacity = len(self._seconds) / took
        if not capacity:
            raise RuntimeError(f"nothing was answered: {self._errors[:1]}")
        _say(f"Capacity {capacity:.0f} requests/s, measured in {took:.0f} s; the load is nine tenths of it.", _HEAD)
        self._before = len(self._seconds)
        self._seconds = array("d")
        self._turned = self._last = time.monotonic()
        return capacity

    def print_line(self) -> None:
        """Print how it goes: percentiles since the last line, counts since the beginning."""
        self._say_line(self._seconds[self._printed :], time.monotonic() - self._last)
        self._printed, self._last = len(self._seconds), time.monotonic()

    def _say_line(self, seconds: array[float], took: float) -> None:
        p50, p99 = percentiles(seconds)
        now = self._samples[-1]
        _say(
            f"{now.at:5.0f} s {len(self._seconds):10d} {len(self._errors):7d} {len(seconds) / took:7.1f} "
            f"{p50:5.1f} ms {p99:5.1f} ms {now.memory:5.1f} MiB {now.files:6d} {now.database:8.1f} MiB"
        )

    def conclude(self) -> int:
        """Print the whole run and the verdict; return 1 where a part of the goal is missed."""
        _say("", "The whole run:", _HEAD)
        self._say_line(self._seconds, max(time.monotonic() - self._turned, 0.001))
        samples = settled(self._samples, self._history, self._settle)
        judgements = judge(self._seconds, self._errors, samples)
        marks = {True: "holds", False: "MISSED", None: "not judged"}
        _say("", *(f"{each.name:10}{marks[each.holds]:12}{each.text}" for each in judgements))
        return int(any(each.holds is False for each in judgements))


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()

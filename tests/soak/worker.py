"""A process that sends journeys over one connection, and tells what it measured."""

from __future__ import annotations

import time
from multiprocessing.connection import Connection as Pipe
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event

from msgspec import Struct

from tests.soak.journey import Connection, UnexpectedAnswer, travel

_TELL = 0.5  # seconds between two reports


class Report(Struct):
    """What a worker measured since its last report: the seconds of each answer, and what went wrong."""

    seconds: list[float]
    errors: list[str]


class Pace:
    """Waits before each request until its turn comes; without a rate it never waits."""

    def __init__(self, rate: Synchronized[float]) -> None:
        """Read the requests per second of this worker from `rate`; 0 is as many as are answered."""
        self._rate = rate
        self._next = 0.0

    def wait(self) -> None:
        rate, now = self._rate.value, time.monotonic()
        if not rate:
            return
        # What is late by more than a second is not caught up with: a pause is no reason for a burst.
        self._next = max(self._next + 1 / rate, now - 1)
        if self._next > now:
            time.sleep(self._next - now)


class Teller:
    """Gathers what is measured, and sends it now and then."""

    def __init__(self, pipe: Pipe) -> None:
        """Send an empty report at once: the worker is ready."""
        self._pipe = pipe
        self.report = Report([], [])
        self.send()

    def send(self) -> None:
        self._pipe.send(self.report)
        self.report, self._sent = Report([], []), time.monotonic()

    def send_if_due(self) -> None:
        if time.monotonic() - self._sent > _TELL:
            self.send()


def work(number: int, port: int, ids: dict[str, str], rate: Synchronized[float], ended: Event, pipe: Pipe) -> None:
    """Send one journey after another until the event is set; send a `Report` now and then."""
    pace, teller, journeys = Pace(rate), Teller(pipe), 0

    def before() -> None:
        teller.send_if_due()
        pace.wait()

    connection = Connection(port, lambda _, seconds: teller.report.seconds.append(seconds), before)
    while not ended.is_set():
        journeys += 1
        try:
            travel(connection, ids["pool"], ids["client"], f"user-{number}-{journeys}")
        except UnexpectedAnswer as error:
            teller.report.errors.append(str(error))
    teller.send()
    pipe.close()

"""`python -m tests.soak`: a mixed load on the real command for minutes; 0 if the goal is reached.

Ctrl-C ends it early, with the verdict on what was measured until then.
"""

from __future__ import annotations

import argparse
import multiprocessing
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from tests.soak.journey import Connection, set_up
from tests.soak.measured import Measurements
from tests.soak.served import served
from tests.soak.worker import Report, work

_SHARE = 0.9  # of the measured capacity
_SETTLE = 200.0  # seconds: the sessions of sign-ins under way end after three minutes
_ENDING = 30.0  # seconds for the last journeys


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the load and print what it did; return 1 where a part of the goal is missed."""
    given = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        with served(data, given.history) as (port, pid), _workers(port, given.workers) as (rate, pipes, stop):
            for pipe in pipes:
                _receive(pipe)  # it is ready
            measurements = Measurements(pid, data, given.history, given.settle)
            with _interrupts_noted() as is_interrupted:
                _load(given, port, measurements, rate, pipes, is_interrupted)
            with _interrupts_ignored():
                stop()
                measurements.collect(_left(pipes))
    return measurements.conclude()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, metavar="N", help="how long the load lasts")
    parser.add_argument("--calibrate", type=float, default=5.0, metavar="S", help="seconds that measure capacity")
    parser.add_argument("--history", type=int, default=200, metavar="N", help="requests that the emulator remembers")
    parser.add_argument("--settle", type=float, default=_SETTLE, metavar="S", help="seconds before memory is judged")
    parser.add_argument("--workers", type=int, default=4, metavar="N", help="connections, each of a process")
    parser.add_argument("--every", type=float, default=10.0, metavar="S", help="seconds between two lines")
    return parser


def _load(
    given: argparse.Namespace,
    port: int,
    measurements: Measurements,
    rate: Any,
    pipes: list[Pipe],
    is_interrupted: Callable[[], bool],
) -> None:
    """Measure the capacity, then send nine tenths of it until the time is over or the load is interrupted."""
    control = Connection(port, lambda kind, seconds: None)
    _collect(measurements, pipes, given.calibrate, is_interrupted)
    if is_interrupted():
        return
    capacity = measurements.calibrated()
    rate.value = capacity * _SHARE / len(pipes)
    ends = time.monotonic() + given.minutes * 60
    while (left := ends - time.monotonic()) > 0 and not is_interrupted():
        _collect(measurements, pipes, min(given.every, left), is_interrupted)
        control.send("messages", "DELETE", "/_emulator/messages", {"Content-Type": "application/json"})
        measurements.print_line()


def _collect(measurements: Measurements, pipes: list[Pipe], seconds: float, is_interrupted: Callable[[], bool]) -> None:
    """Take in reports for some seconds, with a look at the process each half second."""
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0 and not is_interrupted():
        reports = [_receive(pipe) for pipe in _ready(pipes, min(left, 0.5))]
        if None in reports:
            raise RuntimeError("a worker has ended")
        measurements.collect(filter(None, reports))
        measurements.look()


def _ready(pipes: list[Pipe], seconds: float) -> list[Pipe]:
    """Wait for reports; return the pipes that have one, or have ended."""
    found = wait(pipes, seconds)
    return [pipe for pipe in pipes if pipe in found]


def _receive(pipe: Pipe) -> Report | None:
    """Return a report; None where the worker has ended."""
    try:
        report = pipe.recv()
    except EOFError:
        return None
    assert isinstance(report, Report)
    return report


def _left(pipes: list[Pipe]) -> list[Report]:
    """Return what the workers report until their ends."""
    found: list[Report] = []
    ends = time.monotonic() + _ENDING
    waiting = list(pipes)
    while waiting and time.monotonic() < ends:
        for pipe in _ready(waiting, 1.0):
            report = _receive(pipe)
            if report is None:
                waiting.remove(pipe)
            else:
                found.append(report)
    return found


@contextmanager
def _workers(port: int, count: int) -> Iterator[tuple[Any, list[Pipe], Any]]:
    """Run the processes that send; they do not hear Ctrl-C, and end with this block."""
    context = multiprocessing.get_context("spawn")
    ids = set_up(Connection(port, lambda kind, seconds: None))
    rate, ended = context.Value("d", 0.0), context.Event()
    pairs = [context.Pipe(duplex=False) for _ in range(count)]
    made = [
        context.Process(target=work, args=(number, port, ids, rate, ended, sending), daemon=True)
        for number, (_, sending) in enumerate(pairs)
    ]
    with _interrupts_ignored():
        for process in made:
            process.start()
    for _, sending in pairs:
        sending.close()
    try:
        yield rate, [receiving for receiving, _ in pairs], ended.set
    finally:
        ended.set()
        for process in made:
            process.join(5)
            process.kill()


@contextmanager
def _interrupts_noted() -> Iterator[Callable[[], bool]]:
    """Note Ctrl-C during a block: an exception would be lost where it strikes a finalizer."""
    is_interrupted = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: is_interrupted.set())
    try:
        yield is_interrupted.is_set
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Ignore Ctrl-C during a block; processes that are started inside ignore it for ever."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # before the load began
        sys.exit(130)

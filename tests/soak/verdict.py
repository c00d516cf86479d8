"""The goal of a soak: no error, flat memory once the ring of requests is full, even answers."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median, quantiles

from msgspec import Struct

from tests.soak.watch import Sample

# Growth of memory that is no leak: the allocator's, and what a sample differs from the next by.
MORE_MEMORY = 1.02
MORE_MIB = 3.0
MORE_FILES = 8
TAIL = 10.0  # p99 in p50
_FEWEST = 8  # samples in which memory is judged
_TOO_SHORT = "the run ended too soon after the ring of requests was full and the first sessions had ended"
# The log of users' changes has 50 for each request of the ring, and a journey makes 4 in 17 requests: it has gone round
# once after so many rings.
ROUNDS = 215


class Judgement(Struct, frozen=True):
    """One part of the goal; `holds` is None where the run was too short to tell."""

    name: str
    holds: bool | None
    text: str


def percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    """Return p50 and p99 in milliseconds; 0 where nothing was measured."""
    if len(seconds) < 2:
        return (seconds[0] * 1000,) * 2 if seconds else (0.0, 0.0)
    return median(seconds) * 1000, quantiles(seconds, n=100)[-1] * 1000


def settled(samples: Sequence[Sample], history: int, seconds: float) -> list[Sample]:
    """Return the samples since nothing grows by itself any more.

    The ring of the newest `history` requests and the log of users' changes, which is as long for each of them, are
    full; and what ends by time has begun to, which takes `seconds`.
    """
    return [sample for sample in samples if sample.requests >= history * ROUNDS and sample.at >= seconds]


def judge(seconds: Sequence[float], errors: Sequence[str], samples: Sequence[Sample]) -> list[Judgement]:
    """Judge a run by all parts of the goal; `samples` are those since it has settled."""
    p50, p99 = percentiles(seconds)
    even = f"p99 {p99:.1f} ms is {p99 / p50:.1f} times p50 {p50:.1f} ms" if p50 else "nothing was measured"
    return [
        Judgement("errors", not errors, f"{len(errors)} errors" + (f", the first: {errors[0]}" if errors else "")),
        _memory(samples),
        _files(samples),
        Judgement("answers", p99 <= TAIL * p50 if p50 else None, even),
    ]


def _memory(samples: Sequence[Sample]) -> Judgement:
    if len(samples) < _FEWEST or not samples[0].memory:
        return Judgement("memory", None, _TOO_SHORT)
    quarter = len(samples) // 4
    first = median(sample.memory for sample in samples[:quarter])
    last = median(sample.memory for sample in samples[-quarter:])
    holds = last <= first * MORE_MEMORY + MORE_MIB
    text = f"{first:.1f} MiB in the first quarter since the run has settled, {last:.1f} MiB in the last"
    return Judgement("memory", holds, text)


def _files(samples: Sequence[Sample]) -> Judgement:
    if len(samples) < _FEWEST or not samples[0].files:
        return Judgement("files", None, _TOO_SHORT)
    first, last = samples[0].files, samples[-1].files
    return Judgement("files", last <= first + MORE_FILES, f"{first} open files, then {last}")

"""What a run prints, and writes as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.conformance.run import Result

OUTCOMES = ("passed", "failed", "not offered")


def line(result: Result) -> str:
    """Return the line of one scenario, with what is wrong below it."""
    more = [f"    {result.detail}"] * bool(result.detail) + [f"    {found}" for found in result.differences]
    return "\n".join([f"{result.outcome:12}{result.scenario.name:48}{result.scenario.title}", *more])


def table(results: Sequence[Result]) -> str:
    """Return the counts by area."""
    areas = sorted({result.scenario.area for result in results})
    counts = Counter((result.scenario.area, result.outcome) for result in results)
    rows = [f"{area:24}" + "".join(f"{counts[area, outcome]:13}" for outcome in OUTCOMES) for area in areas]
    totals = Counter(result.outcome for result in results)
    whole = f"{'all':24}" + "".join(f"{totals[outcome]:13}" for outcome in OUTCOMES)
    return "\n".join([f"{'area':24}" + "".join(f"{outcome:>13}" for outcome in OUTCOMES), *rows, whole])


def as_json(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Return the results for a file."""
    return [
        {
            "scenario": result.scenario.name,
            "outcome": result.outcome,
            "detail": result.detail,
            "calls": len(result.recording.steps),
            "differences": [str(found) for found in result.differences],
        }
        for result in results
    ]

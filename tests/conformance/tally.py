"""What one emulator passed, failed and does not offer, and the table of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.conformance.run import Result


@dataclass(frozen=True)
class Tally:
    """The results of one emulator, each with the outcome that it is counted as."""

    name: str
    version: str
    counted: Sequence[tuple[Result, str]]

    def of(self, *outcomes: str, area: str | None = None) -> int:
        """Count the scenarios with one of these outcomes."""
        return sum(outcome in outcomes and area in (None, result.scenario.area) for result, outcome in self.counted)

    def cell(self, area: str | None = None) -> str:
        """Return the three counts of an area, or of all."""
        return " / ".join(str(self.of(outcome, area=area)) for outcome in ("passed", "failed", "not offered"))

    def texts(self) -> int:
        """Count the failures that differ in the text of an error alone."""
        return sum(outcome == "failed" and result.is_text_only for result, outcome in self.counted)

    def failures(self) -> list[tuple[str, str]]:
        """List what did not pass: the scenario, and where and why."""
        return [(result.scenario.name, result.detail) for result, outcome in self.counted if outcome != "passed"]

    def as_json(self) -> dict[str, Any]:
        """Return the results for a file."""
        scenarios = {
            result.scenario.name: {"outcome": outcome, "detail": result.detail, "text only": result.is_text_only}
            for result, outcome in self.counted
        }
        return {"name": self.name, "version": self.version, "scenarios": scenarios}


def table(tallies: Sequence[Tally]) -> list[str]:
    """Return the Markdown table: a row for each area, then all of them, then the failures by text alone."""
    areas = sorted({result.scenario.area for each in tallies for result, _ in each.counted})
    rows = [(f"`{area}`", *(each.cell(area) for each in tallies)) for area in areas]
    rows.append(("all", *(f"**{each.cell()}**" for each in tallies)))
    rows.append(("failed by an error's text alone", *(str(each.texts()) for each in tallies)))
    head = ("Area", *(each.name for each in tallies))
    return [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows)]

"""What a run leaves: lines on the screen, JSON, a line of the history, the guide's table."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.benchmarks.goals import Goal
from tests.benchmarks.load import ROOT
from tests.benchmarks.rows import CONNECTIONS, Found

HISTORY = Path(__file__).parent / "history.csv"
GUIDE = ROOT / "emulator" / "cognito_emulator" / "guide" / "speed.md"
_MARKS = ("<!-- goals -->", "<!-- /goals -->")
_FIRST = ("date", "versions")


def show_rows(found: Found, names: Sequence[str], say: Callable[[str], object]) -> None:
    """Print requests/s, p50 and p99 in ms, and milliseconds of processor time, by row and server."""
    rows = dict.fromkeys(row for _, row, _ in found.measured)
    for row in rows:
        say(f"\n{row}")
        for connections in CONNECTIONS:
            for name in names:
                values = [found.middle(name, row, connections, what) for what in ("rate", "p50", "p99", "cpu")]
                if None in values:
                    continue
                rate, p50, p99, cpu = (float(value or 0) for value in values)
                say(
                    f"  {connections:>2} × {name:<14} {rate:8.0f}/s  p50 {p50 * 1000:7.2f}  p99 {p99 * 1000:7.2f}"
                    f"  CPU {cpu * 1000:7.3f} ms"
                )


def show_goals(goals: Sequence[Goal], say: Callable[[str], object]) -> None:
    say("\nGoals")
    for goal in goals:
        say(f"  {goal.number:>2}  {goal.text:<52} {goal.shown:>12}  {goal.wanted:>10}  {goal.verdict}")
    held = sum(goal.verdict == "held" for goal in goals)
    say(f"  {held} of {sum(goal.value is not None for goal in goals)} measured are held")


def as_json(found: Found, values: Mapping[str, float], goals: Sequence[Goal], about: Mapping[str, Any]) -> str:
    """Return everything as JSON."""
    measured = [
        {"server": server, "row": row, "connections": connections, "rounds": [asdict(one) for one in rounds]}
        for (server, row, connections), rounds in found.measured.items()
    ]
    listed = [{**asdict(goal), "verdict": goal.verdict} for goal in goals]
    baseline = {"cpu": found.y_cpu, "wall": found.y_wall}
    content = {**about, "y": baseline, "measured": measured, "starts": found.starts, "values": values, "goals": listed}
    return json.dumps(content | {"failures": found.failures}, indent=1, ensure_ascii=False)


def record(goals: Sequence[Goal], date: str, versions: Mapping[str, str], file: Path | None = None) -> None:
    """Add a line with the run's ratios; a goal that is new gets a column."""
    file = file or HISTORY
    rows = list(csv.DictReader(file.read_text().splitlines())) if file.exists() else []
    told = " ".join(f"{name}={version}" for name, version in versions.items())
    new = {"date": date, "versions": told} | {
        f"{goal.number} {goal.text}": f"{goal.value:.3f}" for goal in goals if goal.value is not None
    }
    columns = dict.fromkeys((*_FIRST, *(name for row in (*rows, new) for name in row)))
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, list(columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows([*rows, new])


def table(goals: Sequence[Goal], date: str, versions: Mapping[str, str]) -> str:
    """Return the goals as a table in Markdown."""
    told = ", ".join(f"{name} {version}" for name, version in versions.items())
    lines = [f"Measured on {date}: {told}.", "", "| Goal | What | Found | Wanted | |", "|---|---|---|---|---|"]
    lines += [f"| {g.number} | {g.text} | {g.shown} | {g.wanted} | {g.verdict} |" for g in goals]
    return "\n".join(lines)


def write_guide(text: str, file: Path | None = None) -> None:
    """Put a table between the marks of the guide's page."""
    file = file or GUIDE
    page = file.read_text()
    before, _, rest = page.partition(_MARKS[0])
    _, _, after = rest.partition(_MARKS[1])
    file.write_text(f"{before}{_MARKS[0]}\n{text}\n{_MARKS[1]}{after}")

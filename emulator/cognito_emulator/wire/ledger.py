"""The ledger of all operations as text: for the README and `cognito-emulator operations`.

`operations` must have been loaded.
"""

from __future__ import annotations

from typing import Any

from cognito_emulator.wire.model import SERVICES
from cognito_emulator.wire.registry import ledger

BEGIN, END = "<!-- operations -->", "<!-- /operations -->"
_HEAD = ("Operation", "State", "Module", "Without effect", "Still to come (501)", "Stored, acts later", "Simplified")
# What holds for every operation, so that no line repeats it.
GENERAL = (
    "Requests are refused for their rate (TooManyRequestsException) only where UpdateProvisionedLimit has set one; "
    "the other quotas are AWS's defaults.",
    "AWS credentials may be any: signatures and IAM permissions are not checked.",
    "ARNs of roles, keys, certificates and senders are checked for their form; what they name is not looked up.",
    "Messages go into the emulator's outbox or to custom sender functions, never to Amazon SES or Amazon SNS.",
    "A change shows in every answer at once.",
    "Where AWS does not publish the words of an error, they are the emulator's own.",
)


def summary() -> str:
    """One line: how many operations there are, and how many of them are written."""
    rows = ledger()
    done, partial = (sum(row["state"] == state for row in rows) for state in ("done", "partial"))
    return (
        f"{len(rows)} operations: {done} done, {partial} with members still to come, "
        f"{len(rows) - done - partial} not implemented (501)."
    )


def markdown() -> str:
    """The README's section: the summary, what holds for all operations, and a table for each service."""
    rows = ledger()
    parts = [summary(), "Simplified everywhere:\n\n" + "\n".join(f"- {line}" for line in GENERAL)]
    for service in SERVICES:
        lines = [_line(_HEAD), _line(("---",) * len(_HEAD))]
        lines += [_line(_cells(row)) for row in rows if row["service"] == service]
        parts.append(f"### {service}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    module = row["module"].removeprefix("cognito_emulator.operations.")
    return (
        row["operation"],
        row["state"],
        f"`{module}`" if module else "",
        ", ".join(row["ignored"]),
        ", ".join(f"`{path}`" for path in row["later"]),
        ", ".join(f"`{path}`" for path in row["stored"]),
        row["simplified"],
    )


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


def between_markers(text: str) -> str | None:
    """The ledger's section of a document; None where the markers are missing."""
    _, begin, rest = text.partition(BEGIN)
    section, end, _ = rest.partition(END)
    return section.strip() + "\n" if begin and end else None

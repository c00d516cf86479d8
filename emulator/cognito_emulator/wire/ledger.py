"""Write the ledger of all operations: the guide and `cognito-emulator operations`.

`operations` must have been loaded.
"""

from __future__ import annotations

from typing import Any

from cognito_emulator.wire import honoured, registry
from cognito_emulator.wire.model import SERVICES, Service, service_model
from cognito_emulator.wire.registry import PACKAGE

DONE, NEWER, NOT_WRITTEN = "done", "needs a newer botocore", "not implemented"
_HEAD = ("Operation", "State", "Module", "Without effect", "Simplified")
# What holds for every operation, so that no line repeats it.
GENERAL = (
    "Requests are refused for their rate (TooManyRequestsException) only where UpdateProvisionedLimit has set one; "
    "the other quotas are AWS's defaults.",
    "AWS credentials may be any: signatures and IAM permissions are not checked.",
    "ARNs of roles, keys, certificates and senders are checked for their form; what they name is not looked up.",
    "Messages go into the emulator's outbox or to custom sender functions, never to Amazon SES or Amazon SNS.",
    "A change shows in every answer at once.",
    "Where AWS does not publish the text of an error, the text is the emulator's own.",
)


def rows() -> list[dict[str, Any]]:
    """Return all operations of both services, as the guide and the command show them."""
    return [_row(service, name) for service in SERVICES for name in registry.known_names(service)]


def _row(service: Service, name: str) -> dict[str, Any]:
    entry, taken = registry.written().get((service, name)), honoured.table().get((service, name))
    return {
        "operation": name,
        "service": service,
        "module": entry.module if entry else "",
        "ignored": sorted(path for path in taken.without_effect if "." not in path) if taken else [],
        "state": NOT_WRITTEN if taken is None else DONE if is_installed(service, name) else NEWER,
        "simplified": entry.simplified if entry else "",
    }


def is_installed(service: Service, name: str) -> bool:
    """Tell whether the installed botocore has the operation, so that clients can call."""
    return name in service_model(service).names


def summary() -> str:
    """Return one line: how many operations there are, and how many are written."""
    states = [row["state"] for row in rows()]
    newer = f"{states.count(NEWER)} need a newer botocore, " if NEWER in states else ""
    done, not_written = states.count(DONE), states.count(NOT_WRITTEN)
    return f"{len(states)} operations: {done} done, {newer}{not_written} not implemented (501)."


def markdown() -> str:
    """Return the guide's section: summary, general notes, and a table a service."""
    parts = [summary(), "Simplified everywhere:\n\n" + "\n".join(f"- {line}" for line in GENERAL)]
    for service in SERVICES:
        lines = [_line(_HEAD), _line(("---",) * len(_HEAD))]
        lines += [_line(_cells(row)) for row in rows() if row["service"] == service]
        parts.append(f"### {service}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def listing() -> str:
    """Return the lines that `cognito-emulator operations` prints."""
    lines = []
    for row in rows():
        notes = [f"ignored: {', '.join(row['ignored'])}"] if row["ignored"] else []
        notes += [f"simplified: {row['simplified']}"] if row["simplified"] else []
        place = f"{row['operation']:<40} {row['service']:<17} {row['state']:<22} {short_module(row):<16}"
        lines.append(f"{place} {'; '.join(notes)}".rstrip())
    general = "\n  ".join(("Simplified everywhere:", *GENERAL))
    return "\n".join((*lines, "", general, "", summary())) + "\n"


def short_module(row: dict[str, Any]) -> str:
    """Return the module of a row's handler, inside `operations`."""
    return str(row["module"].removeprefix(f"{PACKAGE}."))


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    module = short_module(row)
    ignored = ", ".join(row["ignored"])
    return row["operation"], row["state"], f"`{module}`" if module else "", ignored, row["simplified"]


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"

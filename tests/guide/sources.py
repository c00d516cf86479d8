"""The pages that say how rules are known, from the tags of the source (`tests.contract.provenance`)."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable

from cognito_emulator.domain.rules import RULES
from tests.contract.provenance import GRADES, PACKAGE, Tag, counts, grade_of, tags_in

_MODULE = re.compile(r"cognito_emulator\.((?:flows|domain)\.\w+(?:\.\w+)?)")
_OPERATIONS = PACKAGE / "operations"


def grades() -> str:
    """How many rules each grade has, and where they are."""
    tags = tags_in(PACKAGE)
    rooms: dict[str, list[Tag]] = {}
    for tag in tags:
        rooms.setdefault(_room(tag.path), []).append(tag)
    lines = [_row("Part of the package", GRADES), _row("---", ["---"] * len(GRADES))]
    lines += [_row(f"`{room}`", counts(found).values()) for room, found in sorted(rooms.items())]
    return "\n".join([*lines, _row("all", counts(tags).values())])


def modules() -> str:
    """What the operations of each module rest on: its own tags and those of the flows and rules that it names."""
    tags: dict[str, list[Tag]] = {}
    for tag in tags_in(PACKAGE):
        tags.setdefault(tag.path, []).append(tag)
    lines = [_row("Module", GRADES), _row("---", ["---"] * len(GRADES))]
    for path in sorted(_OPERATIONS.rglob("*.py")):
        if not path.name.startswith("_"):
            used = [path.relative_to(PACKAGE).as_posix(), *_used(path.read_text("utf-8"))]
            found = counts(tag for name in used for tag in tags.get(name, ()))
            lines.append(_row(f"`{path.relative_to(_OPERATIONS).with_suffix('').as_posix()}`", found.values()))
    return "\n".join(lines)


def observed() -> str:
    """The public sources of what the service was seen to do, the ones named most often first."""
    found = Counter(
        source.strip()
        for tag in tags_in(PACKAGE)
        for part in tag.parts
        if grade_of(part) == "observed"
        for source in part.removeprefix("observed:").split(",")
    )
    return ", ".join(f"{name} ({count})" if count > 1 else name for name, count in sorted(found.items()))


def refusals() -> str:
    """How many refusals rest on what."""
    found = Counter(re.split(r"[: ]", rule.source)[0] for rule in RULES.values())
    names = {
        "docs": "a page of AWS's documentation",
        "RFC": "an RFC",
        "service": "the service model",
        "our": "our own reading",
    }
    return "\n".join(f"- {found[key]} of {len(RULES)}: {name}" for key, name in names.items())


def assumed() -> str:
    """What is assumed, by the part of the package."""
    rooms: dict[str, list[str]] = {}
    for tag in tags_in(PACKAGE):
        if "assumed" in tag.grades:
            rooms.setdefault(_room(tag.path), []).append(f"- {_plain(tag.rule)} (`{tag.path.rpartition('/')[2]}`)")
    parts = [f"### {room}\n\n" + "\n".join(lines) for room, lines in sorted(rooms.items())]
    return "\n" + "\n\n".join(parts) + "\n"


def _room(path: str) -> str:
    return "/".join(path.split("/")[:2]) if path.startswith(("domain/", "flows/")) else path.split("/")[0]


def _row(name: str, cells: Iterable[object]) -> str:
    return "| " + " | ".join([name, *map(str, cells)]) + " |"


def _used(source: str) -> list[str]:
    """List the files of flows and rules that a module imports."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("cognito_emulator."):
            names |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    found = (_MODULE.fullmatch(name) for name in names)
    return sorted({each[1].replace(".", "/") + ".py" for each in found if each})


def _plain(rule: str) -> str:
    """Return a rule's sentence without what Markdown or a reader would stumble over."""
    text = re.sub(r"^\w+: (?=[A-Z])", "", rule)
    return text.replace("<", "&lt;").replace("|", "\\|")

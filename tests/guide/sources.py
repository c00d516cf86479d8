"""The pages that say how rules are known, from the tags of the source (`tests.contract.provenance`)."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable

from cognito_emulator.domain.rules import RULES
from cognito_emulator.domain.sources import url_of
from tests.contract.provenance import GRADES, PACKAGE, Tag, counts, grade_of, tags_in

_MODULE = re.compile(r"cognito_emulator\.((?:flows|domain)\.\w+(?:\.\w+)?)")
_OPERATIONS = PACKAGE / "operations"
# Owners of the repositories that tags name without one.
_OWNED = {
    "amazon-archives": ("amazon-cognito-identity-js", "amazon-quicksight-embedding-sample"),
    "aws": (
        "aws-cdk",
        "aws-cli",
        "aws-lambda-go",
        "aws-sdk-js",
        "aws-sdk-js-v3",
        "aws-sdk-net",
        "aws-sdk-net-extensions-cognito",
    ),
    "aws-amplify": (
        "amplify-android",
        "amplify-backend",
        "amplify-cli",
        "amplify-flutter",
        "amplify-js",
        "amplify-swift",
        "aws-sdk-android",
    ),
    "aws-samples": ("aws-cdk-examples",),
    "awsdocs": ("aws-doc-sdk-examples",),
    "awslabs": ("service-workbench-on-aws",),
    "boto": ("boto3",),
    "floci-io": ("floci",),
    "hashicorp": ("terraform-provider-aws",),
    "jagregory": ("cognito-local",),
    "panther-labs": ("panther",),
    "soto-project": ("soto-cognito-authentication-kit",),
    "TimothyJones": ("github-cognito-openid-wrapper",),
}
OWNERS = {name: owner for owner, names in _OWNED.items() for name in names}


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
    parts = []
    for path in sorted(_OPERATIONS.rglob("*.py")):
        if not path.name.startswith("_"):
            used = [path.relative_to(PACKAGE).as_posix(), *_used(path.read_text("utf-8"))]
            found = counts(tag for name in used for tag in tags.get(name, ()))
            told = ", ".join(f"{grade} {count}" for grade, count in found.items() if count)
            name = path.relative_to(_OPERATIONS).with_suffix("").as_posix()
            parts.append(f"### {name}\n\n{told or 'The service model alone.'}")
    return "\n" + "\n\n".join(parts) + "\n"


def observed() -> str:
    """The public sources of what the service was seen to do, by the repository, with the number of rules."""
    found = Counter(
        source
        for tag in tags_in(PACKAGE)
        for part in tag.parts
        if grade_of(part) == "observed"
        for source in sources_of(part)
    )
    repositories: dict[str, list[str]] = {}
    for source, count in sorted(found.items(), key=lambda each: _in_order(each[0])):
        repository, _, number = source.partition("#")
        link = f"[{f'#{number}' if number else 'source'}]({url_of(f'observed: {source}')})"
        repositories.setdefault(repository, []).append(f"{link} ({count})" if count > 1 else link)
    return "\n".join(f"- `{repository}`: {', '.join(links)}" for repository, links in repositories.items())


def sources_of(part: str) -> list[str]:
    """The sources of a tag's observed part, each with its repository's owner."""
    names = [name.strip() for name in part.removeprefix("observed:").split(",")]
    unknown = [name for name in names if "/" not in name and name.partition("#")[0] not in OWNERS]
    assert not unknown, f"write the owner too (owner/repository#1), or add it to _OWNED: {unknown}"
    return [name if "/" in name else f"{OWNERS[name.partition('#')[0]]}/{name}" for name in names]


def _in_order(source: str) -> tuple[str, int]:
    repository, _, number = source.partition("#")
    return repository.lower(), int(number or 0)


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

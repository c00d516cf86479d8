"""What this version of the emulator was written for, whichever botocore is installed.

Beside this file, `written_for.txt` has each operation's members and errors as one version of botocore describes them.
The contract tests judge those; what the installed model has more, or lacks, is reported and never a failure.

    python -m tests.contract.written_for            prints what differs, as a list ready for an issue
    python -m tests.contract.written_for --sentence counts it
    python -m tests.contract.written_for --update   writes this file anew from the installed model, and brings
                                                    wire/honoured.txt up to the handlers. Review both line by line.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import botocore

from cognito_emulator import operations
from cognito_emulator.wire import honoured, registry
from cognito_emulator.wire.honoured import Honoured, Key
from cognito_emulator.wire.known import find
from cognito_emulator.wire.model import SERVICES, OperationModel, ServiceModel, Shape, service_model, snake
from cognito_emulator.wire.registry import PACKAGE, Operation

ROOT = Path(__file__).resolve().parents[2]
WRITTEN_FOR = Path(__file__).with_suffix(".txt")
# Never honoured: it goes to Amazon Pinpoint, and has no effect on anything that a caller could see.
IGNORABLE = frozenset({"AnalyticsMetadata"})

_HEAD = """\
# What the service model of botocore {} has of each operation; this version of the emulator was written for that.
# Written by `python -m tests.contract.written_for --update`, and reviewed.
"""
_HONOURED_HEAD = """\
# Each operation, the module that has its handler, and what it honours of its input: dotted paths; lists and maps on the
# way are looked into. A member that stands here is checked and has its effect. Any other that carries a value is
# answered 501 with its path. "no effect" marks what AWS hands on to Amazon Pinpoint.
# The server reads this file. `python -m tests.contract.written_for --update` adds what new handlers name; take out by
# hand what they do not honour.
"""


@dataclass(frozen=True)
class Known:
    """An operation: its members by dotted path, each with whether it is required, its errors, and the values that an
    input may have where the model lists them, as `AuthFlow=USER_AUTH`."""

    inputs: Mapping[str, bool]
    outputs: Mapping[str, bool]
    errors: frozenset[str]
    values: frozenset[str]


def version() -> str:
    """The botocore that the file describes."""
    return WRITTEN_FOR.read_text("utf-8").split("botocore ", 1)[1].split(" ", 1)[0]


@lru_cache
def written_for() -> Mapping[Key, Known]:
    """The file's operations."""
    found: dict[Key, Known] = {}
    for block in WRITTEN_FOR.read_text("utf-8").split("\n\n")[1:]:
        head, *lines = block.strip().splitlines()
        service, name = head.split()
        members: dict[str, dict[str, bool]] = {"input": {}, "output": {}}
        words_of: dict[str, list[str]] = {"errors": [], "values": []}
        for line in lines:
            kind, *words = line.split()
            if kind == "errors":
                words_of[kind] += words
            elif kind == "values":
                words_of[kind] += [f"{words[0]}={word}" for word in words[1:]]
            else:
                members[kind][words[0]] = len(words) > 1
        key = next(each for each in SERVICES if each == service), name
        found[key] = Known(
            members["input"], members["output"], frozenset(words_of["errors"]), frozenset(words_of["values"])
        )
    return found


# --- the installed model ----------------------------------------------------------------------------------


def members(shape: Shape | None, path: str = "") -> Iterator[tuple[str, bool]]:
    """The dotted paths of a shape's members, each with whether it is required."""
    if shape is None or shape.document:
        return
    if shape.element is not None:
        yield from members(shape.element, path)
    for name, member in shape.members.items():
        inner = f"{path}.{name}" if path else name
        yield inner, name in shape.required
        yield from members(member, inner)


def values(shape: Shape, path: str) -> Iterator[str]:
    """The listed values of the member at a path."""
    found = find(shape, path)
    while found is not None and found.element is not None:
        found = found.element
    for word in found.enum if found is not None else ():
        yield f"{path}={word}"


def known(model: OperationModel) -> Known:
    """An operation as a model has it."""
    inputs = dict(members(model.input))
    words = frozenset(word for path in inputs for word in values(model.input, path))
    return Known(inputs, dict(members(model.output)), model.errors, words)


def installed(models: Iterable[ServiceModel] | None = None) -> Mapping[Key, Known]:
    """All operations of the installed model, or of the given ones."""
    found = {}
    for service in models or map(service_model, SERVICES):
        for name in service.names:
            model = service.operation(name)
            assert model is not None
            found[service.service, name] = known(model)
    return found


@lru_cache
def differences() -> tuple[str, ...]:
    """What the installed model has more than this version was written for, has otherwise, or lacks."""
    now, then = installed(), written_for()
    lines = [f"new operation: {name}" for _, name in sorted(now.keys() - then.keys())]
    lines += [f"removed operation: {name}" for _, name in sorted(then.keys() - now.keys())]
    for key in sorted(now.keys() & then.keys()):
        lines += _changed(f"{key[1]}, input", then[key].inputs, now[key].inputs)
        lines += _changed(f"{key[1]}, output", then[key].outputs, now[key].outputs)
        for kind, new, old in (
            ("value", now[key].values, then[key].values),
            ("error", now[key].errors, then[key].errors),
        ):
            lines += [f"new {kind}: {key[1]}: {name}" for name in sorted(new - old)]
            lines += [f"removed {kind}: {key[1]}: {name}" for name in sorted(old - new)]
    return tuple(lines)


def _changed(where: str, then: Mapping[str, bool], now: Mapping[str, bool]) -> Iterator[str]:
    for path in sorted(now.keys() - then.keys()):
        yield f"new {'required' if now[path] else 'optional'} member: {where}: {path}"
    for path in sorted(then.keys() - now.keys()):
        yield f"removed member: {where}: {path}"
    for path in sorted(then.keys() & now.keys()):
        if then[path] != now[path]:
            yield f"now {'required' if now[path] else 'optional'}: {where}: {path}"


def sentence() -> str:
    """How much differs, in one sentence."""
    lines = differences()
    if not lines:
        return f"botocore {botocore.__version__} has what this version was written for."
    kinds = Counter("more" if line.startswith("new") else line.split()[0] for line in lines)
    return (
        f"botocore {botocore.__version__} differs from {version()}, which this version was written for: "
        f"{kinds['more']} operations, members, values and errors more, "
        f"{kinds['removed']} fewer, {kinds['now']} otherwise."
    )


def report() -> str:
    """The differences as a list for an issue."""
    return "\n\n".join([sentence(), "\n".join(f"- {line}" for line in differences())]).strip()


# --- writing the files ------------------------------------------------------------------------------------


def written_text(now: Mapping[Key, Known]) -> str:
    """`written_for.txt` for these operations."""
    blocks = [_HEAD.format(botocore.__version__)]
    for (service, name), one in sorted(now.items()):
        lines = [f"{service} {name}"]
        for kind, paths in (("input", one.inputs), ("output", one.outputs)):
            lines += [f"  {kind} {path}{' required' if paths[path] else ''}" for path in sorted(paths)]
        for path in sorted({word.partition("=")[0] for word in one.values}):
            words = sorted(word.partition("=")[2] for word in one.values if word.startswith(f"{path}="))
            lines.append(f"  values {path} {' '.join(words)}")
        lines += [f"  errors {' '.join(sorted(one.errors))}"] if one.errors else []
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def is_named(entry: Operation, path: str) -> bool:
    """Whether the handler takes the member that the path begins with; one that takes a mapping takes any."""
    return entry.keywords is None or snake(path.split(".")[0]) in entry.keywords


def brought_up(entry: Operation, old: Honoured | None) -> Honoured:
    """What honoured.txt has to say of an operation.

    A new one: all members that the handler names, with what is inside them, and those that are never honoured. Of
    another nothing changes but the members that a handler with keywords names from now on, or no more.
    """
    model = service_model(entry.service).operation(entry.name)
    paths = {path for path, _ in members(model.input)} if model else set[str]()
    without_effect = {path for path in paths if path.split(".")[0] in IGNORABLE}
    kept, added = set[str](), {path for path in paths - without_effect if is_named(entry, path)}
    if old is not None:
        without_effect = set(old.without_effect)
        kept = {path for path in old.paths - without_effect if is_named(entry, path)}
        known = {path.split(".")[0] for path in kept}
        added = {path for path in added if entry.keywords is not None and path.split(".")[0] not in known}
    module = entry.module.removeprefix(f"{PACKAGE}.")
    return Honoured(module, frozenset(kept | added | without_effect), frozenset(without_effect))


def honoured_text(entries: Iterable[Operation], old: Mapping[Key, Honoured]) -> str:
    """`honoured.txt` for these handlers; `old` is what it says already."""
    blocks = [_HONOURED_HEAD]
    for entry in sorted(entries, key=lambda entry: (entry.service, entry.name)):
        one = brought_up(entry, old.get((entry.service, entry.name)))
        lines = [f"  {path}{' no effect' if path in one.without_effect else ''}" for path in sorted(one.paths)]
        blocks.append("\n".join([f"{entry.service} {entry.name} {one.module}", *lines]) + "\n")
    return "\n".join(blocks)


def update() -> str | None:
    """Write both files, or say in a sentence why they cannot be written."""
    operations.load()
    entries, old = registry.written(), honoured.table()
    unknown = sorted(name for of, name in entries.keys() - old.keys() if name not in service_model(of).names)
    if unknown:
        return (
            f"botocore {botocore.__version__} does not have {', '.join(unknown)}: install a version of botocore and "
            'boto3 that has it ("A new botocore" in .github/CONTRIBUTING.md) and run this again.'
        )
    text = honoured_text(entries.values(), old)
    WRITTEN_FOR.write_text(written_text(installed()), "utf-8")
    honoured.FILE.write_text(text, "utf-8")
    return None


def main(arguments: list[str]) -> int:
    if arguments == ["--update"]:
        problem = update()
        sys.stderr.write(f"{problem}\n" if problem else "")
        return 1 if problem else 0
    if arguments not in ([], ["--sentence"]):
        sys.stderr.write("--sentence and --update are the arguments.\n")
        return 2
    sys.stdout.write(f"{sentence() if arguments else report()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What this version of the emulator was written for, whichever botocore is installed.

Beside this file, `written_for.txt` has each operation's members and errors as one version of botocore describes them.
The contract tests judge those; what the installed model has more, or lacks, is reported and never a failure.

    python -m tests.contract.written_for            prints what differs, as a list ready for an issue
    python -m tests.contract.written_for --sentence counts it
    python -m tests.contract.written_for --update   writes both files anew: this one's, and wire/honoured.txt,
                                                    what the emulator honours of it. Review the changes line by line.
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
from cognito_emulator.wire import registry
from cognito_emulator.wire.known import ATTRIBUTE_SHAPE, find
from cognito_emulator.wire.model import SERVICES, OperationModel, Service, ServiceModel, Shape, service_model
from cognito_emulator.wire.registry import Operation

ROOT = Path(__file__).resolve().parents[2]
WRITTEN_FOR = Path(__file__).with_suffix(".txt")
HONOURED = ROOT / "emulator" / "cognito_emulator" / "wire" / "honoured.txt"
Key = tuple[Service, str]

_HEAD = """\
# What the service model of botocore {} has of each operation; this version of the emulator was written for that.
# Written by `python -m tests.contract.written_for --update`, and reviewed.
"""
_HONOURED_HEAD = """\
# What each operation honours of its input, by dotted paths; lists and maps on the way are looked into. A member that
# stands here is checked and has its effect; any other that carries a value is answered 501 with its path. "no effect"
# marks what AWS hands on to Amazon Pinpoint.
# Written by `python -m tests.contract.written_for --update`, and reviewed.
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


@lru_cache
def honoured() -> Mapping[Key, Mapping[str, bool]]:
    """What honoured.txt says: the paths of each operation, each with whether it has an effect."""
    found: dict[Key, Mapping[str, bool]] = {}
    for block in HONOURED.read_text("utf-8").split("\n\n")[1:]:
        head, *lines = block.strip().splitlines()
        service, name = head.split()
        key = next(each for each in SERVICES if each == service), name
        found[key] = {line.split()[0]: "no effect" not in line for line in lines}
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


def is_honoured(entry: Operation, shape: Shape, path: str) -> bool:
    """Whether the handler has an effect of the member: it takes it, or the structure that it is an attribute of."""
    outer, _, _ = path.rpartition(".")
    holder = structure_at(shape, outer) if outer else None
    if holder is not None and holder.name == ATTRIBUTE_SHAPE:
        return is_honoured(entry, shape, outer)
    return entry.knows(path) and path not in entry.later and path not in entry.ignores


def structure_at(shape: Shape, path: str) -> Shape | None:
    """The structure at a path, through lists and maps."""
    found = find(shape, path)
    while found is not None and found.element is not None:
        found = found.element
    return found


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


def honoured_text() -> str:
    """`honoured.txt` as the handlers are marked."""
    operations.load()
    blocks = [_HONOURED_HEAD]
    for (service, name), entry in sorted(registry.written().items()):
        model = service_model(service).operation(name)
        assert model is not None, name
        paths = sorted(path for path, _ in members(model.input))
        lines = [f"  {path}" for path in paths if is_honoured(entry, model.input, path)]
        lines += [f"  {path} no effect" for path in paths if path.split(".")[0] in entry.ignores]
        blocks.append("\n".join([f"{service} {name}", *lines]) + "\n")
    return "\n".join(blocks)


def main(arguments: list[str]) -> int:
    if arguments == ["--update"]:
        WRITTEN_FOR.write_text(written_text(installed()), "utf-8")
        HONOURED.write_text(honoured_text(), "utf-8")
        return 0
    if arguments not in ([], ["--sentence"]):
        sys.stderr.write("--sentence and --update are the arguments.\n")
        return 2
    sys.stdout.write(f"{sentence() if arguments else report()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

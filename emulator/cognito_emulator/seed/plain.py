"""What operations answer, as plain values of a seed."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Iterator, Mapping
from textwrap import indent
from typing import Any

from cognito_emulator.wire.model import Service, Shape, service_model

_ITEMS = 20  # of a list, or of a mapping, that are written by one call


def shaped(
    service: Service, operation: str, answer: Mapping[str, Any], without: Collection[str] = ()
) -> dict[str, Any]:
    """Return those parts of an answer that are input of the operation.

    The members named by `without` are left out.

    Structures without a member are left out: they say nothing.
    """
    model = service_model(service).operation(operation)
    members = model.input.members if model else {}
    given = {name: value for name, value in answer.items() if name in members and name not in without}
    return {name: _value(members[name], value) for name, value in given.items() if value is not None and value != {}}


def present(block: Mapping[str, Any]) -> dict[str, Any]:
    """Return a block without what is None or an empty list."""
    return {name: value for name, value in block.items() if value is not None and value != []}


def as_yaml(content: Mapping[str, Any]) -> str:
    """Write a seed as YAML."""
    return "".join(yaml_parts(content))


def yaml_parts(content: Mapping[str, Any]) -> Iterator[str]:
    """Write a seed as YAML in parts.

    Each is written by one call, during which no other thread of Python runs.
    """
    return _yaml_of(content, "")


def _yaml_of(value: Any, pad: str) -> Iterator[str]:
    """Write a mapping or a list in block style below what is there."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if _is_long(item):
                yield f"{pad}{_yaml(name).partition(chr(10))[0]}:\n"
                yield from _yaml_of(item, pad if isinstance(item, list) else f"{pad}  ")
            else:
                yield indent(_yaml({name: item}), pad)
        return
    short: list[Any] = []
    for item in value:
        is_long = _is_long(item)
        if short and (is_long or len(short) == _ITEMS):
            yield indent(_yaml(short), pad)
            short = []
        if not is_long:
            short.append(item)
            continue
        parts = _yaml_of(item, f"{pad}  ")
        yield f"{pad}- {next(parts)[len(pad) + 2 :]}"
        yield from parts
    if short:
        yield indent(_yaml(short), pad)


def _is_long(value: Any) -> bool:
    """Return whether a value is written in parts."""
    if isinstance(value, Mapping):
        return len(value) > _ITEMS or any(_is_long(item) for item in value.values() if isinstance(item, (dict, list)))
    return isinstance(value, list) and (len(value) > _ITEMS or any(map(_is_long, value)))


def _yaml(value: Any) -> str:
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump(value, Dumper=dumper, sort_keys=False, allow_unicode=True, width=120)
    return text


def _value(shape: Shape, value: Any) -> Any:
    if shape.document:
        return json.dumps(value, ensure_ascii=False)
    if shape.type == "structure":
        items = {name: value.get(name) for name in shape.members}
        return {name: _value(shape.members[name], item) for name, item in items.items() if item is not None}
    if shape.type == "list":
        assert shape.element is not None  # noqa: S101 - a list's
        return [_value(shape.element, item) for item in value]
    if shape.type == "map":
        assert shape.element is not None  # noqa: S101 - a map's
        return {str(name): _value(shape.element, item) for name, item in value.items()}
    if shape.type == "blob" and isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value) if shape.type == "string" else value

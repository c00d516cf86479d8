"""Nodes into the members of an operation.

The shape of a member gives its text a type, and every mistake is noted. `OFF`, `+15551234567`, `012345`, dates and
`yes` stay as written where a member is a text. A boolean takes true and false only, a number digits only.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec import Struct

from cognito_emulator.domain import strict_json
from cognito_emulator.domain.errors import ApiError
from cognito_emulator.seed.nodes import Node, Scalar, Sequence, Table
from cognito_emulator.seed.problems import Notes, Place, did_you_mean
from cognito_emulator.wire.model import Shape
from cognito_emulator.wire.validate import convert, violations

# No leading zeros: `010` is eight in YAML 1.1, ten in YAML 1.2.
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?")
_BOOLEANS = {"true": True, "false": False}


class Field(Struct, frozen=True):
    """A value and its place."""

    place: Place
    node: Node


def fields(notes: Notes, field: Field, allowed: Collection[str] | None) -> dict[str, Field] | None:
    """Return the known entries of a mapping; None if it is not a mapping.

    With `allowed` None every key is allowed.
    """
    node, place = field.node, field.place
    if not isinstance(node, Table):
        notes.add(place, "a mapping is expected (Key: value)")
        return None
    found: dict[str, Field] = {}
    for name, line, value in node.entries:
        at = place.key(name, line)
        if name in found:
            notes.add(at, f"the key is here twice (first in line {found[name].place.line})")
        elif allowed is None or name in allowed:
            found[name] = Field(at, value)
        elif name == "<<":
            notes.add(at, "merge keys are not read; write the members out, or use an alias for a whole value")
        else:
            notes.add(at, f"unknown key.{did_you_mean(name, allowed)}")
    return found


def items(notes: Notes, field: Field, like: str) -> list[Field]:
    """Return the items of a list; nothing if it is null.

    `like` is an example for the mistake.
    """
    node, place = field.node, field.place
    if isinstance(node, Sequence):
        return [Field(place.item(number, item.line or place.line), item) for number, item in enumerate(node.items)]
    if not _is_null(node):
        notes.add(place, f"a list is expected, such as {like}")
    return []


def members(notes: Notes, found: Mapping[str, Field], shapes: Mapping[str, Shape]) -> dict[str, Any]:
    """Return the typed values of the fields that are members of `shapes`.

    A null or mistaken value is left out.
    """
    values = {name: typed(notes, shapes[name], field) for name, field in found.items() if name in shapes}
    return {name: value for name, value in values.items() if value is not None}


def typed(notes: Notes, shape: Shape, field: Field) -> Any:
    """Return the value of `field` as an input of `shape`; None if null or mistaken."""
    if shape.document:
        return _document(notes, field)
    if shape.type == "structure":
        return _structure(notes, shape, field)
    if shape.type == "list":
        return _list(notes, shape, field)
    if shape.type == "map":
        return _map(notes, shape, field)
    return scalar(notes, shape, field)


def _document(notes: Notes, field: Field) -> Any:
    """Return a JSON document, which is written as a text.

    Its values have no types by which to read them.
    """
    text = None if _is_null(field.node) else text_of(notes, field)
    if text is None:
        return None
    try:
        return strict_json.decode(text)
    except (ValueError, RecursionError):
        notes.add(field.place, "a text is expected that is a JSON document")
        return None


def _structure(notes: Notes, shape: Shape, field: Field) -> dict[str, Any] | None:
    if _is_null(field.node):
        return None
    found = fields(notes, field, shape.members)
    if found is None:
        return None
    require(notes, field.place, found, shape.required)
    return members(notes, found, shape.members)


def require(notes: Notes, place: Place, found: Mapping[str, Field], names: Iterable[str]) -> None:
    """Note each of `names` that is missing."""
    for name in sorted(set(names) - set(found)):
        notes.add(place, f"{name} is missing")


def _list(notes: Notes, shape: Shape, field: Field) -> list[Any] | None:
    if _is_null(field.node):
        return None
    element = shape.element or _TEXT
    found = [typed(notes, element, item) for item in items(notes, field, _example(element))]
    values = [value for value in found if value is not None]
    if isinstance(field.node, Sequence) and len(values) == len(found):
        _constrain(notes, shape, values, field.place)
    return values


def _example(element: Shape) -> str:
    if element.type == "structure":
        return "[{" + ", ".join(f"{name}: ..." for name in list(element.members)[:2]) + "}]"
    return f"[{element.enum[0] if element.enum else 'one'}]"


def _map(notes: Notes, shape: Shape, field: Field) -> dict[str, Any] | None:
    if _is_null(field.node):
        return None
    found = fields(notes, field, None)
    if found is None:
        return None
    key, element = shape.key or _TEXT, shape.element or _TEXT
    values = {}
    for name, item in found.items():
        _constrain(notes, key, name, item.place)
        value = typed(notes, element, item)
        if value is not None:
            values[name] = value
    _constrain(notes, shape, values, field.place)
    return values


def text_of(notes: Notes, field: Field) -> str | None:
    """Return the value as text.

    If that is ambiguous, note a mistake and return None.
    """
    node = field.node
    if not isinstance(node, Scalar):
        notes.add(field.place, f"one value is expected, not a {'list' if isinstance(node, Sequence) else 'mapping'}")
        return None
    if node.null == "yes":
        notes.add(field.place, "there is no value; leave the key out, or write '' for an empty text")
        return None
    if node.null == "maybe":
        notes.add(field.place, f"write '{node.text}' in quotes if the text is meant, else leave the key out")
        return None
    return node.text


def scalar(notes: Notes, shape: Shape, field: Field) -> Any:
    """Return a text, number or boolean within its constraints.

    Otherwise note a mistake and return None.
    """
    text = text_of(notes, field)
    if text is None:
        return None
    value: Any = text
    if shape.type == "boolean":
        value = _BOOLEANS.get(text)
    elif shape.type in ("integer", "long"):
        value = int(text) if _WHOLE.fullmatch(text) else None
    elif shape.type in ("double", "float", "timestamp"):
        value = float(text) if _DECIMAL.fullmatch(text) else None
    if value is None:
        wanted = "true or false" if shape.type == "boolean" else "a number in digits"
        notes.add(field.place, f"{wanted} is expected")
        return None
    try:
        converted = convert(shape, value)
    except ApiError as error:
        notes.add(field.place, error.message)
        return None
    return value if _constrain(notes, shape, converted, field.place) else None


def _constrain(notes: Notes, shape: Shape, value: Any, place: Place) -> bool:
    texts = violations(shape, value)
    near = did_you_mean(value, shape.enum) if texts and isinstance(value, str) else ""
    for text in texts:
        notes.add(place, f"{text}.{near}" if near else text)
    return not texts


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.null != "no"


_TEXT = Shape("Text", "string")

"""Translate the service model's shapes to JSON Schema, for editors.

The model's patterns are left out: they are written for another dialect of regular expressions. Texts may be written
as numbers and booleans too, as in `phone_number: +15551234567`; lists and mappings may be empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.seed.allowed_keys import Form
from cognito_emulator.wire.model import IDENTITY, Service, Shape

Schema = dict[str, Any]
TEXT: Schema = {"type": ["string", "number", "boolean"]}
FLAG: Schema = {"type": "boolean"}
# A handler file of a seed takes the place of an ARN, and is shorter.
_ARN = "ArnType"
_NUMBERS = {"integer": "integer", "long": "integer", "double": "number", "float": "number", "timestamp": "number"}


def mapping(
    properties: Mapping[str, Schema], required: frozenset[str] | tuple[str, ...] = (), description: str = ""
) -> Schema:
    """Return the schema of a mapping with these keys and no others."""
    made: Schema = {"type": ["object", "null"], "additionalProperties": False, "properties": dict(properties)}
    if required:
        made["required"] = sorted(required)
    return {"description": description, **made} if description else made


def listing(item: Schema, description: str = "") -> Schema:
    """Return the schema of a list of such items."""
    made: Schema = {"type": ["array", "null"], "items": item}
    return {"description": description, **made} if description else made


def text(description: str = "", **rules: Any) -> Schema:
    """Return the schema of a text with rules."""
    made = {"type": "string", **rules} if "enum" in rules or "pattern" in rules else {**TEXT, **rules}
    return {"description": description, **made} if description else made


class Shapes:
    """Translates shapes, each into one definition."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}
        self._shapes: dict[str, Shape] = {}

    def of_form(self, form: Form, own: Mapping[str, Schema], service: Service, description: str = "") -> Schema:
        """Return the schema of a block.

        It has the members of the block's operation, and the emulator's own keys.

        Raises:
            KeyError: an own key of the form has no schema, or a schema has no key.
        """
        properties = {name: self.of(shape, service) for name, shape in form.shapes.items()}
        for name in form.own:
            properties[name] = own[name]
        if unknown := own.keys() - set(form.own):
            raise KeyError(*unknown)
        return mapping(properties, form.required, description or f"The members of {form.operation}.")

    def of(self, shape: Shape, service: Service) -> Schema:
        """Return the schema of a shape: a reference, where it has parts or rules."""
        if shape.type not in ("structure", "list", "map") and not _has_rules(shape):
            return _scalar(shape)
        name = f"identity.{shape.name}" if service == IDENTITY else shape.name
        while self._shapes.setdefault(name, shape) is not shape:
            name += "_"  # another shape of that name, such as one of our own
        if name not in self.definitions:
            self.definitions[name] = {}  # before its parts: shapes may refer to themselves
            self.definitions[name] = self._made(shape, service)
        return {"$ref": f"#/$defs/{name}"}

    def _made(self, shape: Shape, service: Service) -> Schema:
        if shape.document:
            return text("A JSON document, written as a text.")
        if shape.type == "structure":
            return mapping({name: self.of(one, service) for name, one in shape.members.items()}, shape.required)
        if shape.type == "list":
            made = listing(self.of(shape.element, service) if shape.element else TEXT)
            return made | _bounds(shape, "minItems", "maxItems")
        if shape.type == "map":
            values = self.of(shape.element, service) if shape.element else TEXT
            made = {"type": ["object", "null"], "additionalProperties": values}
            return made | _bounds(shape, "minProperties", "maxProperties")
        return _scalar(shape)


def _has_rules(shape: Shape) -> bool:
    return bool(shape.enum or shape.document or shape.min is not None or shape.max is not None)


def _bounds(shape: Shape, least: str, most: str) -> Schema:
    return {name: value for name, value in ((least, shape.min), (most, shape.max)) if value is not None}


def _scalar(shape: Shape) -> Schema:
    if shape.type == "boolean":
        return FLAG
    if shape.type in _NUMBERS:
        return {"type": _NUMBERS[shape.type], **_bounds(shape, "minimum", "maximum")}
    if shape.enum:
        return {"type": "string", "enum": list(shape.enum)}
    rules = {} if shape.type == "blob" else _bounds(shape, "minLength", "maxLength")
    if shape.name == _ARN:
        rules.pop("minLength", None)
    return TEXT | rules

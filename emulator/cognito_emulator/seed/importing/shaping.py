"""Values of a source into members of an operation, by the service model's shapes."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from cognito_emulator.seed.importing.values import typed
from cognito_emulator.wire.model import IDP, Service, Shape, service_model

LeaveOut = Callable[[str, str], None]
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_WHOLE = re.compile(r"(-?[0-9]{1,18})\.0+")


def squashed(name: str) -> str:
    """Return a name without case and underscores.

    Spellings of one member have that in common.
    """
    return name.replace("_", "").lower()


class Spelling(Struct, frozen=True):
    """How a source spells members: exactly, or in another case.

    `aliases` are other names, squashed.
    """

    is_exact: bool = True
    aliases: Mapping[str, str] = {}

    def members(self, shape: Shape) -> Mapping[str, str]:
        """Return the members of a structure by how the source spells them."""
        if self.is_exact:
            return {name: name for name in shape.members}
        spelled = {squashed(name): name for name in shape.members}
        return {**spelled, **{alias: name for alias, name in self.aliases.items() if name in shape.members}}

    def key(self, name: str) -> str:
        return name if self.is_exact else squashed(name)


EXACT = Spelling()


def members_of(operation: str, service: Service = IDP) -> dict[str, Shape]:
    """Return the members of an operation's input."""
    model = service_model(service).operation(operation)
    return dict(model.input.members) if model else {}


def shaped(
    values: Mapping[str, Any], shape: Shape | Mapping[str, Shape], leave_out: LeaveOut, spelling: Spelling = EXACT
) -> dict[str, Any]:
    """Return the members of a structure that the values hold, each in its type.

    `leave_out` is told of each value that is no member, by its path.
    """
    structure = shape if isinstance(shape, Shape) else Shape("Input", "structure", members=dict(shape))
    return _Shaper(leave_out, spelling).structure(structure, values, "")


class _Shaper:
    def __init__(self, leave_out: LeaveOut, spelling: Spelling) -> None:
        self._leave_out = leave_out
        self._spelling = spelling

    def structure(self, shape: Shape, values: Mapping[str, Any], path: str) -> dict[str, Any]:
        known = self._spelling.members(shape)
        found: dict[str, Any] = {}
        for name, value in values.items():
            at = f"{path}.{name}" if path else name
            member = known.get(self._spelling.key(name))
            if member is None:
                if not is_empty(value):
                    self._leave_out(at, "no member of the API")
                continue
            made = self._value(shape.members[member], value, at)
            if made is not None:
                found[member] = made
        return found

    def _value(self, shape: Shape, value: Any, path: str) -> Any:
        if value is None:
            return None
        if shape.document:
            return value if isinstance(value, str) else json.dumps(typed(value), ensure_ascii=False)
        if shape.type == "structure":
            one = value[0] if isinstance(value, list) and len(value) == 1 else value
            return (self.structure(shape, one, path) or None) if isinstance(one, Mapping) else self._odd(value, path)
        if shape.type == "list":
            return self._list(shape, value, path)
        if shape.type == "map":
            return self._map(shape, value, path)
        return self._odd(value, path) if isinstance(value, (Mapping, list)) else scalar(shape, value)

    def _list(self, shape: Shape, value: Any, path: str) -> Any:
        assert shape.element is not None  # noqa: S101 - a list's
        if isinstance(value, str):
            value = [value] if value else []
        if not isinstance(value, list):
            value = [value]
        made = [self._value(shape.element, item, f"{path}[{number}]") for number, item in enumerate(value)]
        return [item for item in made if item is not None]

    def _map(self, shape: Shape, value: Any, path: str) -> Any:
        assert shape.element is not None  # noqa: S101 - a map's
        if not isinstance(value, Mapping):
            return self._odd(value, path)
        made = {name: self._value(shape.element, item, f"{path}.{name}") for name, item in value.items()}
        return {name: item for name, item in made.items() if item is not None} or None

    def _odd(self, value: Any, path: str) -> None:
        if not is_empty(value):
            self._leave_out(path, "another form than the API's")


def is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def scalar(shape: Shape, value: Any) -> Any:
    """Return a text in the type of the shape.

    A text that has no such value stays as it is.
    """
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    word = str(value)
    if shape.type == "boolean":
        return True if word.lower() in _TRUE else False if word.lower() in _FALSE else word
    if shape.type in ("integer", "long"):
        whole = _WHOLE.fullmatch(word)
        word = whole[1] if whole else word
        return int(word) if re.fullmatch(r"-?[0-9]{1,18}", word) else word
    if shape.type in ("double", "float"):
        return float(word) if re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]+)?", word) else word
    return word

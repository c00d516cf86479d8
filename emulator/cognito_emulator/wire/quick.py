"""Validation of valid input in one pass, by functions made for each operation.

Most input is valid. `compiled` makes a function that returns what `validate.read` would, or raises `Doubt` at the first
thing that may be wrong; then `read` looks again and finds the words. It decides nothing of its own: what it accepts
is valid and honoured, and everything else is in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import Any

from cognito_emulator.wire.model import Shape
from cognito_emulator.wire.patterns import is_password, matcher
from cognito_emulator.wire.validate import INTEGER_BOUNDS

Check = Callable[[Any], Any]


class Doubt(Exception):
    """The input may not be valid, or may have a member that is not honoured."""


def compiled(shape: Shape, known: Set[str]) -> Check:
    """Return the check of an operation's input.

    Args:
        known: the dotted paths of the members that are honoured.
    """
    return _structure(shape, "", known)


def _made(shape: Shape, path: str, known: Set[str]) -> Check:
    if shape.document:
        return lambda value: value
    if shape.type == "structure":
        return _structure(shape, path, known)
    if shape.type == "list":
        return _list(shape, path, known)
    if shape.type == "map":
        return _map(shape, path, known)
    if shape.type == "string":
        return _string(shape)
    if shape.type in ("integer", "long"):
        return _integer(shape)
    return _boolean if shape.type == "boolean" else _in_doubt


def _in_doubt(_: Any) -> Any:
    """Leave blobs and numbers with a fraction to `validate`: they are rare."""
    raise Doubt


def _boolean(value: Any) -> bool:
    if value is True or value is False:
        return bool(value)
    raise Doubt


def _structure(shape: Shape, path: str, known: Set[str]) -> Check:
    checks: dict[str, Check] = {}
    for name, member in shape.members.items():
        inner = f"{path}.{name}" if path else name
        if inner in known:
            checks[name] = _made(member, inner, known)
    required = tuple(shape.required)
    find = checks.get

    def check(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise Doubt
        made = {}
        for name, item in value.items():
            if item is not None:
                inner = find(name)
                if inner is None:
                    raise Doubt
                made[name] = inner(item)
        for name in required:
            if name not in made:
                raise Doubt
        return made

    return check


def _list(shape: Shape, path: str, known: Set[str]) -> Check:
    inner = _in_doubt if shape.element is None else _made(shape.element, path, known)
    least, most = _bounds(shape)

    def check(value: Any) -> list[Any]:
        if type(value) is not list:
            raise Doubt
        made = [inner(item) for item in value if item is not None]
        if not least <= len(made) <= most:
            raise Doubt
        return made

    return check


def _map(shape: Shape, path: str, known: Set[str]) -> Check:
    inner = _in_doubt if shape.element is None else _made(shape.element, path, known)
    key = _in_doubt if shape.key is None else _string(shape.key)
    least, most = _bounds(shape)

    def check(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise Doubt
        made = {key(name): inner(item) for name, item in value.items() if item is not None}
        if not least <= len(made) <= most:
            raise Doubt
        return made

    return check


def _string(shape: Shape) -> Check:
    least, most = _bounds(shape)
    enum = frozenset(shape.enum)
    fits = _pattern(shape)

    def check(value: Any) -> str:
        if (
            type(value) is not str
            or not least <= len(value) <= most
            or (fits is not None and not fits(value))
            or (enum and value not in enum)
        ):
            raise Doubt
        return value

    return check


def _pattern(shape: Shape) -> Callable[[str], bool] | None:
    if shape.pattern is None:
        return None
    # A name in a form of our own (`OWN_FORMS`) does not match, and is in doubt.
    return is_password if shape.name == "PasswordType" else matcher(shape.pattern)


def _integer(shape: Shape) -> Check:
    bound = INTEGER_BOUNDS[shape.type]
    least = -bound if shape.min is None else shape.min
    most = bound - 1 if shape.max is None else shape.max

    def check(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise Doubt
        return value

    return check


def _bounds(shape: Shape) -> tuple[int, float]:
    return shape.min or 0, float("inf") if shape.max is None else shape.max

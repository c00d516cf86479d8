"""The installed model against the members that this code knows.

A newer botocore may require a member that was unknown when the code was written. Clients that leave it out get the
usual answer. Those that send it get 501 with its name (`wire.registry`), and so do those that send a member that an
older botocore lacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Any

from msgspec.structs import replace

from cognito_emulator.wire.model import Shape


def without_unknown_demands(shape: Shape, known: Set[str], path: str = "") -> Shape:
    """Return the shape with no `required` members but known ones.

    The result is the shape itself where that changes nothing.

    Args:
        known: the dotted paths that the code knows, like `Policies.PasswordPolicy`.
    """
    if shape.document:
        return shape
    if shape.element is not None:
        element = without_unknown_demands(shape.element, known, path)
        return shape if element is shape.element else replace(shape, element=element)
    names = {name for name in shape.members if _join(path, name) in known}
    members = {
        name: without_unknown_demands(member, known, _join(path, name)) if name in names else member
        for name, member in shape.members.items()
    }
    required = shape.required & names
    if required == shape.required and all(members[name] is shape.members[name] for name in names):
        return shape
    return replace(shape, required=required, members=members)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def missing_paths(shape: Shape, paths: Iterable[str]) -> frozenset[str]:
    """Return those of the dotted paths at which the model has nothing."""
    return frozenset(path for path in paths if find(shape, path) is None)


def find(shape: Shape, path: str) -> Shape | None:
    """Return the shape at a dotted path; lists and maps on the way are looked into."""
    for name in path.split("."):
        while shape.element is not None:
            shape = shape.element
        if name not in shape.members:
            return None
        shape = shape.members[name]
    return shape


def first_given(shape: Shape, value: Any, paths: Set[str], path: str = "") -> str | None:
    """Return the first of the paths at which the JSON value has something.

    All of the paths are unknown to `shape`.
    """
    if shape.element is not None:
        items = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
        return next((found for item in items if (found := first_given(shape.element, item, paths, path))), None)
    for name, item in value.items() if isinstance(value, dict) else ():
        inner = _join(path, name)
        if item is not None and inner in paths:
            return inner
        if name in shape.members and (found := first_given(shape.members[name], item, paths, inner)):
            return found
    return None


def first_unknown(shape: Shape, value: Any, known: Set[str], path: str = "") -> str | None:
    """Return the first path in the validated value that is not among the known ones."""
    if shape.element is not None:
        if shape.element.element is None and not shape.element.members:
            return None
        items = value if shape.type == "list" else value.values()
        return next((found for item in items if (found := first_unknown(shape.element, item, known, path))), None)
    for name, item in value.items() if shape.members else ():
        inner = _join(path, name)
        if inner not in known:
            return inner
        if found := first_unknown(shape.members[name], item, known, inner):
            return found
    return None

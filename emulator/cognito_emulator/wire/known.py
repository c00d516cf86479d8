"""The installed model against the members that this code knows.

A newer botocore may require a member that was unknown when the code was written. Clients that leave it out get the
usual answer. Those that send it get 501 with its name (`wire.registry`), and so do those that send a member that an
older botocore lacks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from typing import Any

from msgspec.structs import replace

from cognito_emulator.wire.model import Shape

# The shape is honoured as a whole wherever it stands, so that no path names its members.
ATTRIBUTE_SHAPE, ATTRIBUTE_MEMBERS = "AttributeType", frozenset({"Name", "Value"})


def without_unknown_demands(shape: Shape, is_known: Callable[[str], bool], path: str = "") -> Shape:
    """The shape whose `required` members are known ones alone; the shape itself where there is nothing to change.

    Args:
        is_known: whether the code knows the member at a dotted path, like `Policies.PasswordPolicy`.
    """
    if shape.document:
        return shape
    if shape.element is not None:
        element = without_unknown_demands(shape.element, is_known, path)
        return shape if element is shape.element else replace(shape, element=element)
    known = {name for name in shape.members if _knows(shape, name, is_known, path)}
    members = {
        name: without_unknown_demands(member, is_known, _join(path, name)) if name in known else member
        for name, member in shape.members.items()
    }
    required = shape.required & known
    if required == shape.required and all(members[name] is shape.members[name] for name in known):
        return shape
    return replace(shape, required=required, members=members)


def _knows(shape: Shape, name: str, is_known: Callable[[str], bool], path: str) -> bool:
    return name in ATTRIBUTE_MEMBERS if shape.name == ATTRIBUTE_SHAPE else is_known(_join(path, name))


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def missing_paths(shape: Shape, paths: Iterable[str]) -> frozenset[str]:
    """Those of the dotted paths at which the model has nothing."""
    return frozenset(path for path in paths if find(shape, path) is None)


def find(shape: Shape, path: str) -> Shape | None:
    """The shape at a dotted path; lists and maps on the way are looked into."""
    for name in path.split("."):
        while shape.element is not None:
            shape = shape.element
        if name not in shape.members:
            return None
        shape = shape.members[name]
    return shape


def first_given(shape: Shape, value: Any, paths: Set[str], path: str = "") -> str | None:
    """The first of the paths, all of them unknown to `shape`, at which the JSON value has something."""
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

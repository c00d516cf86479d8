"""Records of every type: full and empty ones, and drawn ones."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import UTC, datetime
from enum import Enum, StrEnum
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from msgspec import Struct

from cognito_emulator.domain.history import Change
from cognito_emulator.ports.record_types import RECORDS

LARGE = 2**3072 - 159
# What `Any` may hold: each kind that MessagePack has, and those that it lacks.
ANYTHING: dict[str, Any] = {
    "text": "ä\U0001f600",
    "list": [1, 2.5, None, True, ("a", ["b"])],
    "tuple": (1, (2, frozenset({"x", ("y", 3)}))),
    "read-only": MappingProxyType({"a": MappingProxyType({}), "b": (1,)}),
    "large": [LARGE, -LARGE, 2**64, -(2**63) - 1, 2**64 - 1, -(2**63)],
    "bytes": b"\x00\xff",
    "time": datetime(2026, 11, 30, tzinfo=UTC),
    "naive": datetime(2026, 11, 30, 1, 2, 3, 4),  # noqa: DTZ001
    "keys": {("a", 1): {None: 1}, 5: 6},
}


def sample(kind: Any, turn: int) -> Any:
    """Build a value of a type; at `turn` 0 as full as it can be, at 1 as empty."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return kind(**{name: sample(hint, turn) for name, hint in get_type_hints(kind).items()})
    if isinstance(kind, type) and issubclass(kind, tuple):
        return kind(*(sample(hint, turn) for hint in get_type_hints(kind).values()))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return list(kind)[turn]
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return None if turn else sample(next(part for part in inside if part is not NoneType), turn)
    if origin is tuple and inside[-1] is not ...:
        return tuple(sample(part, turn) for part in inside)
    if origin is tuple:
        return () if turn else (sample(inside[0], 0), sample(inside[0], 1))
    if origin is frozenset:
        return frozenset() if turn else frozenset({sample(inside[0], 0)})
    if isinstance(origin, type) and issubclass(origin, Mapping):
        made = {} if turn else {sample(inside[0], 0): sample(inside[1], 0), sample(inside[0], 1): sample(inside[1], 1)}
        return MappingProxyType(made) if turn else made
    return _SAMPLES[kind][turn]


_SAMPLES: Mapping[Any, tuple[Any, Any]] = {
    str: ("text \U0001f600", ""),
    int: (LARGE, -1),
    float: (1764460000.123456, 0.0),
    bool: (True, False),
    bytes: (b"\x00\xff", b""),
    Any: (ANYTHING, None),
    Hashable: (("a", 1), "b"),
}


_texts = st.text(max_size=5)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_texts, inner, max_size=2),
    max_leaves=4,
)
_DRAWN: Mapping[Any, st.SearchStrategy[Any]] = {
    int: st.integers(-(2**300), 2**300),
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: _texts,
    bool: st.booleans(),
    bytes: st.binary(max_size=4),
    type(None): st.none(),
    Any: _json,
}


@cache
def values(kind: Any) -> st.SearchStrategy[Any]:
    """Make values of a type as records have them."""
    origin, inside = get_origin(kind), get_args(kind)
    if kind is Change:
        return _changes()
    if kind in _DRAWN:
        return _DRAWN[kind]
    if origin is Literal:
        return st.sampled_from(inside)
    if origin in (Union, UnionType):
        return st.one_of(*map(values, inside))
    if origin is tuple and inside[-1] is not ...:
        return st.tuples(*map(values, inside))
    if origin in (tuple, frozenset):
        return st.lists(values(inside[0]), max_size=2).map(origin)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        made = st.dictionaries(values(inside[0]), values(inside[1]), max_size=2)
        return made | made.map(MappingProxyType)
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    if issubclass(kind, Struct):
        return st.builds(kind, **{name: values(hint) for name, hint in get_type_hints(kind).items()})
    return st.builds(kind, *map(values, get_type_hints(kind).values()))  # a named tuple


@st.composite
def _changes(draw: st.DrawFn) -> Change:
    """Make a change of a row of some table, as a recovery keeps it."""
    table = draw(st.sampled_from(["users", "passkeys", "pools"]))
    rows = st.none() | st.tuples(st.integers(1, 9), values(RECORDS[table]))
    return Change(table, draw(_texts | st.tuples(_texts, _texts)), draw(rows), draw(rows))

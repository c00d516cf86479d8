"""Every record is read back as it was written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from types import MappingProxyType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from cognito_emulator.domain.history import Change
from cognito_emulator.domain.store import Store
from cognito_emulator.ports.records import RECORDS, decode_rows, encode

_texts = st.text(max_size=5)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_texts, inner, max_size=2),
    max_leaves=4,
)
_PLAIN: Mapping[Any, st.SearchStrategy[Any]] = {
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
    if kind in _PLAIN:
        return _PLAIN[kind]
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


def test_every_table_has_its_record() -> None:
    assert RECORDS.keys() == Store().tables().keys()


@pytest.mark.parametrize("table", RECORDS)
def test_a_record_of_every_type_is_read_back(table: str) -> None:
    @settings(max_examples=15)
    @given(st.lists(st.tuples(st.integers(0, 2**40), values(RECORDS[table])), max_size=2))
    def reads_back(rows: list[tuple[int, Any]]) -> None:
        assert decode_rows(table, encode(rows)) == rows

    check: Callable[[], None] = reads_back
    check()


def test_rows_of_another_kind_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_rows("users", b'[[1, {"pool_id": "us-east-1_x"}]]')

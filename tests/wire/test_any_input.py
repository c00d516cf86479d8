"""Whatever JSON comes, for whichever operation: it is taken, or refused by one of two errors."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cognito_emulator.domain.errors import InvalidParameter
from cognito_emulator.wire.endpoint import parse
from cognito_emulator.wire.model import SERVICES, OperationModel, Shape, service_model
from cognito_emulator.wire.validate import SerializationError, read
from tests.helpers.newest import needs_newest

OPERATIONS = [
    operation
    for service in SERVICES
    for name in service_model(service).names
    if (operation := service_model(service).operation(name)) is not None
]
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**300, max_value=10**400)
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["", " ", "\n", "a" * 3000, "us-east-1_abc", "{####}", "12345678", "{##a##}"])
)
_JSON = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3)
)


def shaped(shape: Shape, depth: int = 0) -> st.SearchStrategy[Any]:
    """JSON near a shape: the right structure with anything in its places."""
    if depth > 6:
        return _JSON
    near: st.SearchStrategy[Any]
    if shape.type == "structure":
        members = {name: shaped(member, depth + 1) for name, member in shape.members.items()}
        near = st.fixed_dictionaries({}, optional=members) if members else st.just({})
    elif shape.type == "list" and shape.element is not None:
        near = st.lists(shaped(shape.element, depth + 1), max_size=3)
    elif shape.type == "map" and shape.element is not None:
        near = st.dictionaries(st.text(max_size=5), shaped(shape.element, depth + 1), max_size=3)
    elif shape.enum:
        near = st.sampled_from(shape.enum) | st.text(max_size=5)
    else:
        return _SCALARS if depth else _JSON
    return st.one_of(near, near, near, near, _JSON)


@needs_newest
def test_there_are_164_operations() -> None:
    assert len(OPERATIONS) >= 164


@pytest.mark.exhaustive
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_any_json(operation: OperationModel) -> None:
    @settings(max_examples=15, deadline=None, derandomize=True, database=None)
    @given(shaped(operation.input))
    def check(value: Any) -> None:
        try:
            cleaned = read(operation.input, value)
        except (SerializationError, InvalidParameter):
            return
        assert operation.input.required <= set(cleaned) <= set(operation.input.members)

    check()


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.binary(max_size=40) | _JSON.map(lambda value: json.dumps(value).encode()) | st.text().map(str.encode))
def test_any_bytes(body: bytes) -> None:
    try:
        value = parse(body)
    except SerializationError:
        return
    json.dumps(value, ensure_ascii=False).encode()

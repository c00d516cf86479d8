"""Compiled checks agree with the validation that words the errors, and never accept more."""

from __future__ import annotations

import random
from typing import Any

import pytest

from cognito_emulator.domain.errors import ApiError
from cognito_emulator.wire import honoured
from cognito_emulator.wire.known import first_unknown, without_unknown_demands
from cognito_emulator.wire.model import SERVICES, Shape, service_model
from cognito_emulator.wire.quick import Doubt, compiled
from cognito_emulator.wire.validate import read

_TEXTS = [
    "",
    "a",
    "us-east-1_aB3",
    "us-east-1:0-a",
    "a b",
    " a",
    "ann@example.com",
    "x" * 129,
    "ENABLED",
    "\n",
    "é",
    "#",
]
_ODD: list[Any] = [None, 0, 1, -1, 2**31, 2**63, 1.0, 0.5, True, False, "true", [], {}, [1], {"a": 1}, *_TEXTS]


def _value(shape: Shape, chance: random.Random, depth: int = 0) -> Any:
    """A value that mostly fits."""
    if chance.random() < 0.04:
        return chance.choice(_ODD)
    if shape.type == "structure":
        given = [n for n in shape.members if n in shape.required or (depth < 4 and chance.random() < 0.3)]
        made = {name: _value(shape.members[name], chance, depth + 1) for name in given}
        return {**made, "Unknown": 1} if chance.random() < 0.02 else made
    if shape.type in ("list", "map"):
        assert shape.element is not None
        items = [_value(shape.element, chance, depth + 1) for _ in range(chance.choice([0, 1, 1, 2, 3]))]
        return items if shape.type == "list" else {chance.choice(_TEXTS) + str(n): v for n, v in enumerate(items)}
    if shape.type in ("integer", "long"):
        return chance.choice([shape.min or 0, shape.max or 7, 3])
    if shape.type == "boolean":
        return chance.random() < 0.5
    return chance.choice(shape.enum) if shape.enum else chance.choice(_TEXTS)


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_accepted_is_what_the_validation_reads(service: Any) -> None:
    chance, accepted = random.Random(7), 0
    for (of, name), taken in honoured.table().items():
        model = service_model(service).operation(name) if of == service else None
        if model is None:
            continue
        shape = without_unknown_demands(model.input, taken.paths)
        check = compiled(shape, taken.paths)
        for _ in range(40):
            value = _value(shape, chance)
            try:
                found = check(value)
            except Doubt:
                continue
            accepted += 1
            assert found == read(shape, value), (name, value)
            assert first_unknown(model.input, found, taken.paths) is None, (name, value)
    assert accepted > 60


@pytest.mark.parametrize("value", [None, [], "x", {"Username": "ann"}, {"UserPoolId": "p_1", "Username": ""}])
def test_what_is_wrong_is_in_doubt(value: Any) -> None:
    model = service_model("cognito-idp").operation("AdminGetUser")
    assert model is not None
    with pytest.raises(Doubt):
        compiled(model.input, frozenset(model.input.members))(value)
    with pytest.raises(ApiError):
        read(model.input, value)

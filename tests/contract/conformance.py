"""Every answer given while tests run fits its output shape; every error is one that its operation models.

Both are judged by what this version was written for (tests/contract/written_for.py): of a newer or older botocore
only the shapes count of what stands there.

`install` puts itself around `wire.registry.call`; the fixture `conformance` in tests/conftest.py fails the test
that caused a violation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

import tests.helpers.harness
from cognito_emulator.domain.errors import ApiError
from cognito_emulator.wire import endpoint, registry, render
from cognito_emulator.wire.known import without_unknown_demands
from cognito_emulator.wire.model import OperationModel, Service, Shape
from cognito_emulator.wire.registry import Caller
from cognito_emulator.wire.validate import findings
from cognito_emulator.world import World
from tests.contract.written_for import written_for
from tests.helpers import lacking

# Answered by the protocol for any operation: types and constraints of its input, what is not built.
PROTOCOL = frozenset(
    {"SerializationException", "InvalidParameterException", "NotImplementedException", "ValidationException"}
)
# Amazon's model allows 20 characters for an attribute's name, and its answers list one of 21; it allows 50 attributes
# in all, and the quota is 50 custom ones; prefix domains are described with an empty CustomDomainConfig; and a job's
# CompletionMessage is a sentence, of which the model allows one word; and SRP_A, which a function may name as the next
# challenge, is none of the model's names.
_AMAZONS_OWN = re.compile(
    r"Value 'phone_number_verified' at "
    r"|.* at 'userPool\.schemaAttributes' .* equal to 50$"
    r"|.* at 'userImportJobs?\.(\d+\.member\.)?completionMessage' .* pattern: \[\\w\]\+$"
    r"|Value 'SRP_A' at 'challengeName' "
    r"|Value null at 'domainDescription\.customDomainConfig\.certificateArn' "
)
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "timestamp": (int, float),
    "double": (int, float),
    "float": (int, float),
    "blob": (str,),
}

violations: list[str] = []


def install(patch: pytest.MonkeyPatch) -> None:
    """From now on, look at every answer of the endpoint and of `Running.call`."""
    plain = registry.call

    async def watched(world: World, service: Service, name: str, value: Any, caller: Caller) -> Mapping[str, Any]:
        try:
            answer = await plain(world, service, name, value, caller)
        except ApiError as error:
            lacking.note_error(error)
            violations.extend(error_problems(registry.find_model(service, name), error))
            raise
        violations.extend(answer_problems(registry.find_model(service, name), answer))
        return answer

    patch.setattr(endpoint, "call", watched)
    patch.setattr(tests.helpers.harness, "call", watched)


def error_problems(model: OperationModel | None, error: ApiError) -> Iterator[str]:
    """What is wrong with an error of that operation."""
    if model is None:
        return
    known = written_for().get((model.service, model.name))
    if error.code not in (known.errors if known else model.errors) | PROTOCOL:
        yield f"{model.name} does not model {error.code} ({error.message})"


def answer_problems(model: OperationModel | None, answer: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with an answer of that operation, as it goes over the wire."""
    if model is None:
        return
    value = json.loads(render.body(answer))
    known = written_for().get((model.service, model.name))
    outputs = frozenset(known.outputs if known else ())
    found = list(_misfits(model.output or Shape("Nothing", "structure"), value, _Path(model.name, outputs)))
    yield from found
    if model.output is not None and not found:
        shape = without_unknown_demands(model.output, outputs) if known else model.output
        found = [text for text in findings(shape, value, "") if not _AMAZONS_OWN.match(text)]
        yield from (f"{model.name}: {text}" for text in found)


@dataclass(frozen=True)
class _Path:
    """Where in an answer: as it is told, and by members alone, as the operation's outputs are listed."""

    told: str
    outputs: frozenset[str]
    members: str = ""

    def member(self, name: str) -> _Path:
        return _Path(f"{self.told}.{name}", self.outputs, f"{self.members}.{name}".lstrip("."))

    def item(self, name: Any) -> _Path:
        return _Path(f"{self.told}[{name}]", self.outputs, self.members)


def _misfits(shape: Shape, value: Any, path: _Path) -> Iterator[str]:
    if shape.document:
        return
    if shape.type == "structure":
        if not isinstance(value, dict):
            yield f"{path.told} is no structure: {value!r}"
            return
        for name, item in value.items():
            inner = path.member(name)
            if name in shape.members:
                yield from _misfits(shape.members[name], item, inner)
            elif inner.members in path.outputs:
                lacking.note_answer(inner.members)  # whose clients overlook what their model lacks
            else:
                yield f"{inner.told} is no member of {shape.name}"
    elif shape.type == "list":
        yield from _inner(shape, dict(enumerate(value)) if isinstance(value, list) else None, value, path)
    elif shape.type == "map":
        yield from _inner(shape, value if isinstance(value, dict) else None, value, path)
    elif not isinstance(value, _TYPES[shape.type]) or (isinstance(value, bool) and shape.type != "boolean"):
        yield f"{path.told} is no {shape.type}: {value!r}"


def _inner(shape: Shape, items: Mapping[Any, Any] | None, value: Any, path: _Path) -> Iterator[str]:
    if items is None or shape.element is None:
        yield f"{path.told} is no {shape.type}: {value!r}"
        return
    for name, item in items.items():
        yield from _misfits(shape.element, item, path.item(name))

"""A tool that speaks as Go SDKs do: zero values are left out.

Go holds most members by value, so that false, 0 and the empty text cannot be told from "not set", and the SDK leaves
them out; empty lists and maps too. What is read is compared in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore import xform_name

from cognito_emulator.wire.model import Service, Shape, service_model

# Members that Go SDKs hold by pointer: false and 0 are sent where they were set.
POINTERS = frozenset({
    "AllowClassicFlow",
    "CaseSensitive",
    "EnablePropagateAdditionalUserContextData",
    "EnableTokenRevocation",
    "Precedence",
    "RetryGracePeriodSeconds",
    "ServerSideTokenCheck",
    "UseDefaults",
})  # fmt: skip
DATES = frozenset({"CreationDate", "LastModifiedDate"})


def is_zero(value: Any) -> bool:
    return value is None or value is False or value in (0, "", b"", [])


def sent(shape: Shape, value: Any) -> Any:
    """What goes over the wire of `value`: members without a value are left out, but for those that are required."""
    if shape.type == "structure" and not shape.document:
        known = {name: item for name, item in value.items() if name in shape.members}
        always = shape.required | POINTERS
        kept = {name: item for name, item in known.items() if name in always or not _is_left_out(shape, name, item)}
        return {name: sent(shape.members[name], item) for name, item in kept.items()}
    if shape.type == "list" and shape.element is not None:
        return [sent(shape.element, item) for item in value]
    return value


def _is_left_out(shape: Shape, name: str, value: Any) -> bool:
    """A block in which nothing is set is sent nevertheless: Go holds those by pointer."""
    return is_zero(value) or (value == {} and shape.members[name].type == "map")


def view(value: Any) -> Any:
    """What a description tells a tool: zero values are as good as absent, dates of changes no part of it."""
    if isinstance(value, Mapping):
        seen = {name: view(item) for name, item in value.items() if name not in DATES}
        return {name: item for name, item in seen.items() if not is_zero(item) and item != {}}
    return [view(item) for item in value] if isinstance(value, list) else value


class Tool:
    """Calls operations as a tool does, and reads answers as one."""

    def __init__(self, client: Any, service: Service = "cognito-idp") -> None:
        self._client = client
        self._service = service

    def call(self, operation: str, **members: Any) -> dict[str, Any]:
        """The answer; members that the operation does not have are left out, so that a description can be sent."""
        return self.exactly(operation, **self.sent(operation, members))

    def sent(self, operation: str, members: Mapping[str, Any]) -> dict[str, Any]:
        """What goes over the wire of these members."""
        model = service_model(self._service).operation(operation)
        assert model is not None
        found: dict[str, Any] = sent(model.input, members)
        return found

    def exactly(self, operation: str, **members: Any) -> dict[str, Any]:
        """The answer to just these members."""
        answer: dict[str, Any] = getattr(self._client, xform_name(operation))(**members)
        answer.pop("ResponseMetadata")
        return answer


def stays(read: Callable[[], dict[str, Any]], update: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """Read twice, send what was read, read again: nothing may have changed. Returns the description."""
    before = read()
    assert read() == before
    update(before)
    assert view(read()) == view(before)
    return before

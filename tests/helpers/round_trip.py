"""Feed an answer back into the operation that updates."""

from __future__ import annotations

from typing import Any

from cognito_emulator.wire.model import service_model

IDENTITY = "arn:aws:ses:us-east-1:000000000000:identity/a@example.com"


def feed_back(operation: str, description: dict[str, Any], **ids: Any) -> dict[str, Any]:
    """The description as input of the update operation."""
    model = service_model("cognito-idp").operation(operation)
    assert model is not None
    return {name: value for name, value in description.items() if name in model.input.members} | ids


def without_dates(description: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in description.items() if name != "LastModifiedDate"}

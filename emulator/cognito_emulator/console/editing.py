"""Show settings as the JSON of the operation that changes them, and read it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException

from cognito_emulator.domain import strict_json
from cognito_emulator.wire.model import IDP, service_model


def changeable(operation: str, described: Mapping[str, Any], leave: frozenset[str]) -> dict[str, Any]:
    """Return the members of a Describe answer that an operation changes."""
    model = service_model(IDP).operation(operation)
    known = model.input.members if model else {}
    return {name: value for name, value in described.items() if name in known and name not in leave}


def read_object(text: str) -> dict[str, Any]:
    """Read the JSON of a form's field.

    Raises:
        HTTPException: 400
    """
    try:
        value = strict_json.decode(text)
    except json.JSONDecodeError as error:
        raise HTTPException(400, f"This is not JSON: {error}.") from None
    except ValueError:
        raise HTTPException(400, "This is not JSON: it is nested too deeply or malformed.") from None
    if not isinstance(value, dict):
        raise HTTPException(400, "The settings must be a JSON object.")
    return value

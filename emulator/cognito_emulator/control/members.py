"""Read the members of a control request's body by their kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from cognito_emulator.control.inputs import finite, object_body, query


def text(value: Any) -> str:
    """Return a text that is not empty."""
    if not isinstance(value, str) or not value:
        raise ValueError("a text")
    return value


def texts(value: Any) -> tuple[str, ...]:
    """Return a list of texts."""
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise ValueError("a list of texts")
    return tuple(value)


def number(value: Any) -> float:
    """Return a finite number."""
    try:
        return finite(value)
    except ValueError:
        raise ValueError("a number") from None


def flag(value: Any) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def mapping(value: Any) -> dict[str, Any]:
    """Return an object."""
    if not isinstance(value, dict):
        raise ValueError("an object")
    return value


async def read(
    request: Request, kinds: Mapping[str, Callable[[Any], Any]], needed: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return the members of the body.

    Args:
        kinds: by the names of the members that are known; each raises ValueError with what it wants.

    Raises:
        HTTPException: 400 for a member that is unknown, missing or of another kind, or a query.
    """
    query(request)
    found: dict[str, Any] = {}
    for name, value in (await object_body(request)).items():
        if name not in kinds:
            raise HTTPException(400, f"Unknown member {name!r}; known here: {', '.join(kinds) or 'none'}.")
        try:
            found[name] = kinds[name](value)
        except ValueError as wanted:
            raise HTTPException(400, f"{name!r} must be {wanted}.") from None
    for name in needed:
        if name not in found:
            raise HTTPException(400, f"{name!r} is missing.")
    return found

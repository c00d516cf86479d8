"""Sign-ins under way, made from their fields."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain.auth.attempt import Attempt, How, Who

_PARTS = ("who", "how", "proof", "goal")


def make_attempt(pool: str, client: str, flow: str, **fields: Any) -> Attempt:
    """An attempt of the user ann with the sub "sub"."""
    return with_fields(Attempt(Who(pool, client, "sub", "ann"), How(flow)), **fields)


def with_fields(attempt: Attempt, **fields: Any) -> Attempt:
    """The attempt with these fields, in whichever of its parts they are."""
    for name, value in fields.items():
        part = next((part for part in _PARTS if hasattr(getattr(attempt, part), name)), None)
        if part is None:
            attempt = replace(attempt, **{name: value})
        else:
            attempt = replace(attempt, **{part: replace(getattr(attempt, part), **{name: value})})
    return attempt

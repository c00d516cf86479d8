"""The members of a request that were sent."""

from __future__ import annotations

from typing import Any


def given(**members: Any) -> dict[str, Any]:
    """Wire members by name, without those that were not sent."""
    return {name: value for name, value in members.items() if value is not None}

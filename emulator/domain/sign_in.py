"""What comes next in a sign-in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in under way: who, by which flow, and which factors are proved. `sub` is None for a simulated user."""

    pool_id: str
    client_id: str
    flow: str
    admin: bool
    sub: str | None
    username: str
    proved: tuple[str, ...] = ()

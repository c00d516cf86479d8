"""Sessions of users in session tracking: one for each refresh family."""

from __future__ import annotations

from collections.abc import Iterable

from cognito_emulator.domain.tokens.token import RefreshFamily

MAX_LISTED = 125


def active(families: Iterable[RefreshFamily], now: float) -> list[RefreshFamily]:
    """List the tracked sign-ins that are valid, least recently used first."""
    alive = [f for f in families if f.session_id and not (f.revoked or f.forgotten) and f.expires > now]
    return sorted(alive, key=lambda family: family.active)


def surplus(families: Iterable[RefreshFamily], now: float, limit: int) -> list[RefreshFamily]:
    """List the sessions that end before one more begins.

    They are the least recently used [docs: UserPoolClientType].
    """
    alive = active(families, now)
    return alive[: max(len(alive) - limit + 1, 0)]

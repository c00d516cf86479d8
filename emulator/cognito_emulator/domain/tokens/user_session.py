"""Sessions of signed-in users as session tracking shows them: one token session for each refresh family."""

from __future__ import annotations

from collections.abc import Iterable

from cognito_emulator.domain.tokens.token import RefreshFamily

MAX_LISTED = 125


def active(families: Iterable[RefreshFamily], now: float) -> list[RefreshFamily]:
    """The tracked sign-ins that are neither revoked nor over, least recently used first."""
    alive = [f for f in families if f.session_id and not (f.revoked or f.forgotten) and f.expires > now]
    return sorted(alive, key=lambda family: family.active)


def surplus(families: Iterable[RefreshFamily], now: float, limit: int) -> list[RefreshFamily]:
    """The sessions that have to go before one more begins: the least recently used (API reference, MaxPerUser)."""
    alive = active(families, now)
    return alive[: max(len(alive) - limit + 1, 0)]

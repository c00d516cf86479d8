"""Scopes on their way into an access token: which are there at all, and in which order the claim names them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from cognito_emulator.domain.clients.client_oauth import REGISTRATION_SCOPE, STANDARD_SCOPES

_TABLE = 16  # places of a new java.util.HashMap, which doubles when it is three quarters full
_BITS = 0xFFFFFFFF


def active(scopes: Iterable[str], existing: Collection[str]) -> tuple[str, ...]:
    """The scopes that a token may hold, in the claim's order. One that was deleted from its resource server is
    inactive: asked for without an error and in no token, until it is added again [docs:
    cognito-user-pools-define-resource-servers].

    Args:
        existing: those of the pool's resource servers.
    """
    always = STANDARD_SCOPES | {REGISTRATION_SCOPE}
    return in_order(scope for scope in scopes if scope in always or scope in existing)


def in_order(scopes: Iterable[str]) -> tuple[str, ...]:
    """Distinct scopes as the service writes them: in the order of a Java HashSet [observed: orders of 2 to 13 scopes in
    public tokens]. Those that share a place keep their order."""
    given = tuple(dict.fromkeys(scopes))
    size = _TABLE
    while len(given) * 4 > size * 3:
        size *= 2
    return tuple(sorted(given, key=lambda scope: _place(scope, size)))


def _place(text: str, size: int) -> int:
    """The bucket of a string in a table of that size (String.hashCode and HashMap.hash of the Java platform)."""
    code = 0
    units = text.encode("utf-16-be", "surrogatepass")
    for index in range(0, len(units), 2):
        code = (code * 31 + int.from_bytes(units[index : index + 2], "big")) & _BITS
    return (code ^ (code >> 16)) & (size - 1)

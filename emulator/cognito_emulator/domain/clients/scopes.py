"""The scopes of an access token: which are active, and their order."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from cognito_emulator.domain.clients.client_oauth import REGISTRATION_SCOPE, STANDARD_SCOPES

_TABLE = 16  # places of a new java.util.HashMap, which doubles when it is three quarters full
_BITS = 0xFFFFFFFF
_ALWAYS = STANDARD_SCOPES | {REGISTRATION_SCOPE}


def active(scopes: Iterable[str], existing: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes that a token may hold, in the claim's order.

    A scope that was deleted from its resource server is inactive: it can be requested without an error and is in no
    token, until it is added again [docs: cognito-user-pools-define-resource-servers].

    Args:
        existing: those of the pool's resource servers.
    """
    return _active(tuple(scopes), frozenset(existing))


@lru_cache(maxsize=256)  # each token asks
def _active(scopes: tuple[str, ...], existing: frozenset[str]) -> tuple[str, ...]:
    return in_order(scope for scope in scopes if scope in _ALWAYS or scope in existing)


def in_order(scopes: Iterable[str]) -> tuple[str, ...]:
    """Return the distinct scopes in the order of a Java HashSet.

    The service writes them so [assumed]. Scopes of the same bucket keep their order.
    """
    given = tuple(dict.fromkeys(scopes))
    if len(given) < 2:
        return given
    size = _TABLE
    while len(given) * 4 > size * 3:
        size *= 2
    return tuple(sorted(given, key=lambda scope: _place(scope, size)))


def _place(text: str, size: int) -> int:
    """Return the bucket of a string in a table of that size.

    It follows String.hashCode and HashMap.hash of the Java platform.
    """
    code = 0
    units = text.encode("utf-16-be", "surrogatepass")
    for index in range(0, len(units), 2):
        code = (code * 31 + int.from_bytes(units[index : index + 2], "big")) & _BITS
    return (code ^ (code >> 16)) & (size - 1)

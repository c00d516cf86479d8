"""Resource servers: APIs that access tokens may be for, with their custom scopes (`<identifier>/<scope name>`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from emulator.domain import errors


@dataclass(frozen=True, slots=True)
class ResourceServer:
    """A resource server of a pool; its key is (pool_id, identifier). `scopes` are (name, description)."""

    pool_id: str
    identifier: str
    name: str
    scopes: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return self.pool_id, self.identifier

    @property
    def scope_names(self) -> tuple[str, ...]:
        """The scopes as clients and tokens name them."""
        return tuple(f"{self.identifier}/{name}" for name, _ in self.scopes)


def scopes_of(wire: Iterable[Mapping[str, str]] | None) -> tuple[tuple[str, str], ...]:
    """ResourceServerScopeType entries as pairs.

    Raises:
        InvalidParameter: a name comes twice (AWS's answer is not known; the words are ours).
    """
    pairs = tuple((scope["ScopeName"], scope["ScopeDescription"]) for scope in wire or ())
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise errors.InvalidParameter(f"The scope {name} is given more than once.")
    return pairs

"""Resource servers: APIs with custom scopes for access tokens.

A scope is `<identifier>/<scope name>`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct


class ResourceServer(Struct, frozen=True, gc=False):
    """A resource server of a pool; its key is (pool_id, identifier).

    `scopes` are (name, description).
    """

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
    """Return ResourceServerScopeType entries as pairs.

    Of a name that comes twice, the last description holds [assumed].
    """
    return tuple({scope["ScopeName"]: scope["ScopeDescription"] for scope in wire or ()}.items())

"""The seed while it is made from the sources, and what of them it leaves out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from cognito_emulator.seed.importing.options import Options
from cognito_emulator.seed.importing.pool_draft import PoolDraft
from cognito_emulator.seed.plain import present
from cognito_emulator.seed.problems import Mistake, Notes, Place

MOST_LEFT_OUT = 200
_IDENTITY_SECTIONS = ("OpenIDConnectProviders", "SAMLProviders", "LoginProviders")


class Imported(Struct, frozen=True):
    """A seed's plain values, and what was left out of it."""

    content: dict[str, Any]
    left_out: list[Mistake]


class Draft:
    """Collects the pools of all sources."""

    def __init__(self, options: Options, notes: Notes) -> None:
        self.options = options
        self.notes = notes
        self.pools: dict[str, PoolDraft] = {}
        self.identity_pools: dict[str, dict[str, Any]] = {}
        self._providers: dict[str, list[dict[str, Any]]] = {}
        self._left_out: dict[Mistake, None] = {}
        self._count = 0

    def leave_out(self, place: Place, text: str) -> None:
        """Note what the seed will not have; a note that is there already is not repeated."""
        mistake = Mistake(place, f"left out: {text}")
        if mistake not in self._left_out:
            self._count += 1
            if self._count <= MOST_LEFT_OUT:
                self._left_out[mistake] = None

    def leaver(self, place: Place) -> Callable[[str, str], None]:
        """Return what notes a path below a place, and why it is left out."""
        return lambda path, reason: self.leave_out(place.key(path, place.line), reason)

    def remark(self, place: Place, text: str) -> None:
        """Note what the seed has in another form than the source."""
        self._left_out.setdefault(Mistake(place, text))

    def pool(self, place: Place, pool_id: str) -> PoolDraft:
        """Return the pool of an id, made at the first call."""
        known = self.pools.get(pool_id)
        if known is None:
            known = self.pools[pool_id] = PoolDraft(self, place, pool_id)
        return known

    def only_pool(self, place: Place, what: str) -> PoolDraft | None:
        """Return the one pool for what names none.

        Where there is none, one is made; where there are several, that is a mistake.
        """
        if len(self.pools) > 1:
            self.notes.add(place, f"{what} name no user pool, and there are several: {', '.join(self.pools)}")
            return None
        if not self.pools:
            made = self.pool(place, f"{self.options.region}_imported")
            self.remark(place, f"{what} name no user pool; they are in a new one, {made.id}")
        return next(iter(self.pools.values()))

    def identity_pool(self, pool_id: str) -> dict[str, Any]:
        """Return the block of an identity pool, made at the first call."""
        block: dict[str, Any] = {"IdentityPoolId": pool_id, "IdentityPoolName": "imported"}
        return self.identity_pools.setdefault(pool_id, {**block, "AllowUnauthenticatedIdentities": False})

    def add_provider(self, section: str, block: Mapping[str, Any]) -> None:
        """Add a provider that identity pools may trust."""
        self._providers.setdefault(section, []).append(dict(block))

    def finish(self) -> Imported:
        """Return what was collected."""
        pools = [pool.block() for pool in self.pools.values()]
        content: dict[str, Any] = present(
            {
                "UserPools": pools,
                "IdentityPools": [present(block) for block in self.identity_pools.values()],
                **{name: self._providers[name] for name in _IDENTITY_SECTIONS if name in self._providers},
            }
        )
        left_out = list(self._left_out)
        if self._count > MOST_LEFT_OUT:
            left_out.append(Mistake(Place(""), f"and {self._count - MOST_LEFT_OUT} more are left out"))
        return Imported(_copied(content), left_out)


def _copied(value: Any) -> Any:
    """Return plain values that share nothing, so that YAML has no aliases."""
    if isinstance(value, Mapping):
        return {str(name): _copied(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_copied(item) for item in value]
    return str(value) if isinstance(value, str) else value

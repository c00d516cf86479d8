"""The signing keys of a second world.

Those of its baseline's pools are the first world's, since RSA takes time."""

from __future__ import annotations

from collections.abc import Collection

from cognito_emulator.ports.keys import Keys, KeySet


class SharedKeys(Keys):
    """Key sets by pool id, as `Keys`.

    Args:
        home: the keys of the first world. Its spare sets serve the pools that are made in this one.
        shared: the pools that keep the keys that they have at home.
    """

    def __init__(self, home: Keys, shared: Collection[str]) -> None:
        super().__init__(home.take, ready=0)
        self._home = home
        self._shared = shared

    async def of(self, pool_id: str) -> KeySet:
        if pool_id in self._shared and super().known(pool_id) is None:
            found = await self._home.of(pool_id)
            if super().known(pool_id) is None:
                self.put(pool_id, found)
        return await super().of(pool_id)

    def known(self, pool_id: str) -> KeySet | None:
        found = super().known(pool_id)
        return found or (self._home.known(pool_id) if pool_id in self._shared else None)

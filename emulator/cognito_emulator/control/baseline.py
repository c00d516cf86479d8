"""The baseline: the state that a reset restores.

There is one for each world; `Emulator.reset` and `POST /_emulator/reset` share it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Hashable, Iterable
from contextlib import asynccontextmanager, nullcontext

from cognito_emulator.domain.history import Row
from cognito_emulator.domain.identity_pools import identity_token
from cognito_emulator.domain.table import Table
from cognito_emulator.seed import Seed, apply
from cognito_emulator.world import World


class Baseline:
    """Snapshots of a world's store.

    At first the baseline is what the store holds when this object is made: nothing. Each seed that is added extends
    it. The cost of a reset depends on what has changed since, not on what exists.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.alone = asyncio.Lock()  # a seed is applied in slices: resets and other seeds wait for its end
        self._snapshot = world.store.snapshot()
        self._pools = self._pool_ids()

    def resume(self, changed: Iterable[tuple[str, Hashable, Row | None]]) -> None:
        """Take up an earlier baseline.

        Args:
            changed: table, key and row of what is different now, as it was then.
        """
        changed = list(changed)
        self._world.store.amend(self._snapshot, changed)
        pools = set(self._pools)
        for table, key, row in changed:
            if table == "pools":
                (pools.discard if row is None else pools.add)(str(key))
        self._pools = frozenset(pools)

    async def sow(self, seed: Seed) -> None:
        """Create the contents of `seed`; the baseline stays as it is.

        Raises:
            SeedError
        """
        async with self.alone, self._kept_at_once():
            await apply(self._world, seed, self._world.background.give_way)

    async def add(self, seed: Seed, *, at_once: bool = False) -> None:
        """Add `seed` to the baseline: reset, apply the seed, and store the new baseline.

        Clock and outbox stay as they are. When the seed is refused, nothing has changed. That includes changes by
        other requests while a large seed is applied.

        Args:
            at_once: in one step; there are no other requests yet.

        Raises:
            SeedError
        """
        store = self._world.store
        async with self.alone, self._kept_at_once():
            before = self._snapshot
            return_to_present = store.rewind(before)
            try:
                await apply(self._world, seed, None if at_once else self._world.background.give_way)
            except BaseException:
                return_to_present()
                raise
            pools = self._pools
            self._snapshot = store.snapshot()
            self._pools = self._pool_ids()
            if self._world.keeper is not None:

                def undo() -> None:
                    return_to_present()
                    self._snapshot, self._pools = before, pools

                self._world.keeper.rebase(undo)

    @asynccontextmanager
    async def _kept_at_once(self) -> AsyncIterator[None]:
        """Let the data folder, if there is one, get what is changed inside at once."""
        with nullcontext() if self._world.keeper is None else self._world.keeper.hold():
            yield

    def reset(self) -> None:
        """Restore the baseline, the machine's time and an empty outbox.

        The keys of baseline pools and of identity pools survive, so that verifiers may cache them.
        """
        self._world.store.restore(self._snapshot)
        self._clean_up()

    def wipe(self) -> None:
        """Delete everything, until the next reset restores the baseline."""
        store = self._world.store
        with store.write():
            for table in vars(store).values():
                if isinstance(table, Table):
                    for record in table:
                        table.delete(table.key_of(record))
        self._clean_up()

    def _clean_up(self) -> None:
        self._world.clock.reset()
        self._world.outbox.clear()
        self._world.exported_logs.clear()
        self._world.keys.forget({*self._pools, identity_token.NAME})

    def _pool_ids(self) -> frozenset[str]:
        return frozenset(pool.id for pool in self._world.store.pools)

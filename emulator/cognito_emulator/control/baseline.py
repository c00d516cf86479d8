"""The baseline: the state that a reset restores.

There is one for each world; `Emulator.reset` and `POST /_emulator/reset` share it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from cognito_emulator.domain import rebuild
from cognito_emulator.domain.history import Change, Row
from cognito_emulator.domain.identity_pools import issuer_name
from cognito_emulator.domain.state import State, become, state_of
from cognito_emulator.domain.store import Store
from cognito_emulator.domain.table import Table
from cognito_emulator.ports.collector import put_off
from cognito_emulator.ports.faults import Active
from cognito_emulator.ports.keys import KeySet
from cognito_emulator.ports.outbox import Message
from cognito_emulator.ports.snapshots import Snapshot
from cognito_emulator.seed.built_in import BuiltIn
from cognito_emulator.world import World

if TYPE_CHECKING:
    from cognito_emulator.seed import Seed

T = TypeVar("T")
MANY = 5_000  # users that a snapshot brings back at once, above which no garbage is collected meanwhile


class Scope(Struct, frozen=True):
    """The state of the emulator when a test began: the store and the rest."""

    snapshot: int
    pools: frozenset[str]
    clock: tuple[float | None, float]
    messages: Sequence[Message]
    keys: Mapping[str, KeySet]
    faults: Sequence[Active]


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
        self._scopes: list[Scope] = []

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

    async def sow(self, seed: Seed, *, upsert: bool = False) -> None:
        """Create the contents of `seed`; the baseline stays as it is.

        With `upsert` what exists already is changed, not refused.

        Raises:
            SeedError
        """
        await _prepare(seed)
        async with self.alone, self._kept_at_once():
            await _apply(self._world, seed, at_once=False, upsert=upsert)

    async def replace(self, seed: Seed) -> None:
        """Make the contents of `seed` all that there is; the baseline stays as it is.

        The clock follows the machine again and the outbox is empty. When the seed is refused, nothing has changed.

        Raises:
            SeedError
        """
        world = self._world
        await _prepare(seed)
        async with self.alone, self._kept_at_once():
            before = self.snapshot()
            await self._become_slowly({})
            try:
                await _apply(world, seed, at_once=False)
            except asyncio.CancelledError:
                self.become(before)
                raise
            except BaseException:
                await self.become_slowly(before)
                raise
            self._clean_up()

    async def add(self, seed: Seed | BuiltIn, *, at_once: bool = False) -> None:
        """Add `seed` to the baseline: reset, apply the seed, and store the new baseline.

        Clock and outbox stay as they are. When the seed is refused, nothing has changed. That includes changes by
        other requests while a large seed is applied.

        Args:
            at_once: in one step; there are no other requests yet.

        Raises:
            SeedError
        """
        store = self._world.store
        if not at_once:
            await _prepare(seed)
        async with self.alone, self._kept_at_once():
            before = self._snapshot
            rewound = await self._rewind()
            try:
                await _apply(self._world, seed, at_once=at_once)
            except asyncio.CancelledError:
                _do_all(rewound.take_back())
                raise
            except BaseException:
                await self._in_steps(rewound.take_back())
                raise
            pools = self._pools
            self._snapshot = store.snapshot()
            self._pools = self._pool_ids()
            self._scopes.clear()
            if self._world.keeper is not None:

                def undo() -> None:
                    _do_all(rewound.take_back())
                    self._snapshot, self._pools = before, pools

                self._world.keeper.rebase(undo)
            else:
                await self._in_steps(rewound.drop())

    async def _rewind(self) -> rebuild.Rewound:
        """Go back to the baseline, in steps where very much has changed."""
        store, number = self._world.store, self._snapshot
        if rebuild.has_changed_much(store, number):
            return await self._in_steps(rebuild.rewind(store, number, Store))
        undo = store.rewind(number)

        def at_once() -> rebuild.Steps[None]:
            yield undo()

        return rebuild.Rewound(at_once, rebuild.nothing_left)

    def begin(self) -> Scope:
        """Begin what `end` takes back, such as a test. Scopes may nest."""
        world = self._world
        scope = Scope(
            snapshot=world.store.snapshot(),
            pools=self._pool_ids(),
            clock=world.clock.state,
            messages=world.outbox.all(),
            keys=world.keys.all(),
            faults=world.faults.all(),
        )
        self._scopes.append(scope)
        return scope

    def end(self, scope: Scope) -> None:
        """Make everything what it was when the scope began.

        Where a seed has been added to the baseline since, that was taken back already: then this is a reset.
        """
        if scope not in self._scopes:
            self.reset()
            return
        self._world.store.restore(scope.snapshot)
        self._end(scope)

    async def end_slowly(self, scope: Scope) -> None:
        """End a scope as `end` does, in steps where very much has changed."""
        store = self._world.store
        if scope not in self._scopes:
            await self.reset_slowly()
        elif rebuild.has_changed_much(store, scope.snapshot):
            await self._in_steps(rebuild.restore(store, scope.snapshot, Store, lambda: self._end(scope)))
        else:
            self.end(scope)

    def _end(self, scope: Scope) -> None:
        """End a scope whose records are restored."""
        world = self._world
        del self._scopes[self._scopes.index(scope) :]
        world.store.release(scope.snapshot)
        world.clock.state = scope.clock
        world.outbox.put_back(scope.messages)
        world.faults.restore(scope.faults)
        world.exported_logs.clear()
        world.keys.forget({*scope.pools, issuer_name.NAME}, scope.keys)

    async def copy_into(self, world: World) -> frozenset[str]:
        """Make this baseline the state of a new world; return the ids of its pools."""
        store = self._world.store
        if rebuild.has_changed_much(store, self._snapshot) or _size(store) > MANY:
            async with self.alone:
                await self._in_steps(rebuild.copy(store, world.store, self._snapshot))
        else:
            store.copy_into(world.store, self._snapshot)
        return frozenset(pool.id for pool in world.store.pools)

    @asynccontextmanager
    async def _kept_at_once(self) -> AsyncIterator[None]:
        """Let the data folder, if there is one, get what is changed inside at once."""
        with nullcontext() if self._world.keeper is None else self._world.keeper.hold():
            yield

    def reset(self) -> None:
        """Restore the baseline, the machine's time and an empty outbox.

        The keys of baseline pools and of identity pools survive, so that verifiers may cache them. Within a scope, what
        was there at its beginning comes back when it ends.
        """
        if self._scopes:
            self._world.store.revert(self._snapshot)
        else:
            self._world.store.restore(self._snapshot)
        self._clean_up()

    async def reset_slowly(self) -> None:
        """Reset as `reset` does, in steps where very much has changed."""
        store, number = self._world.store, self._snapshot
        if not rebuild.has_changed_much(store, number):
            self.reset()
        else:
            back = rebuild.revert if self._scopes else rebuild.restore
            await self._in_steps(back(store, number, Store, self._clean_up))

    async def undo_slowly(self, commit: int) -> int:
        """Take back all commits after that number, in steps where they are very much.

        Returns:
            How many commits there were.

        Raises:
            Forgotten, OperationNotEnabled
        """
        store = self._world.store
        since = store.history.since(commit)
        if sum(len(one.changes) for one in since) <= rebuild.MANY:
            store.undo_since(commit)
        else:
            await self._in_steps(rebuild.undo(store, since, Store))
        return len(since)

    def snapshot(self) -> Snapshot:
        """Return the present state, with the clock and the signing keys."""
        world = self._world
        with put_off():  # a copy of very many rows is examined by no later collection
            return Snapshot(world.clock.machine(), state_of(world.store), world.clock.state, world.keys.all())

    def become(self, snapshot: Snapshot) -> list[Change]:
        """Restore a snapshot: the records, the clock and the keys.

        The baseline and the messages stay.

        Raises:
            StoreError: the snapshot's rows contradict each other; nothing has changed.
        """
        world = self._world
        fewer = len(snapshot.state.get("users", ())) - len(world.store.users)
        with put_off(when=fewer > MANY):
            changes = become(world.store, snapshot.state)
        self._take_up(snapshot)
        return changes

    async def become_slowly(self, snapshot: Snapshot) -> int:
        """Restore a snapshot as `become` does, in steps where there is very much.

        Returns:
            How many rows it changes.

        Raises:
            StoreError
        """
        return await self._become_slowly(snapshot.state, lambda: self._take_up(snapshot))

    async def _become_slowly(self, state: State, then: Callable[[], object] = lambda: None) -> int:
        store = self._world.store
        if max(_size(store), sum(map(len, state.values()))) > MANY:
            return await self._in_steps(rebuild.become(store, state, Store, then))
        changed = len(become(store, state))
        then()
        return changed

    async def _in_steps(self, steps: rebuild.Steps[T]) -> T:
        with put_off():
            return await self._world.background.in_steps(steps)

    def _take_up(self, snapshot: Snapshot) -> None:
        """Restore what a snapshot has beside the records."""
        world = self._world
        world.clock.state = snapshot.clock
        world.keys.forget({*self._pools, *self._pool_ids(), issuer_name.NAME})
        for pool_id, keys in snapshot.keys.items():
            if world.keys.known(pool_id) is not keys:
                world.keys.put(pool_id, keys)

    async def wipe_slowly(self) -> None:
        """Delete everything as `wipe` does, in steps where there is very much."""
        if len(self._world.store.recoveries):  # no user may go then
            self.wipe()
        else:
            await self._become_slowly({}, self._clean_up)

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
        self._world.faults.remove()
        self._world.metrics.clear()
        self._world.exported_logs.clear()
        kept = {*self._pools, *self._pool_ids(), issuer_name.NAME}
        before: dict[str, KeySet] = {}
        for scope in self._scopes:
            kept |= scope.pools
            before |= scope.keys
        self._world.keys.forget(kept, before)

    def _pool_ids(self) -> frozenset[str]:
        return frozenset(pool.id for pool in self._world.store.pools)


async def _prepare(seed: Seed | BuiltIn) -> None:
    """Import on a thread what applies a seed.

    Others are answered meanwhile, and nothing has changed yet.
    """
    if not isinstance(seed, BuiltIn):
        await asyncio.to_thread(import_module, "cognito_emulator.seed.applying")
        preparing = await asyncio.to_thread(import_module, "cognito_emulator.seed.preparing")
        await preparing.prepare_seed(seed)


def _size(store: Store) -> int:
    return sum(len(table) for table in store.tables().values())


async def _apply(world: World, seed: Seed | BuiltIn, *, at_once: bool, upsert: bool = False) -> None:
    if isinstance(seed, BuiltIn):
        seed.put(world)
        return
    from cognito_emulator.seed import apply  # it brings the operations along, which few starts need

    if not at_once:
        await world.background.all_deleted()  # what a seed makes anew has nothing of an earlier one
    await apply(world, seed, None if at_once else world.background.give_way, upsert=upsert)


def _do_all(steps: rebuild.Steps[None]) -> None:
    for _ in steps:
        pass

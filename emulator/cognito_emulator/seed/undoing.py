"""The removal of a refused seed's contents.

Other requests may have run meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from cognito_emulator.domain import removal
from cognito_emulator.domain.identity_pools.login_provider import LoginProvider
from cognito_emulator.domain.limits import ProvisionedLimit
from cognito_emulator.domain.store import Store
from cognito_emulator.seed import state
from cognito_emulator.world import World


class Made(Struct):
    """The contents created so far.

    They are ids of pools and identity pools, the earlier providers of logins and limits, and earlier rows of the
    section State.
    """

    pools: list[str] = field(default_factory=list)
    identity_pools: list[str] = field(default_factory=list)
    login_providers: dict[str, LoginProvider | None] = field(default_factory=dict)
    limits: dict[tuple[str, str, str], ProvisionedLimit | None] = field(default_factory=dict)
    rows: state.Before = field(default_factory=dict)


def steps(world: World, made: Made) -> Iterator[None]:
    """Remove all of it, some records at a time; others may run after each step."""
    store = world.store
    for pool_id in made.pools:
        yield from _remove(store, removal.of_pool(store, pool_id))
        with store.write():
            for domain in store.domains.where("pool", pool_id):  # DeleteUserPool refuses while there is one
                store.domains.delete(domain.key)
            removal.remove_pool(store, pool_id)
        yield
    for pool_id in made.identity_pools:
        yield from _remove(store, removal.of_identity_pool(store, pool_id))
        with store.write():
            store.identity_pools.delete(pool_id)
    with store.write():
        for key, before in made.login_providers.items():
            if before is None:
                store.login_providers.delete(key)
            else:
                store.login_providers.put(before)
        for place, limit in made.limits.items():
            if limit is None:
                store.limits.delete(place)
            else:
                store.limits.put(limit)
    yield
    yield from state.take_back(world, made.rows)


def _remove(store: Store, parts: removal.Parts) -> Iterator[None]:
    is_over = False
    while not is_over:
        with store.write():
            is_over = removal.are_last(parts, removal.PART)
        yield

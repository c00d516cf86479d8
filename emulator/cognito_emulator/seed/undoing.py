"""The removal of a refused seed's contents.

Other requests may have run meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from cognito_emulator.domain.identity_pools.login_provider import LoginProvider
from cognito_emulator.domain.limits import ProvisionedLimit
from cognito_emulator.domain.removal import remove_pool, remove_user
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
    """Remove all of it, user by user; others may run after each step."""
    store = world.store
    for pool_id in made.pools:
        for user in reversed(store.users.where("pool", pool_id)):
            with store.write():
                remove_user(store, user)
            yield
        pool = store.pools.get(pool_id)
        if pool is not None:
            with store.write():
                for domain in store.domains.where("pool", pool_id):  # DeleteUserPool refuses while there is one
                    store.domains.delete(domain.key)
                remove_pool(store, pool)
        yield
    with store.write():
        for pool_id in made.identity_pools:
            for identity in store.federated_identities.where("pool", pool_id):
                store.federated_identities.delete(identity.id)
            store.identity_pools.delete(pool_id)
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

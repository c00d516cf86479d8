"""What surrounds each page of the console: navigation, counters, the clock."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from cognito_emulator.console.control_api import has
from cognito_emulator.console.view import HOME, ROOT, View, path_of
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.world import World

MOST_POOLS = 12


class Entry(Struct, frozen=True):
    """An entry of the navigation; `key` follows `g` on the keyboard."""

    name: str
    title: str
    path: str
    key: str
    count: int | None = None


# Screens of control APIs that an emulator may lack.
_OPTIONAL = (
    Entry("faults", "Faults", f"{ROOT}/faults", "x"),
    Entry("snapshots", "Snapshots", f"{ROOT}/snapshots", "n"),
)


class Frame(Struct, frozen=True):
    """The frame of a page. `pool` is the one that the navigation is about."""

    top: Sequence[Entry]
    of_pool: Sequence[Entry]
    steer: Sequence[Entry]
    pool: Pool | None
    others: Sequence[Pool]
    is_frozen: bool
    offset: float
    newest_message: int

    @property
    def entries(self) -> Sequence[Entry]:
        """All entries."""
        return [*self.top, *self.of_pool, *self.steer]


def frame_of(view: View, pool: Pool | None) -> Frame:
    """Return the frame of a page about a pool, or with the first pool's navigation."""
    world = view.world
    pools, messages = list(world.store.pools), world.outbox.all()
    shown = pool or (pools[0] if pools else None)
    return Frame(
        top=[
            Entry("home", "Home", HOME, "h"),
            Entry("requests", "Requests", f"{ROOT}/requests", "r", len(world.journal)),
            Entry("inbox", "Inbox", f"{ROOT}/inbox", "i", len(messages)),
            Entry("tokens", "Tokens", f"{ROOT}/tokens", "t"),
            Entry("flows", "Flows", f"{ROOT}/flows", "d"),
        ],
        of_pool=[] if shown is None else _of_pool(world, shown),
        steer=[
            *(entry for entry in _OPTIONAL if has(view, f"/{entry.name}")),
            Entry("clock", "Clock", f"{ROOT}/clock", "c"),
            Entry("api", "API explorer", f"{ROOT}/api", "a"),
            Entry("guide", "Guide", "/_emulator/guide", "e"),
            Entry("keys", "Keyboard", f"{ROOT}/keys", "k"),
        ],
        pool=shown,
        others=[other for other in pools[: MOST_POOLS + 1] if shown is not None and other.id != shown.id],
        is_frozen=world.clock.is_frozen,
        offset=world.clock.offset,
        newest_message=int(messages[-1].id) if messages else 0,
    )


def _of_pool(world: World, pool: Pool) -> list[Entry]:
    store = world.store
    return [
        Entry("users", "Users", path_of(pool, "users"), "u", store.users.count("pool", pool.id)),
        Entry("groups", "Groups", path_of(pool, "groups"), "o", store.groups.count("pool", pool.id)),
        Entry("clients", "Clients", path_of(pool, "clients"), "l", store.clients.count("pool", pool.id)),
        Entry("providers", "Providers", path_of(pool, "providers"), "p", store.providers.count("pool", pool.id)),
        Entry("pages", "Login pages", path_of(pool, "pages"), "w"),
        Entry("triggers", "Triggers", path_of(pool, "triggers"), "f", len(pool.settings.get("LambdaConfig") or {})),
        Entry("settings", "Settings", path_of(pool, "settings"), "s"),
        Entry("seed", "Seed", path_of(pool, "seed"), "y"),
    ]

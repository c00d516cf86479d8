"""Changes of very many sign-ins, in slices: requests run between.

A user or a client may have a hundred thousand of them. Each is looked up again before it is changed. Those that begin
meanwhile stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain.tokens.token import RefreshFamily

if TYPE_CHECKING:
    from cognito_emulator.world import World

SLICE = 200  # changed at once: a millisecond or two
LOOKS = 2_000  # looked at between two chances for requests


def _nothing() -> None:
    """Do nothing."""


async def change(
    world: World,
    index: str,
    value: Hashable,
    changed: Callable[[RefreshFamily], RefreshFamily],
    first: Callable[[], object] = _nothing,
) -> int:
    """Change the sign-ins with that value in an index; return how many differ.

    Few are changed in one write block.

    Args:
        changed: returns the sign-in as it will be, or the same one.
        first: is called in the first write block.
    """
    families, count = world.store.families, 0
    keys = families.keys(index, value)
    at = 0
    while True:
        with world.store.write():
            first()
            looked_at = differing = 0
            while at < len(keys) and differing < SLICE and looked_at < LOOKS:
                family = families.get(keys[at])
                at, looked_at = at + 1, looked_at + 1
                if family is not None and (after := changed(family)) is not family:
                    families.put(after)
                    differing += 1
        count, first = count + differing, _nothing
        if at == len(keys):
            return count
        await world.background.give_way()


async def revoke(world: World, user_key: tuple[str, str], first: Callable[[], object] = _nothing) -> None:
    """End all sign-ins of a user: their refresh and access tokens are refused."""
    await change(world, "user", user_key, revoked, first)


def revoked(family: RefreshFamily) -> RefreshFamily:
    return family if family.revoked else replace(family, revoked=True)

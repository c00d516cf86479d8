"""SAML assertions that were used, so that none is accepted twice."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from cognito_emulator.domain.expiry import drop_ended
from cognito_emulator.domain.federation.saml import UsedAssertion

if TYPE_CHECKING:
    from cognito_emulator.world import World


def keep(world: World, used: Collection[UsedAssertion]) -> bool:
    """Store all of them; return False and store none where one was used before."""
    table, now = world.store.assertions, world.clock.now()
    if any(one.digest in table for one in used):
        return False
    if used:
        with world.store.write():
            drop_ended(table, now, most=2 * len(used))
            for one in used:
                table.put(one)
    return True

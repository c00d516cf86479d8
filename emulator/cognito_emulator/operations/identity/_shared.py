"""Pieces that the areas of cognito-identity share."""

from __future__ import annotations

from cognito_emulator.domain.identity_pools.identity_pool import IdentityPool
from cognito_emulator.flows.identity_pools.identities import pool_of
from cognito_emulator.wire.registry import Caller
from cognito_emulator.world import World


def home(caller: Caller) -> tuple[str, str]:
    """Return the account and Region whose identity pools a signed call sees."""
    return caller.account, caller.region


def own_pool(world: World, caller: Caller, pool_id: str) -> IdentityPool:
    """Return an identity pool of the caller.

    Raises:
        ResourceNotFound
    """
    return pool_of(world, pool_id, home(caller))

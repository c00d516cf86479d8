"""Serve tags of identity pools by ARN: the IdentityPoolTags of other operations."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.identity_pools.identity_pool import IdentityPool, read_tags
from cognito_emulator.operations.identity._shared import home
from cognito_emulator.wire.model import IDENTITY
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


def _pool(world: World, caller: Caller, arn: str) -> IdentityPool:
    """Return the identity pool of that ARN; nothing else has tags.

    Raises:
        ResourceNotFound: no pool of the caller's account and Region has it [own wording].
    """
    pool = world.store.identity_pools.get(arn.rpartition("/")[2])
    if pool is None or pool.arn != arn or (pool.account, pool.region) != home(caller):
        raise errors.ResourceNotFound(f"Resource {arn} does not exist.").because("identity.pool-unknown")
    return pool


def _put(world: World, pool: IdentityPool, tags: Mapping[str, str]) -> None:
    with world.store.write():
        world.store.identity_pools.put(replace(pool, tags=tags))


@operation("TagResource", service=IDENTITY)
async def tag_resource(world: World, *, caller: Caller, resource_arn: str, tags: Mapping[str, str]) -> None:
    """Set tags; a tag that is there already gets the new value."""
    pool = _pool(world, caller, resource_arn)
    _put(world, pool, read_tags({**pool.tags, **tags}))


@operation("UntagResource", service=IDENTITY)
async def untag_resource(world: World, *, caller: Caller, resource_arn: str, tag_keys: list[str]) -> None:
    """Remove tags; keys that the pool does not have are ignored [assumed]."""
    pool = _pool(world, caller, resource_arn)
    _put(world, pool, read_tags({name: value for name, value in pool.tags.items() if name not in tag_keys}))


@operation("ListTagsForResource", service=IDENTITY)
async def list_tags_for_resource(world: World, *, caller: Caller, resource_arn: str) -> Mapping[str, Mapping[str, str]]:
    return {"Tags": _pool(world, caller, resource_arn).tags}

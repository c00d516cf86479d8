"""Serve tags of user pools and replicas by ARN: UserPoolTags of other operations."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools import pool_tags
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.flows.pools import replicas
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


def _pool(world: World, caller: Caller, arn: str) -> Pool:
    """Return the pool of that ARN; nothing else has tags.

    The ARN may be of another Region of a replicated pool: Terraform's tests of replicas ask in the primary Region
    [observed: hashicorp/terraform-provider-aws].

    Raises:
        ResourceNotFound: no pool that the caller sees in their account and Region has it [own wording].
    """
    head, _, pool_id = arn.rpartition("/")
    region = (head.split(":") + [""] * 4)[3]
    seen = world.find_pool(pool_id, caller.account, caller.region)
    pool = seen and world.find_pool(pool_id, caller.account, region)
    if pool is None or pool.arn != arn:
        raise errors.ResourceNotFound(f"Resource {arn} does not exist.").because("api.pool-unknown")
    return pool


def _put(world: World, pool: Pool, tags: Mapping[str, str]) -> None:
    settings = MappingProxyType({**pool.settings, "UserPoolTags": tags})
    with world.store.write():
        replicas.put_pool(world, replace(pool, settings=settings))


@operation("TagResource")
async def tag_resource(world: World, *, caller: Caller, resource_arn: str, tags: Mapping[str, str]) -> None:
    """Set tags; a tag that is there already gets the new value."""
    pool = _pool(world, caller, resource_arn)
    try:
        checked = pool_tags.checked({**pool.settings["UserPoolTags"], **tags})
    except errors.UserPoolTagging as refusal:
        # Not modelled for this operation.
        raise errors.InvalidParameter(refusal.message) from None
    _put(world, pool, checked)


@operation("UntagResource")
async def untag_resource(world: World, *, caller: Caller, resource_arn: str, tag_keys: list[str]) -> None:
    """Remove tags; keys that the pool does not have are ignored [assumed]."""
    pool = _pool(world, caller, resource_arn)
    kept = {name: value for name, value in pool.settings["UserPoolTags"].items() if name not in tag_keys}
    _put(world, pool, kept)


@operation("ListTagsForResource")
async def list_tags_for_resource(world: World, *, caller: Caller, resource_arn: str) -> Mapping[str, Mapping[str, str]]:
    return {"Tags": _pool(world, caller, resource_arn).settings["UserPoolTags"]}

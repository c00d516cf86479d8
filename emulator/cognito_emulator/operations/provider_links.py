"""AdminLinkProviderForUser and AdminDisableProviderForUser."""

from __future__ import annotations

from collections.abc import Mapping

from cognito_emulator.flows.federation import links
from cognito_emulator.flows.federation.links import Person
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


def _person(wire: Mapping[str, str]) -> Person:
    return Person(
        wire.get("ProviderName", ""), wire.get("ProviderAttributeName", ""), wire.get("ProviderAttributeValue", "")
    )


@operation("AdminLinkProviderForUser")
async def admin_link_provider_for_user(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    destination_user: Mapping[str, str],
    source_user: Mapping[str, str],
) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    links.link(world, pool, _person(destination_user), _person(source_user))


@operation("AdminDisableProviderForUser")
async def admin_disable_provider_for_user(
    world: World, *, caller: Caller, user_pool_id: str, user: Mapping[str, str]
) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    links.unlink(world, pool, _person(user))

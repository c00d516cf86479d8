"""Identity pools: create, describe, list, update, delete, tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.identity_pools import identity_errors, identity_pool
from cognito_emulator.domain.identity_pools.identity_pool import MAX_POOLS, IdentityPool
from cognito_emulator.domain.page import page_of
from cognito_emulator.flows.pools import deletion
from cognito_emulator.operations.identity._shared import home, own_pool
from cognito_emulator.wire.model import IDENTITY
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World

_SIMPLIFIED = (
    "There is no IAM: OIDC and SAML providers come from seeds; tokens of other providers are refused. "
    "Facebook, Amazon and Twitter are the built-in mock provider."
)


def _shape(pool: IdentityPool) -> dict[str, Any]:
    """Return the pool as all three operations answer it.

    Lists and maps that are empty are left out, tags are not. AllowClassicFlow is left out where it was never set
    [observed: aws-cli#7652].
    """
    providers = [
        {"ProviderName": entry.name, "ClientId": entry.client_id, "ServerSideTokenCheck": entry.checks_tokens}
        for entry in pool.user_pools
    ]
    return {
        "IdentityPoolId": pool.id,
        "IdentityPoolName": pool.name,
        "AllowUnauthenticatedIdentities": pool.guests,
        "AllowClassicFlow": pool.classic,
        "SupportedLoginProviders": pool.social or None,
        "DeveloperProviderName": pool.developer,
        "OpenIdConnectProviderARNs": pool.oidc or None,
        "CognitoIdentityProviders": providers or None,
        "SamlProviderARNs": pool.saml or None,
        "IdentityPoolTags": pool.tags,
    }


def _settings(members: Mapping[str, Any], account: str, developer: str | None = None) -> dict[str, Any]:
    """Return the fields that Create and Update set alike.

    `developer` is the provider that the pool has already.
    """
    return {
        "name": members["IdentityPoolName"],
        "guests": members["AllowUnauthenticatedIdentities"],
        "classic": members.get("AllowClassicFlow"),
        "user_pools": identity_pool.read_user_pools(members.get("CognitoIdentityProviders", ())),
        "social": identity_pool.read_social(members.get("SupportedLoginProviders", {})),
        "developer": identity_pool.keep_developer(developer, members.get("DeveloperProviderName")),
        "oidc": identity_pool.read_arns("oidc", members.get("OpenIdConnectProviderARNs", ()), account),
        "saml": identity_pool.read_arns("saml", members.get("SamlProviderARNs", ()), account),
    }


@operation("CreateIdentityPool", service=IDENTITY, simplified=_SIMPLIFIED)
async def create_identity_pool(world: World, members: Mapping[str, Any], caller: Caller) -> Mapping[str, Any]:
    tags = members.get("IdentityPoolTags", {})
    pool = IdentityPool(
        id=identity_pool.custom_id(tags, caller.region) or f"{caller.region}:{world.ids.uuid()}",
        account=caller.account,
        region=caller.region,
        created=world.clock.now(),
        **_settings(members, caller.account),
        tags=identity_pool.read_tags(tags),
    )
    identity_pool.check_developer(pool)
    if world.store.federated_identities.count("pool", pool.id):
        await deletion.finish_identity_pool(world, pool.id)
    if pool.id in world.store.identity_pools:  # an id that a seed or a tag fixes
        raise identity_errors.ResourceConflict(f"IdentityPool '{pool.id}' already exists.").because(
            "identity.exists", value=pool.id
        )
    if world.store.identity_pools.count("home", home(caller)) >= MAX_POOLS:
        raise errors.LimitExceeded(f"The limit of {MAX_POOLS} identity pools per account is reached.")
    with world.store.write():
        world.store.identity_pools.put(pool)
    return _shape(pool)


@operation("DescribeIdentityPool", service=IDENTITY)
async def describe_identity_pool(world: World, *, caller: Caller, identity_pool_id: str) -> Mapping[str, Any]:
    return _shape(own_pool(world, caller, identity_pool_id))


@operation("UpdateIdentityPool", service=IDENTITY, simplified=_SIMPLIFIED)
async def update_identity_pool(world: World, members: Mapping[str, Any], caller: Caller) -> Mapping[str, Any]:
    """Replace a pool's settings; what is left out gets its default.

    The developer provider stays for ever, and tags stay, which tools send by TagResource alone.
    """
    pool = own_pool(world, caller, members["IdentityPoolId"])
    settings = _settings(members, caller.account, pool.developer)
    tags = identity_pool.read_tags(members["IdentityPoolTags"]) if "IdentityPoolTags" in members else pool.tags
    changed = replace(pool, **settings, tags=tags)
    identity_pool.check_developer(changed)
    with world.store.write():
        world.store.identity_pools.put(changed)
    return _shape(changed)


@operation("DeleteIdentityPool", service=IDENTITY)
async def delete_identity_pool(world: World, *, caller: Caller, identity_pool_id: str) -> None:
    """Delete a pool with all its identities."""
    pool = own_pool(world, caller, identity_pool_id)
    await deletion.delete_identity_pool(world, pool)


@operation("ListIdentityPools", service=IDENTITY)
async def list_identity_pools(
    world: World, *, caller: Caller, max_results: int, next_token: str | None = None
) -> Mapping[str, Any]:
    request = f"ListIdentityPools:{home(caller)}"
    page = page_of(world.store.identity_pools, "home", home(caller), request, max_results, next_token)
    listed = [{"IdentityPoolId": pool.id, "IdentityPoolName": pool.name} for pool in page.items]
    return {"IdentityPools": listed, "NextToken": page.token}

"""Developer-authenticated identities: users of the caller's own system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain import errors
from cognito_emulator.domain.identity_pools import identity, identity_errors, identity_token
from cognito_emulator.domain.identity_pools.identity import Login, Outcome, PoolIdentity
from cognito_emulator.domain.identity_pools.identity_pool import IdentityPool
from cognito_emulator.domain.page import slice_of
from cognito_emulator.flows.identity_pools import identities
from cognito_emulator.operations.identity._shared import home, own_pool
from cognito_emulator.wire.model import IDENTITY
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


def _developer(pool: IdentityPool, name: str | None = None) -> str:
    """Return the pool's developer provider, which a request may name.

    Raises:
        InvalidParameter: it has none, or another.
    """
    if pool.developer is None or name not in (None, pool.developer):
        raise identity_errors.unsupported_developer_provider()
    return pool.developer


def _holder(world: World, pool: IdentityPool, developer: str, user: str) -> PoolIdentity:
    """Return the identity of a developer's user.

    Raises:
        ResourceNotFound
    """
    found = world.store.federated_identities.find("login", (pool.id, Login(developer, user)))
    if found is None:
        raise identity_errors.developer_user_not_found(user)
    return found


def _identity(world: World, caller: Caller, pool: IdentityPool, identity_id: str) -> PoolIdentity:
    """Return an identity of the pool.

    Raises:
        ResourceNotFound
    """
    home_of, found = identities.find(world, identity_id, home(caller))
    if home_of.id != pool.id:
        raise identity_errors.identity_not_found(identity_id)
    return found


@operation("GetOpenIdTokenForDeveloperIdentity", service=IDENTITY)
async def get_open_id_token_for_developer_identity(
    world: World,
    *,
    caller: Caller,
    identity_pool_id: str,
    logins: Mapping[str, str],
    identity_id: str | None = None,
    principal_tags: Mapping[str, str] | None = None,
    token_duration: int = identity_token.DEVELOPER_LIFETIME,
) -> Mapping[str, Any]:
    found, token = await identities.developer_token(
        world,
        identity_pool_id,
        home(caller),
        logins,
        identity_id=identity_id,
        tags=principal_tags or {},
        lifetime=token_duration,
    )
    return {"IdentityId": found, "Token": token}


@operation("LookupDeveloperIdentity", service=IDENTITY)
async def lookup_developer_identity(
    world: World,
    *,
    caller: Caller,
    identity_pool_id: str,
    identity_id: str | None = None,
    developer_user_identifier: str | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
) -> Mapping[str, Any]:
    """Look up a developer's user, or an identity.

    By user, the answer is that user and the identity; by identity, all its users.
    """
    pool = own_pool(world, caller, identity_pool_id)
    if identity_id is None and developer_user_identifier is None:
        raise errors.InvalidParameter("Either IdentityId or DeveloperUserIdentifier must be given.").because(
            "api.one-of", value=["IdentityId", "DeveloperUserIdentifier"]
        )
    developer = _developer(pool)
    if identity_id is not None:
        found = _identity(world, caller, pool, identity_id)
        users = found.users_of(developer)
        if developer_user_identifier is not None and developer_user_identifier not in users:
            raise identity_errors.ResourceConflict(
                "The developer user identifier does not belong to the identity."
            ).because("identity.developer-user")
    else:
        found = _holder(world, pool, developer, developer_user_identifier or "")
    if developer_user_identifier is not None:
        users = [developer_user_identifier]
    request = f"LookupDeveloperIdentity:{pool.id}:{identity_id}:{developer_user_identifier}"
    page = slice_of(users, request, max_results, next_token)
    return {"IdentityId": found.id, "DeveloperUserIdentifierList": page.items, "NextToken": page.token}


@operation("MergeDeveloperIdentities", service=IDENTITY)
async def merge_developer_identities(
    world: World,
    *,
    caller: Caller,
    source_user_identifier: str,
    destination_user_identifier: str,
    developer_provider_name: str,
    identity_pool_id: str,
) -> Mapping[str, Any]:
    pool = own_pool(world, caller, identity_pool_id)
    developer = _developer(pool, developer_provider_name)
    source = _holder(world, pool, developer, source_user_identifier)
    destination = _holder(world, pool, developer, destination_user_identifier)
    outcome = identity.merge(source, destination, developer, world.clock.now())
    return {"IdentityId": identities.commit(world, outcome).id}


@operation("UnlinkDeveloperIdentity", service=IDENTITY)
async def unlink_developer_identity(
    world: World,
    *,
    caller: Caller,
    identity_id: str,
    identity_pool_id: str,
    developer_provider_name: str,
    developer_user_identifier: str,
) -> None:
    pool = own_pool(world, caller, identity_pool_id)
    developer = _developer(pool, developer_provider_name)
    one = _identity(world, caller, pool, identity_id)
    if _holder(world, pool, developer, developer_user_identifier).id != one.id:
        raise identity_errors.ResourceConflict(
            "The developer user identifier does not belong to the identity."
        ).because("identity.developer-user")
    removed = [Login(developer, developer_user_identifier)]
    identities.commit(world, Outcome(identity.without(one, removed, world.clock.now())))

"""Serve CIMD policies and the client metadata documents that are cached for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients import cimd_policy as rules
from cognito_emulator.domain.clients.cimd_policy import CachedDocument, CimdPolicy
from cognito_emulator.domain.clients.client_metadata import DEFAULT_CACHE, BadDocument
from cognito_emulator.domain.page import page_of
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.removal import remove_policy
from cognito_emulator.flows.tokens import client_metadata as flow
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


def _summary(policy: CimdPolicy) -> dict[str, Any]:
    return {
        "CIMDPolicyId": policy.id,
        "ClientId": policy.client_id,
        "PolicyName": policy.name,
        "CacheDuration": policy.cache_duration,
        "CreationDate": stamp(policy.created),
        "LastModifiedDate": stamp(policy.modified),
    }


def _shape(policy: CimdPolicy) -> dict[str, Any]:
    return {**_summary(policy), "UserPoolId": policy.pool_id, "URLPatterns": list(policy.patterns)}


def _policy(world: World, pool: Pool, policy_id: str) -> CimdPolicy:
    policy = world.store.cimd_policies.get(policy_id)
    if policy is None or policy.pool_id != pool.id:
        raise rules.policy_not_found(policy_id)
    return policy


@operation("CreateCIMDPolicy")
async def create_cimd_policy(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    client_id: str,
    policy_name: str,
    url_patterns: list[str],
    cache_duration: int | None = None,
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    rules.check_tier(pool)
    client = world.client_of(pool, client_id)
    if world.store.cimd_policies.count("pool", pool.id) >= rules.MAX_POLICIES:
        raise errors.LimitExceeded(f"The limit of {rules.MAX_POLICIES} CIMD policies per user pool is reached.")
    now, duration = world.clock.now(), cache_duration or DEFAULT_CACHE
    policy = CimdPolicy(world.ids.client_id(), pool.id, client.id, policy_name, duration, tuple(url_patterns), now, now)
    with world.store.write():
        world.store.cimd_policies.put(policy)
    return {"CIMDPolicy": _shape(policy)}


@operation("DescribeCIMDPolicy")
async def describe_cimd_policy(
    world: World, *, caller: Caller, user_pool_id: str, cimd_policy_id: str
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return {"CIMDPolicy": _shape(_policy(world, pool, cimd_policy_id))}


@operation("UpdateCIMDPolicy")
async def update_cimd_policy(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    cimd_policy_id: str,
    client_id: str,
    url_patterns: list[str],
    policy_name: str | None = None,
    cache_duration: int | None = None,
) -> Mapping[str, Any]:
    """Change a policy; a name or duration that is left out stays.

    [docs: UpdateCIMDPolicy]
    """
    pool = world.pool(user_pool_id, caller.account, caller.region)
    rules.check_tier(pool)
    old = _policy(world, pool, cimd_policy_id)
    client = world.client_of(pool, client_id)
    changed = replace(
        old,
        client_id=client.id,
        patterns=tuple(url_patterns),
        modified=world.clock.now(),
        name=old.name if policy_name is None else policy_name,
        cache_duration=old.cache_duration if cache_duration is None else cache_duration,
    )
    with world.store.write():
        world.store.cimd_policies.put(changed)
        flow.forget_unaccepted(world, changed)
    return {"CIMDPolicy": _shape(changed)}


@operation("DeleteCIMDPolicy")
async def delete_cimd_policy(world: World, *, caller: Caller, user_pool_id: str, cimd_policy_id: str) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    policy = _policy(world, pool, cimd_policy_id)
    with world.store.write():
        remove_policy(world.store, policy)


@operation("ListCIMDPolicies")
async def list_cimd_policies(
    world: World, *, caller: Caller, user_pool_id: str, max_results: int | None = None, next_token: str | None = None
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    request = f"ListCIMDPolicies:{pool.id}"
    page = page_of(world.store.cimd_policies, "pool", pool.id, request, max_results, next_token)
    return {"CIMDPolicies": [_summary(policy) for policy in page.items], "NextToken": page.token}


@operation("ListClientMetadataURLs")
async def list_client_metadata_urls(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    cimd_policy_id: str,
    max_results: int | None = None,
    next_token: str | None = None,
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    policy = _policy(world, pool, cimd_policy_id)
    request = f"ListClientMetadataURLs:{policy.id}"
    page = page_of(world.store.client_documents, "policy", policy.id, request, max_results, next_token)
    return {"ClientMetadataURLs": [_state(world, document) for document in page.items], "NextToken": page.token}


def _state(world: World, document: CachedDocument) -> dict[str, Any]:
    """Show a URL, with the dates of its document while that is cached."""
    shown: dict[str, Any] = {"URL": rules.listed(document.url)}
    if document.is_good(world.clock.now()):
        shown |= {"CachedDate": stamp(document.cached), "ExpirationDate": stamp(document.expires)}
    return shown


@operation("UpdateClientMetadataURLState")
async def update_client_metadata_url_state(
    world: World, *, caller: Caller, user_pool_id: str, cimd_policy_id: str, url: str, action: str
) -> None:
    """Retrieve a document again, or forget it.

    A document that cannot be retrieved stays as it is [assumed].
    """
    pool = world.pool(user_pool_id, caller.account, caller.region)
    rules.check_tier(pool)
    policy = _policy(world, pool, cimd_policy_id)
    document = flow.cached(world, policy, url)
    if action == "INVALIDATE":
        flow.invalidate(world, document)
        return
    try:
        await flow.fetch(world, policy, document.url)
    except BadDocument as error:
        raise errors.InvalidParameter(str(error)).because("clients.cimd-document") from None

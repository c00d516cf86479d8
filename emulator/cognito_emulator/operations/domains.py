"""Serve domains of user pools: create, describe, update, delete.

The pages behind them are not part of this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.hosted import hosted_domain as rules
from cognito_emulator.domain.hosted.hosted_domain import HostedDomain
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


def _domain(world: World, pool: Pool, name: str) -> HostedDomain:
    """Return a domain of that pool; the error's text is DeleteUserPoolDomain's.

    The service gives it there; elsewhere it is [assumed].
    """
    domain = world.store.domains.get(rules.key_of(name, pool.region))
    if domain is None or domain.pool_id != pool.id:
        raise errors.InvalidParameter("No such domain or user pool exists.").because(
            "hosted.domain-unknown", setting="Domain"
        )
    return domain


def _answer(domain: HostedDomain, version: int | None) -> dict[str, Any]:
    return {
        "ManagedLoginVersion": version,
        "CloudFrontDomain": domain.distribution if domain.is_custom else None,
        "Routing": domain.routing,
    }


@operation(
    "CreateUserPoolDomain", simplified="Active at once; certificate, DNS entry and health check are not checked."
)
async def create_user_pool_domain(world: World, members: Mapping[str, Any], caller: Caller) -> Mapping[str, Any]:
    """Create a domain, which is active at once."""
    pool = world.pool(members["UserPoolId"], caller.account, caller.region)
    name, config, routing = members["Domain"], members.get("CustomDomainConfig"), members.get("Routing") or None
    custom = config is not None
    rules.check_name(name, custom=custom)
    rules.check_certificate(config)
    version = members.get("ManagedLoginVersion", 1)
    rules.check_settings(pool, version, config, routing=routing is not None)
    made = HostedDomain(name, pool.id, pool.region, world.clock.now(), version, config, routing)
    rules.check_free(pool, custom=custom, own=world.domains(pool), holder=world.store.domains.get(made.key))
    if custom and _customs(world, pool) >= rules.MAX_CUSTOM:
        raise errors.LimitExceeded(f"The limit of {rules.MAX_CUSTOM} custom domains per account is reached.")
    with world.store.write():
        world.store.domains.put(made)
    return _answer(made, members.get("ManagedLoginVersion"))


def _customs(world: World, pool: Pool) -> int:
    """Count the custom domains that the pool's account has in its Region."""
    pools = world.store.pools.where("home", (pool.account, pool.region))
    return sum(domain.is_custom for other in pools for domain in world.store.domains.where("pool", other.id))


@operation(
    "DescribeUserPoolDomain",
    simplified="Always ACTIVE; S3Bucket and CloudFrontDistribution are names only.",
)
async def describe_user_pool_domain(world: World, *, caller: Caller, domain: str) -> Mapping[str, Any]:
    """Describe a domain; an unknown one is no error, its description is empty.

    Clients test for a missing Status [observed: hashicorp/terraform-provider-aws].
    """
    found = world.store.domains.get(rules.key_of(domain, caller.region))
    pool = world.find_pool(found.pool_id, caller.account, caller.region) if found else None
    if found is None or pool is None:
        return {"DomainDescription": {}}
    return {
        "DomainDescription": {
            "UserPoolId": pool.id,
            "AWSAccountId": pool.account,
            "Domain": found.name,
            "S3Bucket": rules.assets_bucket(pool.region),
            "CloudFrontDistribution": found.distribution,
            "Version": found.made_by,
            "Status": "ACTIVE",
            "CustomDomainConfig": found.config or {},
            "ManagedLoginVersion": found.version,
            "Routing": found.routing,
        }
    }


@operation(
    "UpdateUserPoolDomain", simplified="Active at once; certificate, DNS entry and health check are not checked."
)
async def update_user_pool_domain(world: World, members: Mapping[str, Any], caller: Caller) -> Mapping[str, Any]:
    """Change a domain; what is left out stays [assumed].

    That are ManagedLoginVersion and Routing; an empty Routing removes it.
    """
    pool = world.pool(members["UserPoolId"], caller.account, caller.region)
    old = _domain(world, pool, members["Domain"])
    config = members.get("CustomDomainConfig")
    if old.is_custom and config is None:
        raise errors.InvalidParameter("Cannot convert custom domain to prefix domain.").because("hosted.domain-kind")
    if config is not None and not old.is_custom:
        raise errors.InvalidParameter(
            "User pool should have a custom domain associated, failed to update the certificate."
        ).because("hosted.domain-kind")
    rules.check_certificate(config)
    version = members.get("ManagedLoginVersion", old.version)
    rules.check_settings(pool, version, config, routing=bool(members.get("Routing")))
    changed = replace(old, version=version, config=config, routing=members.get("Routing", old.routing) or None)
    with world.store.write():
        world.store.domains.put(changed)
    return _answer(changed, members.get("ManagedLoginVersion"))


@operation("DeleteUserPoolDomain")
async def delete_user_pool_domain(world: World, *, caller: Caller, domain: str, user_pool_id: str) -> None:
    pool = world.find_pool(user_pool_id, caller.account, caller.region)
    if pool is None:
        raise errors.InvalidParameter("No such domain or user pool exists.").because(
            "hosted.domain-unknown", setting="Domain"
        )
    gone = _domain(world, pool, domain)
    with world.store.write():
        world.store.domains.delete(gone.key)

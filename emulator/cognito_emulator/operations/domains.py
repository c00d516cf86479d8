"""Domains of user pools: create, describe, update, delete. The pages behind them are not part of this module."""

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

_NESTED = (
    "CustomDomainConfig.CertificateArn",
    "CustomDomainConfig.SecurityPolicy",
    "Routing.Failover",
    "Routing.Failover.SecondaryRegion",
    "Routing.Failover.PrimaryRoute53HealthCheckId",
)


def _domain(world: World, pool: Pool, name: str) -> HostedDomain:
    """A domain of that pool; the text is recorded for DeleteUserPoolDomain."""
    domain = world.store.domains.get(rules.key_of(name, pool.region))
    if domain is None or domain.pool_id != pool.id:
        raise errors.InvalidParameter("No such domain or user pool exists.")
    return domain


def _answer(domain: HostedDomain, version: int | None) -> dict[str, Any]:
    return {
        "ManagedLoginVersion": version,
        "CloudFrontDomain": domain.distribution if domain.is_custom else None,
        "Routing": domain.routing,
    }


@operation(
    "CreateUserPoolDomain",
    nested=_NESTED,
    simplified="Active at once; no certificate, DNS entry or health check is asked for.",
)
async def create_user_pool_domain(
    world: World,
    *,
    caller: Caller,
    domain: str,
    user_pool_id: str,
    managed_login_version: int | None = None,
    custom_domain_config: Mapping[str, str] | None = None,
    routing: Mapping[str, Any] | None = None,
) -> Mapping[str, Any]:
    """The domain is active at once."""
    pool = world.pool(user_pool_id, caller.account, caller.region)
    custom = custom_domain_config is not None
    rules.check_name(domain, custom=custom)
    rules.check_certificate(custom_domain_config)
    version = 1 if managed_login_version is None else managed_login_version
    rules.check_settings(pool, version, custom_domain_config, routing=bool(routing))
    made = HostedDomain(domain, pool.id, pool.region, world.clock.now(), version, custom_domain_config, routing or None)
    rules.check_free(pool, custom=custom, own=world.domains(pool), holder=world.store.domains.get(made.key))
    if custom and _customs(world, pool) >= rules.MAX_CUSTOM:
        raise errors.LimitExceeded(f"The limit of {rules.MAX_CUSTOM} custom domains per account is reached.")
    with world.store.write():
        world.store.domains.put(made)
    return _answer(made, managed_login_version)


def _customs(world: World, pool: Pool) -> int:
    """How many custom domains the pool's account has in its region."""
    pools = world.store.pools.where("home", (pool.account, pool.region))
    return sum(domain.is_custom for other in pools for domain in world.store.domains.where("pool", other.id))


@operation(
    "DescribeUserPoolDomain",
    simplified="Always ACTIVE; nothing is behind the names S3Bucket and CloudFrontDistribution.",
)
async def describe_user_pool_domain(world: World, *, caller: Caller, domain: str) -> Mapping[str, Any]:
    """An unknown domain is no error: the description is empty (recorded)."""
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
    "UpdateUserPoolDomain",
    nested=_NESTED,
    simplified="Active at once; no certificate, DNS entry or health check is asked for.",
)
async def update_user_pool_domain(
    world: World,
    *,
    caller: Caller,
    domain: str,
    user_pool_id: str,
    managed_login_version: int | None = None,
    custom_domain_config: Mapping[str, str] | None = None,
    routing: Mapping[str, Any] | None = None,
) -> Mapping[str, Any]:
    """ManagedLoginVersion and Routing that are left out stay (not documented); an empty Routing removes it."""
    pool = world.pool(user_pool_id, caller.account, caller.region)
    old = _domain(world, pool, domain)
    if old.is_custom and custom_domain_config is None:
        raise errors.InvalidParameter("Cannot convert custom domain to prefix domain.")
    if custom_domain_config is not None and not old.is_custom:
        raise errors.InvalidParameter(
            "User pool should have a custom domain associated, failed to update the certificate."
        )
    rules.check_certificate(custom_domain_config)
    version = old.version if managed_login_version is None else managed_login_version
    rules.check_settings(pool, version, custom_domain_config, routing=bool(routing))
    kept = old.routing if routing is None else routing or None
    changed = replace(old, version=version, config=custom_domain_config, routing=kept)
    with world.store.write():
        world.store.domains.put(changed)
    return _answer(changed, managed_login_version)


@operation("DeleteUserPoolDomain")
async def delete_user_pool_domain(world: World, *, caller: Caller, domain: str, user_pool_id: str) -> None:
    pool = world.find_pool(user_pool_id, caller.account, caller.region)
    if pool is None:
        raise errors.InvalidParameter("No such domain or user pool exists.")
    gone = _domain(world, pool, domain)
    with world.store.write():
        world.store.domains.delete(gone.key)

"""The names that providers have in Logins maps and in role and tag mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cognito_emulator.domain.identity_pools.identity_pool import issuer_of
from cognito_emulator.domain.identity_pools.identity_token import aws_suffix
from cognito_emulator.domain.pools.pool import Pool

if TYPE_CHECKING:
    from cognito_emulator.world import World


def canonical(world: World, name: str) -> str:
    """Return a provider's name in the form by which AWS names it.

    That is AWS's form for a user pool of this emulator, and the issuer for the ARN of an OIDC provider. Other names
    stay as they are.

    Amplify uses the token's `iss` without its scheme as the key, so the key depends on the issuer setting. Thus
    `localhost:9229/us-east-1_x` becomes `cognito-idp.us-east-1.amazonaws.com/us-east-1_x`.
    """
    return canonical_of(user_pool(world, name), name)


def canonical_of(pool: Pool | None, name: str) -> str:
    """Return `canonical` of a name that means this user pool, or none."""
    return issuer_of(name) if pool is None else provider_name(pool)


def canonical_mapping(world: World, name: str) -> str:
    """Return a key of RoleMappings in its canonical form, as `canonical`.

    The key is a provider name, an ARN, which stays as it is, or `provider:client`.
    """
    if name.startswith("arn:"):
        return name
    provider, colon, client = name.rpartition(":")
    return f"{canonical(world, provider)}:{client}" if colon and "/" in provider else canonical(world, name)


def provider_name(pool: Pool) -> str:
    return f"cognito-idp.{pool.region}.{aws_suffix(pool.region)}/{pool.id}"


def user_pool(world: World, name: str) -> Pool | None:
    """Return the user pool that a provider's name means.

    The name is in AWS's form, or the pool's issuer, or the emulator's own address.
    """
    pool = world.store.pools.get(name.rpartition("/")[2])
    if pool is None:
        return None
    if name == provider_name(pool) or name == world.issuer(pool).partition("://")[2]:
        return pool
    is_here = any(world.is_own_url(f"{scheme}://{name}", f"/{pool.id}") for scheme in ("http", "https"))
    return pool if is_here else None

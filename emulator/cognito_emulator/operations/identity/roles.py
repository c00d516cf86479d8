"""IAM roles of identity pools, and the claims that become tags of their sessions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.identity_pools import identity_errors
from cognito_emulator.domain.identity_pools.identity_pool import IdentityPool
from cognito_emulator.domain.identity_pools.principal_tags import DEFAULTS, SAML_DEFAULTS, TagMap, read_map
from cognito_emulator.domain.identity_pools.role_mapping import check_roles, mapping_wire, read_mapping
from cognito_emulator.flows.identity_pools.provider_names import canonical, canonical_mapping
from cognito_emulator.operations.identity._shared import own_pool
from cognito_emulator.wire.model import IDENTITY
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


def _mapping_names(world: World, pool: IdentityPool) -> set[str]:
    """Return the names that a key of RoleMappings may be."""
    clients = {f"{canonical(world, entry.name)}:{entry.client_id}" for entry in pool.user_pools}
    return clients | {*pool.social, *pool.oidc, *pool.saml}


@operation("SetIdentityPoolRoles", service=IDENTITY)
async def set_identity_pool_roles(
    world: World,
    *,
    caller: Caller,
    identity_pool_id: str,
    roles: Mapping[str, str],
    role_mappings: Mapping[str, Mapping[str, Any]] | None = None,
) -> None:
    """Replace a pool's roles and mappings; those that are left out are gone."""
    pool = own_pool(world, caller, identity_pool_id)
    check_roles(roles.values())
    mappings = {name: read_mapping(name, wire) for name, wire in (role_mappings or {}).items()}
    known, seen = _mapping_names(world, pool), set()
    for name in mappings:
        meant = canonical_mapping(world, name)
        if meant not in known:
            text = f"{name} is not a valid RoleMapping ProviderName or is not a configured provider."
            raise errors.InvalidParameter(text).because("identity.role-mapping", setting="RoleMappings")
        if meant in seen:
            raise errors.InvalidParameter(f"There are two role mappings for {meant}.").because(
                "identity.role-mapping", setting="RoleMappings"
            )
        seen.add(meant)
    changed = replace(pool, roles=MappingProxyType(dict(roles)), mappings=MappingProxyType(mappings))
    with world.store.write():
        world.store.identity_pools.put(changed)


@operation("GetIdentityPoolRoles", service=IDENTITY)
async def get_identity_pool_roles(world: World, *, caller: Caller, identity_pool_id: str) -> Mapping[str, Any]:
    pool = own_pool(world, caller, identity_pool_id)
    mappings = {name: mapping_wire(mapping) for name, mapping in pool.mappings.items()}
    return {"IdentityPoolId": pool.id, "Roles": pool.roles, "RoleMappings": mappings or None}


def _tags_shape(pool: IdentityPool, name: str, tag_map: TagMap) -> dict[str, Any]:
    return {
        "IdentityPoolId": pool.id,
        "IdentityProviderName": name,
        "UseDefaults": tag_map.use_defaults,
        "PrincipalTags": tag_map.tags,
    }


@operation("SetPrincipalTagAttributeMap", service=IDENTITY)
async def set_principal_tag_attribute_map(
    world: World,
    *,
    caller: Caller,
    identity_pool_id: str,
    identity_provider_name: str,
    use_defaults: bool = False,
    principal_tags: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    """Set the tags of a provider; without defaults and tags, none are set any more.

    The pool need not have the provider: AWS documents no such rule [assumed]. The map of a provider that it does not
    have changes nothing.
    """
    pool = own_pool(world, caller, identity_pool_id)
    provider = canonical(world, identity_provider_name)
    tag_map = read_map(use_defaults, principal_tags or {}, SAML_DEFAULTS if ":saml-provider/" in provider else DEFAULTS)
    maps = MappingProxyType({**pool.tag_maps, provider: tag_map})
    with world.store.write():
        world.store.identity_pools.put(replace(pool, tag_maps=maps))
    return _tags_shape(pool, identity_provider_name, tag_map)


@operation("GetPrincipalTagAttributeMap", service=IDENTITY)
async def get_principal_tag_attribute_map(
    world: World, *, caller: Caller, identity_pool_id: str, identity_provider_name: str
) -> Mapping[str, Any]:
    """Return the tags of a provider.

    Raises:
        ResourceNotFound: the map of that provider was never set.
    """
    pool = own_pool(world, caller, identity_pool_id)
    tag_map = pool.tag_maps.get(canonical(world, identity_provider_name))
    if tag_map is None:
        raise identity_errors.no_principal_tags(identity_provider_name)
    return _tags_shape(pool, identity_provider_name, tag_map)

"""Serve identity providers (sign-in by them: `flows.federation.sign_in`).

An OIDC provider's endpoints that are not given are discovered. Where that fails the provider is kept nevertheless, and
its first sign-in tries again: a provider in a container may start later than its user pool.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients import client_settings
from cognito_emulator.domain.federation import oidc
from cognito_emulator.domain.federation import provider_settings as rules
from cognito_emulator.domain.federation.oidc import ProviderTrouble
from cognito_emulator.domain.federation.provider import Provider, without_provider
from cognito_emulator.domain.federation.provider_details import (
    completed,
    metadata,
    metadata_url,
    shown,
    unusable_metadata,
)
from cognito_emulator.domain.page import page_of
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.removal import remove_provider
from cognito_emulator.flows.federation import oidc_client
from cognito_emulator.flows.federation.links import find_provider
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.ports.certificates import has_ended, self_signed
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World

MAX_RESULTS = 50  # the model's longest list, though more may be asked for


def _shape(provider: Provider) -> dict[str, Any]:
    return {
        "UserPoolId": provider.pool_id,
        "ProviderName": provider.name,
        "ProviderType": provider.type,
        "ProviderDetails": shown(provider.details),
        "AttributeMapping": provider.mapping,
        "IdpIdentifiers": list(provider.identifiers),
        "AcrMapping": provider.acr or None,
        "LastModifiedDate": stamp(provider.modified),
        "CreationDate": stamp(provider.created),
    }


def _owners(world: World, pool: Pool, identifiers: Iterable[str]) -> dict[str, Provider | None]:
    return {name: world.store.providers.find("identifier", (pool.id, name)) for name in identifiers}


@operation("CreateIdentityProvider", simplified="All SAML providers of a pool share one key for encrypted assertions.")
async def create_identity_provider(world: World, members: Mapping[str, Any], caller: Caller) -> Mapping[str, Any]:
    name, type_, sent = members["ProviderName"], members["ProviderType"], members["ProviderDetails"]
    pool = world.pool(members["UserPoolId"], caller.account, caller.region)
    now = world.clock.now()
    certificate = await _certificate(world, pool, name, now) if type_ == "SAML" else ""
    document = await _document(world, type_, sent)
    pool = world.pool(members["UserPoolId"], caller.account, caller.region)
    _check_new(world, pool, name, type_)
    rules.check_acr(type_, members.get("AcrMapping"))
    wanted = members.get("IdpIdentifiers", [])
    details = completed(type_, sent, {}, certificate, document)
    _check_certificates(type_, document or details.get("MetadataFile", ""), now)
    provider = Provider(
        pool.id,
        name,
        type_,
        created=now,
        modified=now,
        details=MappingProxyType(details),
        document=document,
        fetched=world.clock.now(),
        mapping=MappingProxyType(rules.mapping(pool, type_, members.get("AttributeMapping", {}))),
        identifiers=rules.identifiers(name, wanted, _owners(world, pool, wanted)),
        acr=MappingProxyType(dict(members.get("AcrMapping", {}))),
    )
    with world.store.write():
        world.store.providers.put(provider)
    return {"IdentityProvider": _shape(await _discovered(world, provider))}


def _check_new(world: World, pool: Pool, name: str, type_: str) -> None:
    """Check that the pool has room for a provider of that name.

    Raises:
        InvalidParameter, and others
    """
    rules.check_name(name, type_)
    if (pool.id, name) in world.store.providers:
        raise errors.DuplicateProvider(f"{name} already exists in user pool {pool.id}")
    if world.store.providers.count("pool", pool.id) >= rules.MAX_PROVIDERS:
        raise errors.LimitExceeded(f"The limit of {rules.MAX_PROVIDERS} identity providers per user pool is reached.")


async def _document(world: World, type_: str, details: Mapping[str, str]) -> str:
    """Return the document at a SAML provider's MetadataURL; empty without one.

    Raises:
        InvalidParameter
    """
    url = metadata_url(details) if type_ == "SAML" else None
    if url is None:
        return ""
    # With the first SAML provider: it brings the hosted pages' flows along.
    from cognito_emulator.flows.federation import saml_client

    return await saml_client.fetch(world, url)


def _check_certificates(type_: str, document: str, now: float) -> None:
    """Check a SAML provider's signing certificates.

    Metadata may have an old one beside the new.

    Raises:
        InvalidParameter: none is valid any more ("must not be expired when you configure the SAML IdP")
            [docs: cognito-user-pools-saml-idp-things-to-know; own wording].
    """
    if type_ == "SAML" and all(has_ended(one, now) for one in metadata(document).certificates):
        raise unusable_metadata("its signing certificate has expired")


async def _discovered(world: World, provider: Provider) -> Provider:
    """Return the provider with the endpoints that can be discovered."""
    if provider.type != "OIDC" or oidc.is_mock(provider):
        return provider
    with suppress(ProviderTrouble):
        await oidc_client.endpoints(world, provider)
    return world.store.providers.get(provider.key) or provider


async def _certificate(world: World, pool: Pool, name: str, now: float) -> str:
    """Return the certificate by which a SAML provider encrypts assertions.

    It is the provider's own, but of the key that all of the pool's share. (AWS makes a key for each provider.)
    """
    keys = await world.keys.of(pool.id)
    return self_signed(keys.first.id_key, name, now)


@operation("DescribeIdentityProvider")
async def describe_identity_provider(
    world: World, *, caller: Caller, user_pool_id: str, provider_name: str
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return {"IdentityProvider": _shape(find_provider(world, pool, provider_name))}


@operation("GetIdentityProviderByIdentifier")
async def get_identity_provider_by_identifier(
    world: World, *, caller: Caller, user_pool_id: str, idp_identifier: str
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    provider = world.store.providers.find("identifier", (pool.id, idp_identifier))
    if provider is None:
        raise errors.ResourceNotFound(
            f"Identity provider with the identifier {idp_identifier} does not exist."
        ).because("federation.provider-unknown", value=idp_identifier)
    return {"IdentityProvider": _shape(provider)}


@operation("UpdateIdentityProvider")
async def update_identity_provider(world: World, members: Mapping[str, Any], caller: Caller) -> Mapping[str, Any]:
    """Change a provider; members that are left out stay [assumed]."""
    pool_id, name = members["UserPoolId"], members["ProviderName"]
    old = find_provider(world, world.pool(pool_id, caller.account, caller.region), name)
    document = await _document(world, old.type, members.get("ProviderDetails", {}))
    pool = world.pool(pool_id, caller.account, caller.region)
    old = find_provider(world, pool, name)
    changed = replace(old, modified=world.clock.now())
    if "ProviderDetails" in members:
        certificate = old.details.get("ActiveEncryptionCertificate", "")
        details = MappingProxyType(completed(old.type, members["ProviderDetails"], old.details, certificate, document))
        _check_certificates(old.type, document or details.get("MetadataFile", ""), changed.modified)
        changed = replace(changed, details=details, document=document, fetched=world.clock.now())
    if "AttributeMapping" in members:
        mapping = rules.mapping(pool, old.type, members["AttributeMapping"])
        changed = replace(changed, mapping=MappingProxyType(mapping))
    if "IdpIdentifiers" in members:
        owners = _owners(world, pool, members["IdpIdentifiers"])
        changed = replace(changed, identifiers=rules.identifiers(old.name, members["IdpIdentifiers"], owners))
    if "AcrMapping" in members:
        rules.check_acr(old.type, members["AcrMapping"])
        changed = replace(changed, acr=MappingProxyType(dict(members["AcrMapping"])))
    if changed.starts_sign_in and not old.starts_sign_in:
        _check_clients(world, pool, changed)
    with world.store.write():
        world.store.providers.put(changed)
    return {"IdentityProvider": _shape(await _discovered(world, changed))}


def _check_clients(world: World, pool: Pool, changed: Provider) -> None:
    """Check that no client has IdP-initiated sign-in beside other kinds of providers.

    A client with an IdP-initiated SAML provider has SAML providers only, also if the provider becomes one only now.
    """
    providers = world.store.providers.where("pool", pool.id)
    saml = frozenset(provider.name for provider in providers if provider.type == "SAML")
    starting = {provider.name for provider in providers if provider.starts_sign_in} | {changed.name}
    for client in world.store.clients.where("pool", pool.id):
        listed = client.settings.get("SupportedIdentityProviders", ())
        if changed.name in listed:
            client_settings.check_mates(listed, saml, frozenset(starting))


@operation("DeleteIdentityProvider")
async def delete_identity_provider(world: World, *, caller: Caller, user_pool_id: str, provider_name: str) -> None:
    """Delete a provider; clients name it no longer [assumed]. Its users stay."""
    pool = world.pool(user_pool_id, caller.account, caller.region)
    provider = find_provider(world, pool, provider_name)
    with world.store.write():
        for client in world.store.clients.where("pool", pool.id):
            listed = client.settings.get("SupportedIdentityProviders", ())
            if provider.name in listed:
                kept = [name for name in listed if name != provider.name]
                settings = without_provider(client.settings, kept)
                world.store.clients.put(replace(client, settings=settings, barred=not kept))
        remove_provider(world.store, provider)


@operation("ListIdentityProviders")
async def list_identity_providers(
    world: World, *, caller: Caller, user_pool_id: str, max_results: int | None = None, next_token: str | None = None
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    size = min(max_results or MAX_RESULTS, MAX_RESULTS)
    page = page_of(world.store.providers, "pool", pool.id, f"ListIdentityProviders:{pool.id}", size, next_token)
    return {"Providers": [_summary(provider) for provider in page.items], "NextToken": page.token}


def _summary(provider: Provider) -> dict[str, Any]:
    return {
        "ProviderName": provider.name,
        "ProviderType": provider.type,
        "LastModifiedDate": stamp(provider.modified),
        "CreationDate": stamp(provider.created),
    }

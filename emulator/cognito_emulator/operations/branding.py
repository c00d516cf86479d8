"""Serve managed login branding: the style of an app client (`oauth.pages.look`)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.hosted import branding as rules
from cognito_emulator.domain.hosted.branding import Asset, Branding
from cognito_emulator.domain.hosted.branding_defaults import DEFAULT_SETTINGS
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.wire.render import Document
from cognito_emulator.world import World

_PLAIN = (
    "Stored, but not shown: dropDown, phoneNumberSelector, idpButton.custom, statusIndicator.pending, "
    "logo.formInclusion, interfaceStyle; images need Bytes."
)


def _asset(asset: Asset) -> dict[str, Any]:
    content = None if asset.content is None else base64.b64encode(asset.content).decode()
    return {
        "Category": asset.category,
        "ColorMode": asset.color_mode,
        "Extension": asset.extension,
        "Bytes": content,
        "ResourceId": asset.resource_id,
    }


def _shape(branding: Branding, *, whole: bool | None = False) -> dict[str, Any]:
    """Return ManagedLoginBrandingType, which does not name the client [assumed].

    `whole` adds the defaults below it. Amazon's own images are not public: merged answers only have those of the style.
    """
    settings = rules.merged(DEFAULT_SETTINGS, branding.settings or {}) if whole else branding.settings
    return {
        "ManagedLoginBranding": {
            "ManagedLoginBrandingId": branding.id,
            "UserPoolId": branding.pool_id,
            "UseCognitoProvidedValues": branding.provided,
            "Settings": None if settings is None else Document(settings),
            "Assets": [_asset(asset) for asset in branding.assets],
            "CreationDate": stamp(branding.created),
            "LastModifiedDate": stamp(branding.modified),
        }
    }


def _branding(world: World, pool: Pool, branding_id: str) -> Branding:
    """Return a style of that pool; the error's text is [own wording]."""
    branding = world.store.brandings.get(branding_id)
    if branding is None or branding.pool_id != pool.id:
        raise errors.ResourceNotFound(f"Managed login branding {branding_id} does not exist.").because(
            "hosted.branding-unknown"
        )
    return branding


@operation("CreateManagedLoginBranding", simplified=_PLAIN)
async def create_managed_login_branding(world: World, members: Mapping[str, Any], caller: Caller) -> Mapping[str, Any]:
    pool = world.pool(members["UserPoolId"], caller.account, caller.region)
    client = world.client_of(pool, members["ClientId"])
    settings = members.get("Settings")
    rules.check_choice(members.get("UseCognitoProvidedValues"), settings)
    rules.check_settings(settings)
    images = rules.assets_of(members.get("Assets", ()))
    if world.store.brandings.find("client", (pool.id, client.id)) is not None:
        raise errors.ManagedLoginBrandingExists(f"Managed login branding already exists for client {client.id}.")
    if world.store.brandings.count("pool", pool.id) >= rules.MAX_STYLES:
        raise errors.LimitExceeded(f"The limit of {rules.MAX_STYLES} branding styles per user pool is reached.")
    now = world.clock.now()
    made = Branding(world.ids.uuid(), pool.id, client.id, settings is None, settings, images, now, now)
    with world.store.write():
        world.store.brandings.put(made)
    return _shape(made)


@operation("DescribeManagedLoginBranding", simplified="Merged answers lack Amazon's own images, which are not public.")
async def describe_managed_login_branding(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    managed_login_branding_id: str,
    return_merged_resources: bool | None = None,
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return _shape(_branding(world, pool, managed_login_branding_id), whole=return_merged_resources)


@operation(
    "DescribeManagedLoginBrandingByClient", simplified="Merged answers lack Amazon's own images, which are not public."
)
async def describe_managed_login_branding_by_client(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    client_id: str,
    return_merged_resources: bool | None = None,
) -> Mapping[str, Any]:
    """Describe a client's style; without one, the error's text is [own wording]."""
    pool = world.pool(user_pool_id, caller.account, caller.region)
    client = world.client_of(pool, client_id)
    branding = world.store.brandings.find("client", (pool.id, client.id))
    if branding is None:
        raise errors.ResourceNotFound(f"Managed login branding does not exist for client {client.id}.").because(
            "hosted.branding-unknown"
        )
    return _shape(branding, whole=return_merged_resources)


@operation("UpdateManagedLoginBranding", simplified=_PLAIN)
async def update_managed_login_branding(world: World, members: Mapping[str, Any], caller: Caller) -> Mapping[str, Any]:
    """Change a style; settings that are left out stay.

    A document that is sent replaces the old one whole; images are added by their place.

    The model requires nothing, but without pool and id there is nothing to change.
    """
    for name in ("UserPoolId", "ManagedLoginBrandingId"):
        if name not in members:
            raise errors.missing_parameter(name)
    pool = world.pool(members["UserPoolId"], caller.account, caller.region)
    old = _branding(world, pool, members["ManagedLoginBrandingId"])
    settings, provided = members.get("Settings"), members.get("UseCognitoProvidedValues")
    rules.check_settings(settings)
    rules.check_settings(settings)
    kept = old.settings if settings is None and not provided else settings
    given = kept is None if provided is None else provided
    rules.check_choice(given, kept)
    changed = replace(
        old,
        provided=given,
        settings=kept,
        assets=rules.with_assets(old.assets, rules.assets_of(members.get("Assets", ()))),
        modified=world.clock.now(),
    )
    with world.store.write():
        world.store.brandings.put(changed)
    return _shape(changed)


@operation("DeleteManagedLoginBranding")
async def delete_managed_login_branding(
    world: World, *, caller: Caller, user_pool_id: str, managed_login_branding_id: str
) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    branding = _branding(world, pool, managed_login_branding_id)
    with world.store.write():
        world.store.brandings.delete(branding.id)

"""Serve the look of the classic hosted pages, which `oauth.pages.look` shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain import errors
from cognito_emulator.domain.hosted import ui_customization as rules
from cognito_emulator.domain.hosted.ui_customization import ALL, UiCustomization
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


def _target(world: World, pool: Pool, client_id: str | None) -> str:
    """Return `ALL`, or the id of a client of that pool."""
    return ALL if client_id in (None, ALL) else world.client_of(pool, str(client_id)).id


def _check_domain(world: World, pool: Pool) -> None:
    """Check that the pool has a domain, as both operations require.

    Raises:
        InvalidParameter: it has none [observed: aws-cdk#6953].
    """
    if not world.store.domains.count("pool", pool.id):
        raise errors.InvalidParameter("There has to be an existing domain associated with this user pool").because(
            "hosted.domain-unknown"
        )


def _shape(world: World, look: UiCustomization) -> dict[str, Any]:
    image = f"{world.public_url}/{look.pool_id}/{look.client_id}/{look.version}/assets/images/image.jpg"
    return {
        "UserPoolId": look.pool_id,
        "ClientId": look.client_id,
        "ImageUrl": image if look.image else None,
        "CSS": look.css,
        "CSSVersion": look.version if look.css else None,
        "LastModifiedDate": stamp(look.modified),
        "CreationDate": stamp(look.created),
    }


@operation("GetUICustomization")
async def get_ui_customization(
    world: World, *, caller: Caller, user_pool_id: str, client_id: str | None = None
) -> Mapping[str, Any]:
    """Return a client's own look, else the pool's, else nothing.

    [docs: GetUICustomization]
    """
    pool = world.pool(user_pool_id, caller.account, caller.region)
    target = _target(world, pool, client_id)
    _check_domain(world, pool)
    look = world.store.looks.get((pool.id, target)) or world.store.looks.get((pool.id, ALL))
    return {"UICustomization": _shape(world, look) if look else {}}


@operation("SetUICustomization")
async def set_ui_customization(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    client_id: str | None = None,
    css: str | None = None,
    image_file: bytes | None = None,
) -> Mapping[str, Any]:
    """Replace both parts; with neither the target has no look of its own any more.

    Domains are active at once.
    """
    pool = world.pool(user_pool_id, caller.account, caller.region)
    target = _target(world, pool, client_id)
    _check_domain(world, pool)
    rules.check_size(css or "", image_file or b"")
    rules.check_css(css or "")
    if image_file:
        rules.image_type(image_file)
    now, old = world.clock.now(), world.store.looks.get((pool.id, target))
    look = UiCustomization(pool.id, target, css or None, image_file or None, old.created if old else now, now)
    with world.store.write():
        if css or image_file:
            world.store.looks.put(look)
        else:
            world.store.looks.delete(look.key)
    return {"UICustomization": _shape(world, look) if css or image_file else {}}

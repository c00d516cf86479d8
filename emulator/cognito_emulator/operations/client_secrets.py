"""The secrets of app clients: add, list, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.clients import client_secrets as rules
from cognito_emulator.domain.page import slice_of
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


@operation("AddUserPoolClientSecret")
async def add_user_pool_client_secret(
    world: World, *, caller: Caller, user_pool_id: str, client_id: str, client_secret: str | None = None
) -> Mapping[str, Any]:
    """Add a secret; show its value only if it was generated here."""
    client = world.client_of(world.pool(user_pool_id, caller.account, caller.region), client_id)
    changed = rules.added(client, client_secret or world.ids.client_secret(), world.clock.now())
    with world.store.write():
        world.store.clients.put(changed)
    made = changed.added_secrets[-1]
    shown = {"ClientSecretId": made.id, "ClientSecretCreateDate": stamp(made.created)}
    if client_secret is None:
        shown["ClientSecretValue"] = made.value
    return {"ClientSecretDescriptor": shown}


@operation("ListUserPoolClientSecrets")
async def list_user_pool_client_secrets(
    world: World, *, caller: Caller, user_pool_id: str, client_id: str, next_token: str | None = None
) -> Mapping[str, Any]:
    """List ids and dates; there are never enough of them for a second page."""
    client = world.client_of(world.pool(user_pool_id, caller.account, caller.region), client_id)
    page = slice_of(rules.of(client), f"ListUserPoolClientSecrets:{client.id}", None, next_token)
    shown = [{"ClientSecretId": known.id, "ClientSecretCreateDate": stamp(known.created)} for known in page.items]
    return {"ClientSecrets": shown, "NextToken": page.token}


@operation("DeleteUserPoolClientSecret")
async def delete_user_pool_client_secret(
    world: World, *, caller: Caller, user_pool_id: str, client_id: str, client_secret_id: str
) -> None:
    client = world.client_of(world.pool(user_pool_id, caller.account, caller.region), client_id)
    changed = rules.removed(client, client_secret_id)
    with world.store.write():
        world.store.clients.put(changed)

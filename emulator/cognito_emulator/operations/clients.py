"""App clients: create, describe, list, update, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients import client_settings
from cognito_emulator.domain.clients.client import MAX_CLIENTS, Client
from cognito_emulator.domain.clients.client_settings import Known
from cognito_emulator.domain.page import page_of
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.removal import remove_client
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


def _known(world: World, pool: Pool) -> Known:
    """What a client of the pool may name."""
    servers = world.store.resource_servers.where("pool", pool.id)
    providers = world.store.providers.where("pool", pool.id)
    return Known(
        scopes=frozenset(scope for server in servers for scope in server.scope_names),
        providers=frozenset(provider.name for provider in providers),
        saml=frozenset(provider.name for provider in providers if provider.type == "SAML"),
        starting=frozenset(provider.name for provider in providers if provider.starts_sign_in),
    )


def _describe(client: Client) -> dict[str, Any]:
    """UserPoolClientType."""
    return {
        "UserPoolId": client.pool_id,
        "ClientName": client.name,
        "ClientId": client.id,
        "ClientSecret": client.secret,
        "LastModifiedDate": stamp(client.modified),
        "CreationDate": stamp(client.created),
        **client.settings,
        **({"ClientType": "DCR"} if client.registered else {}),
    }


@operation("CreateUserPoolClient", simplified="Nothing is sent to the analytics application.")
async def create_user_pool_client(world: World, members: Mapping[str, Any], caller: Caller) -> Mapping[str, Any]:
    pool = world.pool(members["UserPoolId"], caller.account, caller.region)
    name, secret, generates = members["ClientName"], members.get("ClientSecret"), members.get("GenerateSecret")
    if generates and secret is not None:
        # API reference, ClientSecret; the words are ours.
        raise errors.InvalidParameter("GenerateSecret and ClientSecret cannot be specified together.")
    if world.store.clients.count("pool", pool.id) >= MAX_CLIENTS:
        raise errors.LimitExceeded(f"The limit of {MAX_CLIENTS} app clients per user pool is reached.")
    secret = world.ids.client_secret() if generates else secret
    now = world.clock.now()
    client_id = client_settings.custom_id(name) or world.ids.client_id()
    client = client_settings.new_client(client_id, secret, pool, name, now, members, _known(world, pool))
    if client.id in world.store.clients:
        # Only an id that a seed or a name fixed can be taken.
        raise errors.InvalidParameter(f"User pool client {client.id} already exists.")
    with world.store.write():
        world.store.clients.put(client)
    return {"UserPoolClient": _describe(client)}


@operation("DescribeUserPoolClient")
async def describe_user_pool_client(
    world: World, *, caller: Caller, user_pool_id: str, client_id: str
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return {"UserPoolClient": _describe(world.client_of(pool, client_id))}


@operation("ListUserPoolClients")
async def list_user_pool_clients(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    max_results: int | None = None,
    next_token: str | None = None,
    client_type: str | None = None,
) -> Mapping[str, Any]:
    """`client_type` is DCR for clients made by dynamic registration, REGULAR for the others."""
    pool = world.pool(user_pool_id, caller.account, caller.region)
    request = f"ListUserPoolClients:{pool.id}:{client_type}"

    def accept(client: Client) -> bool:
        return client_type is None or client.registered == (client_type == "DCR")

    page = page_of(world.store.clients, "pool", pool.id, request, max_results, next_token, accept)
    return {"UserPoolClients": [_summary(client) for client in page.items], "NextToken": page.token}


def _summary(client: Client) -> dict[str, Any]:
    return {"ClientId": client.id, "UserPoolId": client.pool_id, "ClientName": client.name}


@operation("UpdateUserPoolClient", simplified="Nothing is sent to the analytics application.")
async def update_user_pool_client(world: World, members: Mapping[str, Any], caller: Caller) -> Mapping[str, Any]:
    pool = world.pool(members["UserPoolId"], caller.account, caller.region)
    client = world.client_of(pool, members["ClientId"])
    changed = client_settings.updated(client, pool, world.clock.now(), members, _known(world, pool))
    with world.store.write():
        world.store.clients.put(changed)
    return {"UserPoolClient": _describe(changed)}


@operation("DeleteUserPoolClient")
async def delete_user_pool_client(world: World, *, caller: Caller, user_pool_id: str, client_id: str) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    client = world.client_of(pool, client_id)
    with world.store.write():
        remove_client(world.store, client)

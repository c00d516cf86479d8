"""App clients: create, describe, list, update, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients import client_secrets, client_settings, published_secret
from cognito_emulator.domain.clients.client import MAX_CLIENTS, Client
from cognito_emulator.domain.clients.client_settings import Known
from cognito_emulator.domain.page import page_of
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.flows.pools import deletion
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World

_SIMPLIFIED = (
    "Nothing is sent to the analytics application. AWS Secrets Manager has GetSecretValue and DescribeSecret only, so "
    "that rotation is always every 7 days."
)


def _known(world: World, pool: Pool) -> Known:
    """Return what a client of the pool may name."""
    servers = world.store.resource_servers.where("pool", pool.id)
    providers = world.store.providers.where("pool", pool.id)
    return Known(
        scopes=frozenset(scope for server in servers for scope in server.scope_names),
        providers=frozenset(provider.name for provider in providers),
        saml=frozenset(provider.name for provider in providers if provider.type == "SAML"),
        starting=frozenset(provider.name for provider in providers if provider.starts_sign_in),
    )


def _describe(pool: Pool, client: Client) -> dict[str, Any]:
    """Return UserPoolClientType, with the ARN of a secret in AWS Secrets Manager."""
    is_published = client.rotated is not None
    return {
        "UserPoolId": client.pool_id,
        "ClientName": client.name,
        "ClientId": client.id,
        "ClientSecret": None if is_published else client_secrets.shown(client),
        "ClientSecretArn": published_secret.arn(pool, client) if is_published else None,
        "LastModifiedDate": stamp(client.modified),
        "CreationDate": stamp(client.created),
        **client.settings,
        **({"ClientType": "DCR"} if client.registered else {}),
    }


@operation("CreateUserPoolClient", simplified=_SIMPLIFIED)
async def create_user_pool_client(world: World, members: Mapping[str, Any], caller: Caller) -> Mapping[str, Any]:
    pool = world.pool(members["UserPoolId"], caller.account, caller.region)
    name, secret, generates = members["ClientName"], members.get("ClientSecret"), members.get("GenerateSecret")
    if generates and secret is not None:
        # [docs: CreateUserPoolClient; own wording]
        raise errors.InvalidParameter("GenerateSecret and ClientSecret cannot be specified together.").because(
            "api.one-of", value=["GenerateSecret", "ClientSecret"]
        )
    if world.store.clients.count("pool", pool.id) >= MAX_CLIENTS:
        raise errors.LimitExceeded(f"The limit of {MAX_CLIENTS} app clients per user pool is reached.")
    secret = world.ids.client_secret() if generates else secret
    now = world.clock.now()
    client_id = client_settings.custom_id(name) or world.ids.client_id()
    if client_id not in world.store.clients and world.store.families.count("client", client_id):
        await deletion.finish_client(world, client_id)
        pool = world.pool(pool.id, pool.account, pool.region)
    client = client_settings.new_client(client_id, secret, pool, name, now, given=members, known=_known(world, pool))
    if client.id in world.store.clients:
        # Only an id that a seed or a name fixed can be taken.
        raise errors.InvalidParameter(f"User pool client {client.id} already exists.").because(
            "clients.exists", value=client.id
        )
    client = replace(client, has_generated_secret=bool(generates))
    if generates and members.get("PublishSecretsInAWSSecretsManager"):
        client = published_secret.publish(client, world.ids.client_secret(), now)
    with world.store.write():
        world.store.clients.put(client)
    return {"UserPoolClient": _describe(pool, client)}


@operation("DescribeUserPoolClient")
async def describe_user_pool_client(
    world: World, *, caller: Caller, user_pool_id: str, client_id: str
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return {"UserPoolClient": _describe(pool, world.client_of(pool, client_id))}


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
    """List clients, those of one `client_type` only if it is given.

    DCR is for clients made by dynamic registration, REGULAR for the others.
    """
    pool = world.pool(user_pool_id, caller.account, caller.region)
    request = f"ListUserPoolClients:{pool.id}:{client_type}"

    def accept(client: Client) -> bool:
        return client_type is None or client.registered == (client_type == "DCR")

    page = page_of(world.store.clients, "pool", pool.id, request, max_results, next_token, accept)
    return {"UserPoolClients": [_summary(client) for client in page.items], "NextToken": page.token}


def _summary(client: Client) -> dict[str, Any]:
    return {"ClientId": client.id, "UserPoolId": client.pool_id, "ClientName": client.name}


@operation("UpdateUserPoolClient", simplified=_SIMPLIFIED)
async def update_user_pool_client(world: World, members: Mapping[str, Any], caller: Caller) -> Mapping[str, Any]:
    pool = world.pool(members["UserPoolId"], caller.account, caller.region)
    client = world.client_of(pool, members["ClientId"])
    publishes = members.get("PublishSecretsInAWSSecretsManager")
    changed = client_settings.updated(client, pool, world.clock.now(), members, _known(world, pool))
    if publishes:
        changed = published_secret.publish(changed, world.ids.client_secret(), world.clock.now())
    elif publishes is not None:
        changed = published_secret.withdraw(changed)
    with world.store.write():
        world.store.clients.put(changed)
    return {"UserPoolClient": _describe(pool, changed)}


@operation("DeleteUserPoolClient")
async def delete_user_pool_client(world: World, *, caller: Caller, user_pool_id: str, client_id: str) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    client = world.client_of(pool, client_id)
    await deletion.delete_client(world, client)

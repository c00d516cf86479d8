"""Resource servers: create, describe, list, update, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients.resource_server import ResourceServer, scopes_of
from cognito_emulator.domain.page import page_of
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World

MAX_SERVERS = 25  # a pool [docs: quotas]
MAX_RESULTS = 50


def _shape(server: ResourceServer) -> dict[str, Any]:
    return {
        "UserPoolId": server.pool_id,
        "Identifier": server.identifier,
        "Name": server.name,
        "Scopes": [{"ScopeName": name, "ScopeDescription": text} for name, text in server.scopes],
    }


def _server(world: World, pool: Pool, identifier: str) -> ResourceServer:
    server = world.store.resource_servers.get((pool.id, identifier))
    if server is None:
        raise errors.ResourceNotFound(f"Resource server {identifier} does not exist.").because(
            "clients.resource-server-unknown", value=identifier
        )
    return server


@operation("CreateResourceServer")
async def create_resource_server(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    identifier: str,
    name: str,
    scopes: list[Mapping[str, str]] | None = None,
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    server = ResourceServer(pool.id, identifier, name, scopes_of(scopes))
    if server.key in world.store.resource_servers:
        raise errors.InvalidParameter(f"{identifier} already exists in user pool {pool.id}.").because(
            "clients.resource-server-exists", value=identifier
        )
    if world.store.resource_servers.count("pool", pool.id) >= MAX_SERVERS:
        raise errors.LimitExceeded(f"The limit of {MAX_SERVERS} resource servers per user pool is reached.")
    with world.store.write():
        world.store.resource_servers.put(server)
    return {"ResourceServer": _shape(server)}


@operation("DescribeResourceServer")
async def describe_resource_server(
    world: World, *, caller: Caller, user_pool_id: str, identifier: str
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return {"ResourceServer": _shape(_server(world, pool, identifier))}


@operation("UpdateResourceServer")
async def update_resource_server(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    identifier: str,
    name: str,
    scopes: list[Mapping[str, str]] | None = None,
) -> Mapping[str, Any]:
    """Change a resource server; scopes that are left out are gone.

    "If you don't provide a value for an attribute, it is set to the default value" [docs: UpdateResourceServer]. A
    scope that app clients name may go too [assumed].
    """
    pool = world.pool(user_pool_id, caller.account, caller.region)
    changed = replace(_server(world, pool, identifier), name=name, scopes=scopes_of(scopes))
    with world.store.write():
        world.store.resource_servers.put(changed)
    return {"ResourceServer": _shape(changed)}


@operation("DeleteResourceServer")
async def delete_resource_server(world: World, *, caller: Caller, user_pool_id: str, identifier: str) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    server = _server(world, pool, identifier)
    with world.store.write():
        world.store.resource_servers.delete(server.key)


@operation("ListResourceServers")
async def list_resource_servers(
    world: World, *, caller: Caller, user_pool_id: str, max_results: int | None = None, next_token: str | None = None
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    request = f"ListResourceServers:{pool.id}"
    page = page_of(world.store.resource_servers, "pool", pool.id, request, max_results or MAX_RESULTS, next_token)
    return {"ResourceServers": [_shape(server) for server in page.items], "NextToken": page.token}

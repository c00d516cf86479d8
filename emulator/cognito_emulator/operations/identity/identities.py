"""Serve identities of a pool: the public operations for tokens and credentials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cognito_emulator.domain.identity_pools.identity import PoolIdentity
from cognito_emulator.domain.page import page_of
from cognito_emulator.flows.identity_pools import credentials as identity_credentials
from cognito_emulator.flows.identity_pools import identities
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.operations.identity._shared import home, own_pool
from cognito_emulator.wire.model import IDENTITY
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


def _shape(one: PoolIdentity) -> dict[str, Any]:
    return {
        "IdentityId": one.id,
        "Logins": one.provider_names,
        "CreationDate": stamp(one.created),
        "LastModifiedDate": stamp(one.modified),
    }


@operation("GetId", service=IDENTITY)
async def get_id(
    world: World, *, identity_pool_id: str, account_id: str | None = None, logins: Mapping[str, str] | None = None
) -> Mapping[str, Any]:
    return {"IdentityId": await identities.get_id(world, identity_pool_id, account_id, logins or {})}


@operation(
    "GetCredentialsForIdentity",
    service=IDENTITY,
    simplified="Without an STS endpoint, credentials only have AWS's form; trust policies of roles are not checked.",
)
async def get_credentials_for_identity(
    world: World, *, identity_id: str, logins: Mapping[str, str] | None = None, custom_role_arn: str | None = None
) -> Mapping[str, Any]:
    found, made = await identity_credentials.credentials(world, identity_id, logins or {}, custom_role_arn)
    return {
        "IdentityId": found,
        "Credentials": {
            "AccessKeyId": made.access_key_id,
            "SecretKey": made.secret_key,
            "SessionToken": made.session_token,
            "Expiration": made.expires,
        },
    }


@operation("GetOpenIdToken", service=IDENTITY)
async def get_open_id_token(
    world: World, *, identity_id: str, logins: Mapping[str, str] | None = None
) -> Mapping[str, Any]:
    found, token = await identities.open_id_token(world, identity_id, logins or {})
    return {"IdentityId": found, "Token": token}


@operation("UnlinkIdentity", service=IDENTITY)
async def unlink_identity(
    world: World, *, identity_id: str, logins: Mapping[str, str], logins_to_remove: Sequence[str]
) -> None:
    await identities.unlink(world, identity_id, logins, logins_to_remove)


@operation("DescribeIdentity", service=IDENTITY)
async def describe_identity(world: World, *, caller: Caller, identity_id: str) -> Mapping[str, Any]:
    _, one = identities.find(world, identity_id, home(caller))
    return _shape(one)


@operation("ListIdentities", service=IDENTITY)
async def list_identities(
    world: World,
    *,
    caller: Caller,
    identity_pool_id: str,
    max_results: int,
    next_token: str | None = None,
    hide_disabled: bool = False,
) -> Mapping[str, Any]:
    pool = own_pool(world, caller, identity_pool_id)
    page = page_of(
        world.store.federated_identities,
        "pool",
        pool.id,
        f"ListIdentities:{pool.id}:{hide_disabled}",
        max_results,
        next_token,
        accept=lambda one: not (hide_disabled and one.disabled),
    )
    listed = [_shape(one) for one in page.items]
    return {"IdentityPoolId": pool.id, "Identities": listed, "NextToken": page.token}


@operation("DeleteIdentities", service=IDENTITY)
async def delete_identities(
    world: World, *, caller: Caller, identity_ids_to_delete: Sequence[str]
) -> Mapping[str, Any]:
    """Delete identities; skip unknown ids (not documented).

    Those of another account or region are not touched.
    """
    denied: list[str] = []
    mine: list[str] = []
    for identity_id in dict.fromkeys(identity_ids_to_delete):
        one = world.store.federated_identities.get(identity_id)
        pool = world.store.identity_pools.get(one.pool_id) if one else None
        if pool is not None:
            (mine if (pool.account, pool.region) == home(caller) else denied).append(identity_id)
    with world.store.write():
        for identity_id in mine:
            world.store.federated_identities.delete(identity_id)
    return {"UnprocessedIdentityIds": [{"IdentityId": one, "ErrorCode": "AccessDenied"} for one in denied]}

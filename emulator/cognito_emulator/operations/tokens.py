"""Tokens: refresh, revocation, sign-out everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients.client_oauth import CLIENT_TOKEN_FLOW
from cognito_emulator.domain.users import names
from cognito_emulator.flows.tokens import client_token, refresh
from cognito_emulator.flows.tokens.access import authorize
from cognito_emulator.flows.tokens.user_sessions import LINKED
from cognito_emulator.operations._callers import trigger_caller
from cognito_emulator.operations._outcomes import authentication_result
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


@operation("GetTokensFromRefreshToken")
async def get_tokens_from_refresh_token(
    world: World,
    *,
    caller: Caller,
    refresh_token: str,
    client_id: str,
    client_secret: str | None = None,
    device_key: str | None = None,
    client_metadata: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    pool, client = world.client(client_id, caller.told or None)
    if not client.has_secret(client_secret):
        raise errors.NotAuthorized(f"Unable to verify client secret for client {client.id}").because(
            "clients.secret-wrong"
        )
    family, user = refresh.find(world, client, refresh_token, device_key)
    told = trigger_caller(caller, client.id, client_metadata, away=pool.away)
    presenter = refresh.Presenter(refresh_token, caller.ip, caller.user_agent, told)
    tokens = await refresh.by_refresh_token(world, family, client, user, presenter=presenter)
    return {"AuthenticationResult": authentication_result(tokens)}


@operation("RevokeToken")
async def revoke_token(
    world: World,
    *,
    token: str,
    client_id: str,
    client_secret: str | None = None,
    revoke_associated_sessions: str = "NONE",
) -> None:
    try:
        _, client = world.client(client_id)
    except errors.ResourceNotFound as missing:
        # The operation models no ResourceNotFoundException.
        raise errors.Unauthorized(missing.message) from None
    if not client.has_secret(client_secret):
        raise errors.Unauthorized(f"Unable to verify client secret for client {client.id}").because(
            "clients.secret-wrong"
        )
    refresh.revoke(world, client, token, linked=revoke_associated_sessions == LINKED)


@operation("GlobalSignOut")
async def global_sign_out(world: World, *, access_token: str) -> None:
    try:
        access = await authorize(world, access_token)
    except errors.UserNotFound as missing:
        # The operation models no UserNotFoundException.
        raise errors.NotAuthorized(missing.message) from None
    await refresh.sign_out_everywhere(world, access.user)


@operation("AdminUserGlobalSignOut")
async def admin_user_global_sign_out(world: World, *, caller: Caller, user_pool_id: str, username: str) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    user = names.get_for_admin(world.store, pool, username)
    await refresh.sign_out_everywhere(world, user)


@operation("GetClientToken")
async def get_client_token(
    world: World,
    *,
    caller: Caller,
    client_id: str,
    secret: str,
    scopes: Sequence[str] | None = None,
    client_metadata: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    """Issue a client's access token.

    A wrong secret and a client without the flow get the same type of error [assumed].
    """
    _, client = world.client(client_id)
    if not client.secrets or not client.has_secret(secret):
        raise errors.NotAuthorized(f"Unable to verify client secret for client {client.id}").because(
            "clients.secret-wrong"
        )
    if CLIENT_TOKEN_FLOW not in client.flows:
        raise errors.NotAuthorized(f"{CLIENT_TOKEN_FLOW} is not enabled for the client.").because(
            "auth.flow-not-enabled", setting="ExplicitAuthFlows", value=client.flows
        )
    told = trigger_caller(caller, client.id, client_metadata)
    tokens = await client_token.issue(world, client.id, client_token.grant(client, scopes), told)
    return {"ClientAuthenticationResult": authentication_result(tokens)}

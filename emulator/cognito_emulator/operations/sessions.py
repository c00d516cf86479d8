"""Serve session tracking: configuration of pool and client, and users' sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import origin
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.tokens import user_session
from cognito_emulator.domain.tokens.token import RefreshFamily
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.user import User
from cognito_emulator.flows.tokens import user_sessions
from cognito_emulator.flows.tokens.access import authorize
from cognito_emulator.flows.tokens.user_sessions import Tracked
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


def _check_tier(pool: Pool) -> None:
    if pool.tier == "LITE":
        raise errors.unavailable_in_tier(pool.tier, "Session Tracking")


def _check_tracking(pool: Pool) -> None:
    """Check that the pool tracks sessions.

    The exception is the one for "this pool configuration"; AWS does not say which it is [assumed].
    """
    if not pool.tracks_sessions:
        raise errors.OperationNotEnabled("Session tracking is not enabled for this user pool.").because(
            "tokens.tracking-off", setting="SessionTracking", value=pool.settings.get("SessionTracking")
        )


def _pool_answer(pool: Pool) -> dict[str, Any]:
    return {
        "UserPoolId": pool.id,
        "UserSessionTracking": "ENABLED" if pool.tracks_sessions else "DISABLED",
        "TokenSession": {"MaxPerUser": pool.max_sessions},
    }


@operation("GetUserPoolSessionConfiguration")
async def get_user_pool_session_configuration(world: World, *, caller: Caller, user_pool_id: str) -> Mapping[str, Any]:
    return _pool_answer(world.pool(user_pool_id, caller.account, caller.region))


@operation("SetUserPoolSessionConfiguration")
async def set_user_pool_session_configuration(
    world: World, *, caller: Caller, user_pool_id: str, user_session_tracking: str, token_session: Mapping[str, int]
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    _check_tier(pool)
    changed = replace(
        pool, tracks_sessions=user_session_tracking == "ENABLED", max_sessions=token_session["MaxPerUser"]
    )
    with world.store.write():
        world.store.pools.put(changed)
    return _pool_answer(changed)


@operation("GetUserPoolClientSessionConfiguration")
async def get_user_pool_client_session_configuration(
    world: World, *, caller: Caller, user_pool_id: str, client_id: str
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    client = world.client_of(pool, client_id)
    return {"UserPoolId": pool.id, "ClientId": client.id, "SSOSession": {"MaxValidityMinutes": client.sso_minutes}}


@operation("SetUserPoolClientSessionConfiguration")
async def set_user_pool_client_session_configuration(
    world: World, *, caller: Caller, user_pool_id: str, client_id: str, sso_session: Mapping[str, int]
) -> Mapping[str, Any]:
    """Set a client's sessions of the hosted login.

    It has no effect while tracking is off.
    """
    pool = world.pool(user_pool_id, caller.account, caller.region)
    client = world.client_of(pool, client_id)
    _check_tier(pool)
    _check_tracking(pool)
    minutes = sso_session["MaxValidityMinutes"]
    with world.store.write():
        world.store.clients.put(replace(client, sso_minutes=minutes))
    return {"UserPoolId": pool.id, "ClientId": client.id, "SSOSession": {"MaxValidityMinutes": minutes}}


# --- a user's sessions -----------------------------------------------------------------------------------


def _sessions(world: World, user: User, current: str = "") -> list[dict[str, Any]]:
    """Newest first, at most what one page holds."""
    found = user_sessions.active(world, user)
    return [_describe(session, current) for session in found][: user_session.MAX_LISTED]


def _describe(session: Tracked, current: str) -> dict[str, Any]:
    family = session if isinstance(session, RefreshFamily) else None
    return {
        "SessionId": session.session_id,
        "SessionType": "TOKEN" if family else "SSO",
        "ClientId": session.client_id,
        "CreateDate": stamp(session.created),
        "LastActiveDate": stamp(session.active),
        "DeviceType": origin.device_type(session.agent),
        "LastIPAddress": session.ip,
        # There is no geography on a developer's machine; the service says so where it cannot tell.
        "LastLocation": {"Country": "unknown"},
        "OriginSessionId": (family.parent or None) if family else None,
        "IsCurrentSession": family is not None and family.origin == current,
    }


@operation("ListUserSessions", simplified="All sessions come on one page; LastLocation is always unknown.")
async def list_user_sessions(world: World, *, access_token: str, next_token: str | None = None) -> Mapping[str, Any]:
    """List all sessions on one page; a token for a next page never exists."""
    access = await authorize(world, access_token)
    _check_tracking(access.pool)
    _refuse_token(next_token)
    return {"Sessions": _sessions(world, access.user, access.family.origin)}


@operation("AdminListUserSessions", simplified="All sessions come on one page; LastLocation is always unknown.")
async def admin_list_user_sessions(
    world: World, *, caller: Caller, user_pool_id: str, username: str, next_token: str | None = None
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    _check_tracking(pool)
    user = names.get_for_admin(world.store, pool, username)
    _refuse_token(next_token)
    return {"Sessions": _sessions(world, user)}


def _refuse_token(next_token: str | None) -> None:
    if next_token is not None:
        raise errors.InvalidParameter("Invalid pagination token.").because("api.pagination-token")


@operation("RevokeUserSession")
async def revoke_user_session(
    world: World, *, access_token: str, session_id: str, revoke_associated_sessions: str = "NONE"
) -> None:
    access = await authorize(world, access_token)
    _check_tracking(access.pool)
    found = user_sessions.find(world, access.user, session_id)
    if isinstance(found, RefreshFamily) and found.origin == access.family.origin:
        raise errors.InvalidParameter("The current session cannot be revoked by this operation.").because(
            "tokens.session-current"
        )
    user_sessions.end(world, found, revoke_associated_sessions)


@operation("AdminRevokeUserSession")
async def admin_revoke_user_session(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    username: str,
    session_id: str,
    revoke_associated_sessions: str = "NONE",
) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    _check_tracking(pool)
    found = user_sessions.find(world, names.get_for_admin(world.store, pool, username), session_id)
    user_sessions.end(world, found, revoke_associated_sessions)

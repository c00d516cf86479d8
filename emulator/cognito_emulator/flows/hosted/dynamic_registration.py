"""The registration endpoint, at which an app creates its own app client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients import client_settings
from cognito_emulator.domain.clients.client import MAX_CLIENTS
from cognito_emulator.domain.clients.client_oauth import REGISTRATION_SCOPE
from cognito_emulator.domain.clients.client_settings import Known
from cognito_emulator.domain.hosted import dynamic_registration
from cognito_emulator.domain.hosted.oauth_error import OAuthError, invalid_token
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.flows.tokens.access import live_family, verified_claims

if TYPE_CHECKING:
    from cognito_emulator.world import World


async def register(world: World, pool: Pool | None, token: str | None, metadata: Any) -> dict[str, Any]:
    """Create an app client; return the client information [RFC 7591 §3.2.1].

    Args:
        pool: the pool of the endpoint; None where the address does not name it, and the token does.
        token: the initial access token; None for open registration.

    Raises:
        OAuthError
    """
    if token is not None:
        pool = await _pool_of(world, token, pool)
    if pool is None:
        raise OAuthError("invalid_token", "An initial access token is required.", 401).because(
            "clients.registration-token", setting="DcrConfiguration.OpenDcrEnabled"
        )
    allowed = dynamic_registration.grants_allowed(pool, opened=token is None)
    servers = world.store.resource_servers.where("pool", pool.id)
    scopes = frozenset(scope for server in servers for scope in server.scope_names)
    wanted = dynamic_registration.wanted(pool, metadata, allowed, scopes)
    if world.store.clients.count("pool", pool.id) >= MAX_CLIENTS:
        raise OAuthError(
            "invalid_request", f"The limit of {MAX_CLIENTS} app clients per user pool is reached."
        ).because("api.quota")
    secret = world.ids.client_secret() if wanted.has_secret else None
    now = world.clock.now()
    try:
        client = client_settings.new_client(
            world.ids.client_id(), secret, pool, wanted.name, now, given=wanted.members, known=Known(scopes)
        )
    except errors.InvalidParameter as error:
        raise OAuthError("invalid_redirect_uri", error.message) from None
    except errors.ApiError as error:
        raise OAuthError("invalid_client_metadata", error.message) from None
    with world.store.write():
        world.store.clients.put(replace(client, registered=True))
    answer = {"client_id": client.id, "client_id_issued_at": int(now)}
    answer |= {"client_secret": secret, "client_secret_expires_at": 0} if secret else {}
    return answer | dict(wanted.metadata)


async def _pool_of(world: World, token: str, pool: Pool | None) -> Pool:
    """Return the pool whose registration an access token authorizes.

    It is the token's own pool, which must be the requested one.

    Raises:
        OAuthError: invalid_token, insufficient_scope [RFC 6750 §3.1]
    """
    try:
        claims = await verified_claims(world, token)
        its_pool, _ = world.client(claims["client_id"])
    except errors.ApiError:
        raise invalid_token().because("clients.registration-token") from None
    of_user = "event_id" in claims
    if (pool is not None and pool.id != its_pool.id) or (of_user and live_family(world, claims) is None):
        raise invalid_token().because("clients.registration-token")
    if REGISTRATION_SCOPE not in str(claims.get("scope", "")).split():
        text = f"The access token needs the scope {REGISTRATION_SCOPE}."
        raise OAuthError("insufficient_scope", text, 403).because("clients.registration-token")
    return its_pool

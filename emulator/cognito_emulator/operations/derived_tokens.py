"""GetDerivedToken: token exchange by API (RFC 8693)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.flows.tokens import token_exchange
from cognito_emulator.flows.tokens.token_exchange import ACCESS, Exchange
from cognito_emulator.operations._callers import trigger_caller
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


@operation("GetDerivedToken")
async def get_derived_token(
    world: World,
    *,
    caller: Caller,
    client_id: str,
    subject_token: str,
    subject_token_type: str,
    subject_token_provider_name: str | None = None,
    client_secret: str | None = None,
    actor_token: str | None = None,
    actor_token_type: str | None = None,
    actor_token_provider_name: str | None = None,
    scopes: Sequence[str] | None = None,
    audiences: Sequence[str] | None = None,
    resources: Sequence[str] | None = None,
    requested_token_type: str = ACCESS,
) -> Mapping[str, Any]:
    """The client's secret may be left out of a signed call ("you must have IAM credentials, or …")."""
    pool, client = world.client(client_id)
    ours = caller.signed and client_secret is None and (caller.account, caller.region) == (pool.account, pool.region)
    if not ours and not client.has_secret(client_secret):
        raise errors.NotAuthorized(f"Unable to verify client secret for client {client.id}")
    token_exchange.check_flow(client, delegation=actor_token is not None)
    if (actor_token is None) != (actor_token_type is None):
        raise errors.InvalidParameter("ActorToken and ActorTokenType must be provided together.")
    if actor_token is None and actor_token_provider_name is not None:
        raise errors.InvalidParameter("ActorTokenProviderName must be provided with an ActorToken.")
    request = Exchange(
        subject_token,
        subject_token_type,
        actor_token,
        actor_token_type,
        scopes,
        _audience(world, pool, audiences, resources),
        requested_token_type,
        subject_token_provider_name,
        actor_token_provider_name,
    )
    return await token_exchange.exchange(world, pool.id, client.id, request, trigger_caller(caller, client.id))


def _audience(world: World, pool: Pool, audiences: Sequence[str] | None, resources: Sequence[str] | None) -> str | None:
    """Raises InvalidParameter, ResourceNotFound."""
    if audiences and resources:
        raise errors.InvalidParameter("Audiences and Resources cannot be requested together.")
    for resource in resources or ():
        if (pool.id, resource) not in world.store.resource_servers:
            raise errors.ResourceNotFound(f"Resource server {resource} does not exist.")
    return next(iter(audiences or resources or ()), None)

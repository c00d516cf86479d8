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
async def get_derived_token(world: World, members: Mapping[str, Any], caller: Caller) -> Mapping[str, Any]:
    """Issue a derived token; a signed call may leave out the client's secret.

    "you must have IAM credentials, or …" [docs: GetDerivedToken]
    """
    pool, client = world.client(members["ClientId"])
    secret, actor = members.get("ClientSecret"), members.get("ActorToken")
    ours = caller.signed and secret is None and (caller.account, caller.region) == (pool.account, pool.region)
    if not ours and not client.has_secret(secret):
        raise errors.NotAuthorized(f"Unable to verify client secret for client {client.id}").because(
            "clients.secret-wrong"
        )
    token_exchange.check_flow(client, delegation=actor is not None)
    if (actor is None) != ("ActorTokenType" not in members):
        raise errors.InvalidParameter("ActorToken and ActorTokenType must be provided together.").because(
            "oauth.exchange-parameters"
        )
    if actor is None and "ActorTokenProviderName" in members:
        raise errors.InvalidParameter("ActorTokenProviderName must be provided with an ActorToken.").because(
            "oauth.exchange-parameters"
        )
    request = Exchange(
        members["SubjectToken"],
        members["SubjectTokenType"],
        actor,
        members.get("ActorTokenType"),
        members.get("Scopes"),
        _audience(world, pool, members.get("Audiences"), members.get("Resources")),
        members.get("RequestedTokenType", ACCESS),
        members.get("SubjectTokenProviderName"),
        members.get("ActorTokenProviderName"),
    )
    return await token_exchange.exchange(world, pool.id, client.id, request, trigger_caller(caller, client.id))


def _audience(world: World, pool: Pool, audiences: Sequence[str] | None, resources: Sequence[str] | None) -> str | None:
    """Return the audience that a request names, if any.

    Raises:
        InvalidParameter, ResourceNotFound
    """
    if audiences and resources:
        raise errors.InvalidParameter("Audiences and Resources cannot be requested together.").because(
            "oauth.exchange-parameters"
        )
    for resource in resources or ():
        if (pool.id, resource) not in world.store.resource_servers:
            raise errors.ResourceNotFound(f"Resource server {resource} does not exist.").because(
                "oauth.resource-unknown", value=resource
            )
    return next(iter(audiences or resources or ()), None)

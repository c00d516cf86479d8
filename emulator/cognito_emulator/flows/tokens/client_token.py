"""Tokens for machines: an app client gets an access token by its secret."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.clients.client_oauth import STANDARD_SCOPES
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.tokens import token_changes
from cognito_emulator.domain.tokens.issued import Tokens
from cognito_emulator.domain.tokens.token import client_claims
from cognito_emulator.flows.tokens import scopes, token_customization
from cognito_emulator.flows.tokens.issue import warn_of_clock

if TYPE_CHECKING:
    from cognito_emulator.world import World


def grant(client: Client, wanted: Sequence[str] | None) -> list[str]:
    """Return the requested custom scopes of a machine, or all of the client's.

    Raises:
        InvalidParameter: a scope that the client does not have.
    """
    allowed = [scope for scope in client.scopes if scope not in STANDARD_SCOPES]
    for scope in wanted or ():
        if scope not in allowed:
            raise errors.InvalidParameter(f"Invalid scope requested: {scope}").because(
                "oauth.scope", setting="AllowedOAuthScopes", value=client.scopes
            )
    return list(dict.fromkeys(wanted)) if wanted else allowed


async def issue(world: World, client_id: str, granted: Sequence[str], caller: Caller) -> Tokens:
    """Return ClientAuthenticationResult with an access token without a user.

    It has those of the granted scopes that are active.

    Raises:
        ResourceNotFound: the client was deleted meanwhile.
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse: of the pre token trigger, version 3.
    """
    pool, client = world.client(client_id, caller.away)
    keys = await world.keys.of(pool.id)
    held = scopes.active(world, pool.id, granted)
    changes = await token_customization.of_machine(world, pool, client, held, caller)
    pool, client = world.client(client_id, caller.away)
    held = scopes.active(world, pool.id, granted)
    claims = client_claims(client, held, world.issuer(pool), int(world.clock.now()), world.ids.uuid())
    if changes is not None:
        claims = token_changes.apply_to_access(claims, changes)
    warn_of_clock(world)
    (signed,) = await world.crypto.together(partial(keys.access_key.sign, claims))
    world.client(client_id, caller.away)  # it may be deleted by now
    return Tokens(signed, client.validity.access)

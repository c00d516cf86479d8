"""The pre token generation trigger, called before any token is issued."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.messaging import trigger_event
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools import trigger
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.tokens import token_changes
from cognito_emulator.domain.tokens.token_changes import Changes
from cognito_emulator.domain.users.group import Group
from cognito_emulator.domain.users.user import User
from cognito_emulator.flows.messaging import triggers

if TYPE_CHECKING:
    from cognito_emulator.world import World

AUTHENTICATION = "Authentication"
NEW_PASSWORD_CHALLENGE = "NewPasswordChallenge"
AUTHENTICATE_DEVICE = "AuthenticateDevice"
HOSTED_AUTH = "HostedAuth"
REFRESH_TOKENS = "RefreshTokens"
CLIENT_CREDENTIALS = "ClientCredentials"
_MACHINES = 3  # the first version of the event that concerns machines


async def of_user(
    world: World, pool: Pool, user: User, groups: Sequence[Group], *, scopes: Sequence[str], source: str, caller: Caller
) -> Changes | None:
    """Return the trigger's changes to a user's tokens; None without a trigger.

    `source` is one of the names above, `scopes` those of the access token.

    Raises:
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse
    """
    attributes = trigger_event.user_attributes(user)
    return await _ask(
        world, pool, user.username, attributes=attributes, groups=groups, scopes=scopes, source=source, caller=caller
    )


async def of_machine(world: World, pool: Pool, client: Client, scopes: Sequence[str], caller: Caller) -> Changes | None:
    """Return the trigger's changes to an app client's own token.

    Only version 3 of the trigger is called.

    Raises:
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse
    """
    if trigger.token_version(pool) < _MACHINES:
        return None
    return await _ask(
        world, pool, client.id, attributes={}, groups=(), scopes=scopes, source=CLIENT_CREDENTIALS, caller=caller
    )


async def _ask(
    world: World,
    pool: Pool,
    username: str,
    *,
    attributes: dict[str, str],
    groups: Sequence[Group],
    scopes: Sequence[str],
    source: str,
    caller: Caller,
) -> Changes | None:
    version = trigger.token_version(pool)
    request: dict[str, Any] = {
        "userAttributes": attributes,
        "groupConfiguration": token_changes.configuration(groups),
        **trigger_event.client_metadata(caller),
    }
    if version > 1:
        request["scopes"] = list(scopes)
    answer = await triggers.run(
        world,
        pool,
        trigger.PRE_TOKEN_GENERATION,
        source,
        username=username,
        request=request,
        response={token_changes.container(version): None},
        caller=caller,
        version=version,
    )
    return None if answer is None else token_changes.read(answer, version, caller.client_id)

"""The triggers before and after a sign-in.

Their answers change nothing; an error refuses the sign-in.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.messaging import trigger_event
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools import trigger
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import User
from cognito_emulator.domain.users.user_checks import require_user
from cognito_emulator.flows.messaging import triggers

if TYPE_CHECKING:
    from cognito_emulator.world import World

log = logging.getLogger("emulator.triggers")
_SOURCE = "Authentication"


def user_members(client: Client, user: User | None) -> dict[str, Any]:
    """Return userAttributes; add userNotFound with PreventUserExistenceErrors.

    [docs: cognito-user-pool-managing-errors]
    """
    members: dict[str, Any] = {"userAttributes": trigger_event.user_attributes(user) if user else {}}
    return members | ({"userNotFound": user is None} if client.hides_users else {})


async def run_pre_authentication(
    world: World, pool: Pool, client: Client, user: User | None, *, typed: str, caller: Caller
) -> None:
    """Run PreAuthentication, before any password is checked.

    Look the user up again after it.

    `user` is None if PreventUserExistenceErrors hides that there is none; the event then has the name as `typed`.

    Raises:
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse
    """
    request = user_members(client, user)
    request["validationData"] = None if caller.validation is None else dict(caller.validation)
    username = user.username if user else typed
    await triggers.run(
        world, pool, trigger.PRE_AUTHENTICATION, _SOURCE, username=username, request=request, caller=caller
    )


def warn_not_called(username: str) -> None:
    """Log that PreAuthentication is not called in this custom sign-in.

    The service does not call it where a function's own challenges begin [observed: amplify-js#5318]. It does where
    CUSTOM_AUTH begins with SRP_A [docs: user-pool-lambda-challenge]. Some pools rely on it to refuse users.
    """
    log.warning(
        "PreAuthentication is not called for %s: Amazon Cognito does not call it in CUSTOM_AUTH without SRP_A. "
        "Let DefineAuthChallenge or PostAuthentication refuse the sign-in instead.",
        username,
    )


async def run_post_authentication(world: World, attempt: Attempt, caller: Caller) -> None:
    """Run PostAuthentication, when everything is proved and no token is issued yet.

    Raises:
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse
        UserNotFound, ResourceNotFound: user or client is deleted.
    """
    pool, _ = world.client(attempt.who.client_id, caller.away)
    if trigger.function_of(pool, trigger.POST_AUTHENTICATION) is None:
        return
    user = require_user(world.store.users.get(attempt.who.key))
    known = (pool.id, user.sub, attempt.how.device) in world.store.devices
    request = {
        "userAttributes": trigger_event.user_attributes(user),
        "newDeviceUsed": pool.devices is not None and not known,
        **trigger_event.client_metadata(caller),
    }
    await triggers.run(
        world, pool, trigger.POST_AUTHENTICATION, _SOURCE, username=user.username, request=request, caller=caller
    )

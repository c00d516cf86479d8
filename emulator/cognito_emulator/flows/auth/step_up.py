"""Step-up: the requested level, and the earlier sign-in that is credited.

The level is in TARGET_ACR_VALUES or acr_values. The earlier sign-in is that of an access token or a browser session
[docs: cognito-user-pools-step-up-authentication, InitiateAuth]. Errors are documented without types and texts: here
they are InvalidParameterException [assumed; own wording].
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import acr
from cognito_emulator.domain.auth.attempt import Attempt, Goal, How, Proof, Who
from cognito_emulator.domain.auth.first_factor import USER_AUTH
from cognito_emulator.domain.auth.next_step import target_level
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.hosted.authorization import COGNITO, AuthorizationRequest, BrowserSession
from cognito_emulator.domain.users.user import CONFIRMED, User
from cognito_emulator.flows.auth import passkey_sign_in
from cognito_emulator.flows.tokens.access import authorize

if TYPE_CHECKING:
    from cognito_emulator.flows.auth.sign_in import Begin
    from cognito_emulator.world import World

TARGETS, TOKEN, MAX_AGE = "TARGET_ACR_VALUES", "ACCESS_TOKEN", "MAX_AGE"
USER_AUTH_FLOW = "ALLOW_USER_AUTH"
_SECONDS = re.compile(r"[0-9]{1,11}")


def read_targets(request: Begin) -> Begin:
    """Return the request with the levels that its AuthParameters ask for.

    Raises:
        InvalidParameter: none of the values is a level's name, there is an access token without them, or MAX_AGE is
            not a number.
    """
    parameters = request.parameters
    age = parameters.get(MAX_AGE)
    if age and _SECONDS.fullmatch(age) is None:
        raise errors.InvalidParameter("MAX_AGE must be a non-negative integer.").because("auth.step-up-parameters")
    if not parameters.get(TARGETS):
        if parameters.get(TOKEN):
            raise errors.InvalidParameter("TARGET_ACR_VALUES is required with ACCESS_TOKEN.").because(
                "auth.step-up-parameters"
            )
        return request
    targets = acr.requested(request.pool, parameters[TARGETS])
    if not targets:
        raise errors.InvalidParameter("None of the TARGET_ACR_VALUES is a valid ACR value of the user pool.").because(
            "auth.step-up-parameters", setting="AcrConfiguration"
        )
    return replace(request, targets=targets)


async def read_credit(world: World, request: Begin, user: User | None) -> tuple[User, Begin]:
    """Return the current user, and the request with what its access token proved.

    A sign-in that is too old does not count (MAX_AGE). Neither does one at an identity provider, nor any when the
    user has to change their password. The token must be valid as at other operations, and of the same app client
    [assumed].

    Raises:
        NotAuthorized, UserNotFound, ResourceNotFound, PasswordResetRequired: as with every access token.
        InvalidParameter: the token is another user's.
    """
    parameters = request.parameters
    access = await authorize(world, parameters[TOKEN])
    if access.client.id != request.client.id:
        raise errors.NotAuthorized("Invalid Access Token").because("tokens.access-other-client")
    if user is None or access.user.key != user.key:
        raise errors.InvalidParameter("USERNAME does not match the user of the ACCESS_TOKEN.").because(
            "auth.step-up-other-user"
        )
    family, age = access.family, parameters.get(MAX_AGE)
    too_old = bool(age) and world.clock.now() - family.auth_time > int(age or 0)
    if too_old or access.user.status != CONFIRMED:
        return access.user, request
    context = family.context
    return access.user, replace(request, credited=context.methods, presented=context.acr, backing=family.event_id)


def flow_of(client: Client) -> str:
    """Return the flow of a sign-in on the pages.

    Users choose their first factor where the client allows it.
    """
    return USER_AUTH if USER_AUTH_FLOW in client.flows else "USER_PASSWORD_AUTH"


def reaches_level(world: World, request: AuthorizationRequest, session: BrowserSession) -> bool:
    """Tell whether a browser session reaches the requested level.

    It is the first of the requested levels that its user can reach.

    What users of an identity provider can reach is not known here, so it must be the first of all.
    """
    if not request.acr_levels:
        return True
    pool, client = world.client(request.client_id)
    reached = acr.level_of(pool, session.context.acr)
    if session.provider != COGNITO:
        return reached >= request.acr_levels[0]
    user = world.store.users.get(session.user_key)
    if user is None:
        return False
    attempt = Attempt(
        Who(pool.id, client.id, user.sub, user.username),
        How(flow_of(client)),
        proof=Proof(credited=session.context.methods),
        goal=Goal(request.acr_levels),
    )
    try:
        return reached >= target_level(attempt, user, pool, passkey=bool(passkey_sign_in.of_user(world, pool, user)))
    except errors.InvalidParameter:
        return False

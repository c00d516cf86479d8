"""The two entry points of a sign-in, for the API operations and the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.first_factor import USER_AUTH
from cognito_emulator.flows.auth import sessions, sign_in, user_auth
from cognito_emulator.flows.auth.challenge_answer import Answer
from cognito_emulator.flows.auth.outcome import Outcome
from cognito_emulator.flows.auth.sign_in import Begin
from cognito_emulator.flows.threats import protection

if TYPE_CHECKING:
    from cognito_emulator.world import World


async def begin(world: World, request: Begin) -> Outcome:
    """Begin a sign-in; return tokens or a challenge.

    The caller has checked the secret hash and the flow.

    Raises:
        ApiError: as InitiateAuth documents.
    """
    caller, typed = request.caller, request.parameters.get("USERNAME")
    protection.admit_sign_in(world, request.pool, request.client.id, caller.origin, flow=request.flow, typed=typed)
    if request.flow == USER_AUTH:
        return await user_auth.begin(world, request)
    if request.session:
        # AWS's answer is not known [assumed].
        raise errors.InvalidParameter("Session can only be used with USER_AUTH.").because("auth.session-other-flow")
    return await sign_in.begin(world, request)


async def step_up(world: World, request: Begin) -> Outcome:
    """Begin a step-up of a browser's sign-in; return the next challenge.

    `request` is credited with that sign-in.

    Raises:
        ApiError: as InitiateAuth documents.
    """
    protection.admit(world, request.pool, request.client.id, request.caller.origin, request.flow)
    return await user_auth.step_up_session(world, request)


async def answer(world: World, request: Answer) -> Outcome:
    """Answer a challenge; return tokens or the next challenge.

    The caller has checked the secret hash.

    Raises:
        ApiError: as RespondToAuthChallenge documents.
    """
    flow = sessions.flow_of(world, sessions.bearer_of(request))
    protection.admit(world, request.pool, request.client.id, request.caller.origin, flow)
    if request.challenge in user_auth.CHALLENGES:
        return await user_auth.answer(world, request)
    return await sign_in.answer(world, request)

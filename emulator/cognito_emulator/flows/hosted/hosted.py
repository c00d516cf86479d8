"""The steps that only the hosted pages have.

They are the sign-in right after the sign-up, another code, and the setup of SMS MFA.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.mfa import to_set_up
from cognito_emulator.domain.auth.next_step import Challenge, next_step
from cognito_emulator.domain.pools import attributes as rules
from cognito_emulator.domain.users.user import CONFIRMED, User
from cognito_emulator.flows.auth import advance, passkey_sign_in, sessions, sign_in
from cognito_emulator.flows.auth.challenge_answer import Answer
from cognito_emulator.flows.auth.context import SignIn, known_user_of, user_of
from cognito_emulator.flows.auth.outcome import Outcome, PendingChallenge
from cognito_emulator.flows.auth.sign_in import Begin
from cognito_emulator.flows.messaging import messages

if TYPE_CHECKING:
    from cognito_emulator.world import World


def mark(user: User) -> str:
    """Return a name for the user's present password that reveals nothing about it.

    It is empty without a password.
    """
    return hashlib.sha256(user.password.salt).hexdigest()[:32] if user.password else ""


async def sign_in_after(world: World, request: Begin, sub: str, marked: str) -> Outcome | None:
    """Sign in after the confirmation, in the browser that has signed up.

    The sign-in continues as after a right password. That browser chose the password that is `marked`. Returns None if
    that is no longer the user's password, or the user is not confirmed.

    Raises:
        ApiError: as RespondToAuthChallenge documents.
    """
    user = world.store.users.get((request.pool.id, sub))
    if user is None or not marked or marked != mark(user) or user.status != CONFIRMED or not user.enabled:
        return None
    attempt = sign_in.attempt_of(world, request, user.sub, user.username)
    return await advance.advance(world, attempt.with_proof(ChallengeName.PASSWORD), user, request.caller)


async def ask_again(world: World, request: Answer) -> PendingChallenge:
    """Repeat the challenge of `request`, with a new code in a new session.

    The request does not answer the challenge.

    Raises:
        NotAuthorized: the session has ended.
        InvalidParameter, LimitExceeded: as the first time.
    """
    session = sessions.take(world, request)
    pool, attempt, typed = request.pool, session.attempt, request.responses["USERNAME"]
    user = user_of(world, pool, attempt, typed)
    signin = SignIn(pool, request.client, request.caller, attempt, user, typed)
    passkey = signin.known_user is not None and bool(passkey_sign_in.of_user(world, pool, user))
    step = next_step(attempt, user, pool, passkey=passkey)
    if not isinstance(step, Challenge) or step.name != session.challenge:
        raise errors.invalid_session()
    return await sessions.ask(world, signin, step, session)


async def set_up_phone(world: World, request: Answer, number: str) -> Outcome:
    """Answer MFA_SETUP with a telephone number, which the API does not have.

    A code goes to the number, and SMS_MFA is next.

    Raises:
        InvalidParameter: SMS is not offered to this user, the number is invalid, or the pool can't send text messages.
        NotAuthorized: the session has ended.
    """
    session = sessions.take(world, replace(request, challenge=ChallengeName.MFA_SETUP))
    user = known_user_of(world, session.attempt)
    if ChallengeName.SMS_MFA not in to_set_up(user, request.pool, hosted=True):
        raise errors.InvalidParameter("Invalid MFA type selected.").because(
            "mfa.type-not-offered", setting="MfaConfiguration", value=request.pool.mfa.mode
        )
    rules.check_new_user(request.pool.schema, {"phone_number": number}, required=False)
    messages.check_can_send(request.pool, "phone_number")
    attempt = session.attempt.with_address(number)
    return await advance.advance(world, attempt, user, request.caller, spent=session)

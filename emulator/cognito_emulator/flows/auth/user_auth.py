"""USER_AUTH: the user chooses with what to begin. The choice itself is decided by `domain.auth.next_step`.

InitiateAuth names a preferred challenge, with what it needs, or gets SELECT_CHALLENGE with all that there are; a
password or SRP_A may come along with the choice. What comes after the first factor is as in every other flow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import srp
from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.first_factor import available
from cognito_emulator.domain.auth.next_step import Challenge, SignedIn, next_step, stepped_up
from cognito_emulator.domain.auth.session import Session, digest
from cognito_emulator.domain.pools import trigger
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.threats.auth_event import FAIL, IN_PROGRESS, PASSWORD_CHALLENGE
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.user import User
from cognito_emulator.flows.auth import (
    auto_sign_in,
    devices,
    hidden_users,
    imported_hashes,
    migration,
    passkey_sign_in,
    sessions,
    sign_in,
    sign_in_triggers,
    srp_exchange,
    step_up,
)
from cognito_emulator.flows.auth.challenge_answer import Answer, needed
from cognito_emulator.flows.auth.outcome import Outcome, PendingChallenge
from cognito_emulator.flows.auth.password_check import check_password
from cognito_emulator.flows.auth.sign_in import Begin
from cognito_emulator.flows.threats import auth_events, protection

if TYPE_CHECKING:
    from cognito_emulator.world import World

# Answered here; the answers to the other challenges of USER_AUTH are those of every flow.
CHALLENGES = (ChallengeName.SELECT_CHALLENGE, ChallengeName.PASSWORD, ChallengeName.PASSWORD_SRP)
# What PASSWORD and PASSWORD_SRP need, in AuthParameters or ChallengeResponses.
_INPUT: Mapping[str, str] = {ChallengeName.PASSWORD: "PASSWORD", ChallengeName.PASSWORD_SRP: "SRP_A"}


async def begin(world: World, request: Begin) -> Outcome:
    """The first step: tokens or a challenge. The caller has checked secret hash and flow.

    Raises:
        ApiError: as InitiateAuth documents.
    """
    pool, given = request.pool, request.parameters
    if pool.tier == "LITE":
        # "Must be in the Essentials tier or higher" (API reference, AuthFlow).
        raise errors.unavailable_in_tier(pool.tier, "Choice-Based Sign-In")
    if request.session:
        return await sign_in.advance(world, *auto_sign_in.finish(world, request), request.caller)
    typed = needed(given, "USERNAME")
    request = step_up.requested(request)
    user, shown = await _admitted(world, request, typed)
    if given.get(step_up.TOKEN):
        user, request = await step_up.credited(world, request, user)
        shown = user
    return await begin_as(world, request, user, shown, typed)


async def step_up_session(world: World, request: Begin) -> Outcome:
    """On the pages: ask who is signed in in this browser, with which `request` is credited, for what the requested
    level still needs. Where that is nothing, or nothing is credited, it begins anew.

    Raises:
        ApiError: as InitiateAuth documents.
    """
    typed = needed(request.parameters, "USERNAME")
    user, shown = await _admitted(world, request, typed)
    return await begin_as(world, request, user, shown, typed)


async def begin_as(world: World, request: Begin, user: User | None, shown: User, typed: str) -> Outcome:
    """Return the first challenge of an admitted user, addressed to `shown`.

    Raises:
        ApiError: as InitiateAuth documents.
    """
    pool, given = request.pool, request.parameters
    attempt = sign_in.attempt_of(world, request, user.sub if user else None, shown.username)
    attempt = attempt.with_choice(given.get("PREFERRED_CHALLENGE", ""))
    has_passkey = _has_passkey(world, pool, user, typed)
    if attempt.proof.credited:
        device = world.store.devices.get((pool.id, shown.sub, attempt.how.device))
        attempt = stepped_up(attempt, shown, pool, request.presented, device, passkey=has_passkey)
    try:
        step = _asked(next_step(attempt, shown, pool, passkey=has_passkey))
    except errors.PasswordResetRequired:
        if request.client.hides_users:
            raise errors.wrong_credentials() from None
        raise
    if step.name in _INPUT:
        needed(given, _INPUT[step.name])
    return await _take_up(world, request, attempt, shown, step, typed, given)


def _asked(step: Challenge | SignedIn) -> Challenge:
    """Raises: NotAuthorized: nothing is left to ask for, as where a factor is gone since the choice was offered."""
    if isinstance(step, SignedIn):
        raise errors.invalid_session()
    return step


async def _admitted(world: World, request: Begin, typed: str) -> tuple[User | None, User]:
    """Return the user who may try to sign in, and the one to address.

    The first is None for a user that PreventUserExistenceErrors hides.

    Raises:
        UserNotFound, NotAuthorized
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse: of the pre authentication trigger.
    """
    given = request.parameters
    if given.get("PREFERRED_CHALLENGE") == ChallengeName.PASSWORD and not given.get(step_up.TOKEN):
        await _migrate(world, request, typed, given.get(_INPUT[ChallengeName.PASSWORD]))
    user = hidden_users.find(world, request.pool, request.client, typed)
    if trigger.function_of(request.pool, trigger.PRE_AUTHENTICATION) is not None:
        await sign_in_triggers.before(world, request.pool, request.client, user, typed, request.caller)
        user = hidden_users.find(world, request.pool, request.client, typed)
    return user, user or hidden_users.user(world, request.pool, typed)


async def _migrate(world: World, request: Begin, typed: str, secret: str | None) -> None:
    """UserMigration runs "at sign-in with a password", not in passwordless sign-in, and by InitiateAuth alone: the
    operations' table (developer guide, "Lambda triggers in the Amazon Cognito API") has it not in
    RespondToAuthChallenge."""
    pool = request.pool
    if secret and ChallengeName.PASSWORD in pool.first_factors and names.find(world.store, pool, typed) is None:
        await migration.migrate(world, pool, request.client, typed, secret, request.caller)


def _has_passkey(world: World, pool: Pool, user: User | None, typed: str) -> bool:
    if user is None:
        return hidden_users.has_passkey(world, pool, typed)
    return bool(passkey_sign_in.of_user(world, pool, user))


async def answer(world: World, request: Answer) -> Outcome:
    """SELECT_CHALLENGE, PASSWORD or PASSWORD_SRP answered: tokens or the next challenge.

    Raises:
        InvalidParameter: ANSWER is none of the available challenges.
        ApiError: as RespondToAuthChallenge documents.
    """
    session = _taken(world, request)
    pool, typed, given = request.pool, request.responses["USERNAME"], request.responses
    user = sign_in.user_of(world, session.attempt) if session.attempt.who.sub is not None else None
    shown = user or hidden_users.user(world, pool, typed)
    chosen = request.challenge if request.challenge in _INPUT else needed(given, "ANSWER")
    has_passkey = _has_passkey(world, pool, user, typed)
    attempt = session.attempt.with_choice("")
    if chosen not in _offered(attempt, shown, pool, passkey=has_passkey):
        raise errors.InvalidParameter("Selected challenge is not available")
    if request.challenge in _INPUT:
        needed(given, _INPUT[chosen])
    if chosen == ChallengeName.WEB_AUTHN and given.get("CREDENTIAL"):
        return await _passkey(world, request, session, user)
    attempt = attempt.with_choice(chosen)
    step = _asked(next_step(attempt, shown, pool, passkey=has_passkey))
    return await _take_up(world, request, attempt, shown, step, typed, given, session)


def _offered(attempt: Attempt, user: User, pool: Pool, *, passkey: bool) -> tuple[str, ...]:
    """Return what may be chosen now; nothing for a user who has no first factor left."""
    if not attempt.has_begun and not available(user, pool, passkey=passkey):
        return ()
    return _asked(next_step(attempt, user, pool, passkey=passkey)).available


def _taken(world: World, request: Answer) -> Session:
    """The session; that of SELECT_CHALLENGE also for an answer to PASSWORD or PASSWORD_SRP, which name the choice by
    themselves (developer guide, "Choice-based sign-in with a password").

    Raises:
        InvalidParameter, NotAuthorized
    """
    found = world.store.sessions.get(digest(request.session or ""))
    if found is not None and found.challenge == ChallengeName.SELECT_CHALLENGE:
        request = replace(request, challenge=ChallengeName.SELECT_CHALLENGE)
    return sessions.take(world, request)


async def _take_up(
    world: World,
    request: Begin | Answer,
    attempt: Attempt,
    user: User,
    step: Challenge,
    typed: str,
    given: Mapping[str, str],
    spent: Session | None = None,
) -> Outcome:
    """Go on with the chosen challenge, or ask for a choice; `given` may hold what the challenge needs."""
    pool, secret = request.pool, given.get(_INPUT.get(step.name, ""))
    if secret and step.name == ChallengeName.PASSWORD:
        return await _password(world, request, attempt, user, typed, secret, spent)
    if secret and step.name == ChallengeName.PASSWORD_SRP:
        return _srp(world, pool, attempt, user, typed, secret, spent)
    asked, step = passkey_sign_in.asked_of(world, pool, user, typed, step)
    result = await sessions.ask(world, pool, request.client, attempt, user, step, spent, request.caller, asked)
    auth_events.sign_in(world, attempt, IN_PROGRESS)
    return result


async def _password(
    world: World, request: Begin | Answer, attempt: Attempt, user: User, typed: str, secret: str, spent: Session | None
) -> Outcome:
    """One try: judging may take a while, so the session is used up before."""
    if spent is not None:
        sessions.spend(world, spent)
    if attempt.who.sub is None:
        await imported_hashes.pretend(world, request.pool, typed, secret)
        raise errors.wrong_credentials()
    try:
        user = await check_password(world, request.pool, user, secret)
    except errors.NotAuthorized:
        auth_events.sign_in(world, attempt, FAIL, failed=PASSWORD_CHALLENGE)
        raise
    devices.check(world, request.pool, user, attempt.how.device)
    attempt = attempt.with_choice("").with_proof(ChallengeName.PASSWORD)
    attempt = protection.check_password_in_use(world, attempt, user, secret)
    return await sign_in.advance(world, attempt, user, request.caller)


def _srp(
    world: World, pool: Pool, attempt: Attempt, user: User, typed: str, srp_a: str, spent: Session | None
) -> PendingChallenge:
    srp.read_public(srp_a)
    if spent is not None:
        sessions.spend(world, spent)
    if attempt.who.sub is None:
        return srp_exchange.simulated_challenge(world, pool, attempt, typed, srp_a)
    challenge = srp_exchange.challenge(world, attempt, user, srp_a)
    auth_events.sign_in(world, attempt, IN_PROGRESS)
    return challenge


async def _passkey(world: World, request: Answer, session: Session, user: User | None) -> Outcome:
    if user is None:
        hidden_users.refuse(world, replace(request, challenge=ChallengeName.WEB_AUTHN), session)
    attempt, user = passkey_sign_in.answer(world, request, session, user)
    return await sign_in.advance(world, attempt, user, request.caller)

"""USER_AUTH: the user chooses the first factor.

`domain.auth.next_step` decides about the choice. InitiateAuth names a preferred challenge, with its input, or gets
SELECT_CHALLENGE with all available ones. The choice may include a password or SRP_A. The steps after the first factor
are those of every other flow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import srp
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.first_factor import available
from cognito_emulator.domain.auth.next_step import Challenge, SignedIn, next_step, with_credit
from cognito_emulator.domain.auth.session import Session, digest
from cognito_emulator.domain.pools import trigger
from cognito_emulator.domain.threats.auth_event import FAIL, IN_PROGRESS, PASSWORD_CHALLENGE
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.user import User
from cognito_emulator.flows.auth import (
    advance,
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
from cognito_emulator.flows.auth.challenge_answer import Answer, require_member
from cognito_emulator.flows.auth.context import SignIn, user_of
from cognito_emulator.flows.auth.outcome import Outcome, PendingChallenge
from cognito_emulator.flows.auth.password_check import check_password
from cognito_emulator.flows.auth.sign_in import Begin
from cognito_emulator.flows.threats import auth_events, protection

if TYPE_CHECKING:
    from cognito_emulator.world import World

# The challenges that are answered here; the others of USER_AUTH are answered as in every flow.
CHALLENGES = (ChallengeName.SELECT_CHALLENGE, ChallengeName.PASSWORD, ChallengeName.PASSWORD_SRP)
# The input of PASSWORD and PASSWORD_SRP, in AuthParameters or ChallengeResponses.
_INPUT: Mapping[str, str] = {ChallengeName.PASSWORD: "PASSWORD", ChallengeName.PASSWORD_SRP: "SRP_A"}


async def begin(world: World, request: Begin) -> Outcome:
    """Begin a sign-in; return tokens or a challenge.

    The caller has checked secret hash and flow.

    Raises:
        ApiError: as InitiateAuth documents.
    """
    pool, parameters = request.pool, request.parameters
    if pool.tier == "LITE":
        # "Must be in the Essentials tier or higher" [docs: InitiateAuth].
        raise errors.unavailable_in_tier(pool.tier, "Choice-Based Sign-In").because(
            "pools.tier", setting="UserPoolTier", value=pool.tier
        )
    if request.session:
        return await advance.advance(world, *auto_sign_in.finish(world, request), request.caller)
    typed = require_member(parameters, "USERNAME")
    request = step_up.read_targets(request)
    user = await _admit(world, request, typed)
    if parameters.get(step_up.TOKEN):
        user, request = await step_up.read_credit(world, request, user)
    return await _begin_as(world, request, user, typed)


async def step_up_session(world: World, request: Begin) -> Outcome:
    """Ask a browser's user for the factors that the requested level still needs.

    `request` is credited with the sign-in of that browser. Where nothing is needed or credited, the sign-in begins
    anew.

    Raises:
        ApiError: as InitiateAuth documents.
    """
    typed = require_member(request.parameters, "USERNAME")
    user = await _admit(world, request, typed)
    return await _begin_as(world, request, user, typed)


async def _begin_as(world: World, request: Begin, user: User | None, typed: str) -> Outcome:
    """Return the first challenge of an admitted user; None for a hidden user.

    Raises:
        ApiError: as InitiateAuth documents.
    """
    signin = _first_step(world, request, user, typed)
    attempt, has_passkey = signin.attempt, _has_passkey(world, signin)
    if attempt.proof.credited:
        device = world.store.devices.get((request.pool.id, signin.user.sub, attempt.how.device))
        attempt = with_credit(attempt, signin.user, request.pool, request.presented, device, passkey=has_passkey)
        signin = signin.with_attempt(attempt)
    try:
        step = _challenge(next_step(attempt, signin.user, request.pool, passkey=has_passkey))
    except errors.PasswordResetRequired:
        if request.client.hides_users:
            raise errors.wrong_credentials().because(
                "auth.reset-hidden", setting="PreventUserExistenceErrors", value="ENABLED"
            ) from None
        raise
    if step.name in _INPUT:
        require_member(request.parameters, _INPUT[step.name])
    return await _continue_with(world, signin, step, request.parameters)


def _first_step(world: World, request: Begin, user: User | None, typed: str) -> SignIn:
    """Return the context in which an admitted user begins."""
    addressed = user or hidden_users.user(world, request.pool, typed)
    attempt = sign_in.attempt_of(world, request, user.sub if user else None, addressed.username)
    attempt = attempt.with_choice(request.parameters.get("PREFERRED_CHALLENGE", ""))
    return SignIn(request.pool, request.client, request.caller, attempt, addressed, typed)


def _challenge(step: Challenge | SignedIn) -> Challenge:
    """Return the step if it is a challenge.

    Raises:
        NotAuthorized: nothing is left to ask for, as where a factor is gone since the choice was offered.
    """
    if isinstance(step, SignedIn):
        raise errors.invalid_session()
    return step


async def _admit(world: World, request: Begin, typed: str) -> User | None:
    """Return the user who may try to sign in; None for one that the client hides.

    PreventUserExistenceErrors hides it.

    Raises:
        UserNotFound, NotAuthorized
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse: of the pre authentication trigger.
    """
    parameters = request.parameters
    if parameters.get("PREFERRED_CHALLENGE") == ChallengeName.PASSWORD and not parameters.get(step_up.TOKEN):
        await _migrate(world, request, typed, parameters.get(_INPUT[ChallengeName.PASSWORD]))
    user = hidden_users.find(world, request.pool, request.client, typed)
    if trigger.function_of(request.pool, trigger.PRE_AUTHENTICATION) is not None:
        await sign_in_triggers.run_pre_authentication(
            world, request.pool, request.client, user, typed=typed, caller=request.caller
        )
        user = hidden_users.find(world, request.pool, request.client, typed)
    return user


async def _migrate(world: World, request: Begin, typed: str, secret: str | None) -> None:
    """Call UserMigration for a sign-in by InitiateAuth with a password.

    It runs "at sign-in with a password", not in passwordless sign-in. RespondToAuthChallenge does not call it
    [docs: cognito-user-pools-working-with-lambda-triggers].
    """
    pool = request.pool
    if secret and ChallengeName.PASSWORD in pool.first_factors and names.find(world.store, pool, typed) is None:
        await migration.migrate(world, pool, request.client, typed, typed=secret, caller=request.caller)


def _has_passkey(world: World, signin: SignIn) -> bool:
    if signin.known_user is None:
        return hidden_users.has_passkey(world, signin.pool, signin.typed)
    return bool(passkey_sign_in.of_user(world, signin.pool, signin.user))


async def answer(world: World, request: Answer) -> Outcome:
    """Answer a choice or a password; return tokens or the next challenge.

    Raises:
        InvalidParameter: ANSWER is none of the available challenges.
        ApiError: as RespondToAuthChallenge documents.
    """
    session = _take_session(world, request)
    pool, typed, responses = request.pool, request.responses["USERNAME"], request.responses
    user = user_of(world, pool, session.attempt, typed)
    chosen = request.challenge if request.challenge in _INPUT else require_member(responses, "ANSWER")
    signin = SignIn(pool, request.client, request.caller, session.attempt.with_choice(""), user, typed)
    has_passkey = _has_passkey(world, signin)
    if chosen not in _offered(signin, passkey=has_passkey):
        raise errors.InvalidParameter("Selected challenge is not available").because(
            "auth.challenge-not-offered",
            setting="Policies.SignInPolicy.AllowedFirstAuthFactors",
            value=pool.first_factors,
        )
    if request.challenge in _INPUT:
        require_member(responses, _INPUT[chosen])
    if chosen == ChallengeName.WEB_AUTHN and responses.get("CREDENTIAL"):
        return await _passkey(world, request, session, signin)
    signin = signin.with_attempt(signin.attempt.with_choice(chosen))
    step = _challenge(next_step(signin.attempt, user, pool, passkey=has_passkey))
    return await _continue_with(world, signin, step, responses, session)


def _offered(signin: SignIn, *, passkey: bool) -> tuple[str, ...]:
    """Return the available choices; none for a user who has no first factor left."""
    if not signin.attempt.has_begun and not available(signin.user, signin.pool, passkey=passkey):
        return ()
    return _challenge(next_step(signin.attempt, signin.user, signin.pool, passkey=passkey)).available


def _take_session(world: World, request: Answer) -> Session:
    """Return the session of an answer.

    That of SELECT_CHALLENGE is also one for an answer to PASSWORD or PASSWORD_SRP, which name the choice by themselves
    [docs: authentication-flows-selection-sdk].

    Raises:
        InvalidParameter, NotAuthorized
    """
    found = world.store.sessions.get(digest(request.session or ""))
    if found is not None and found.challenge == ChallengeName.SELECT_CHALLENGE:
        request = replace(request, challenge=ChallengeName.SELECT_CHALLENGE)
    return sessions.take(world, request)


async def _continue_with(
    world: World, signin: SignIn, step: Challenge, members: Mapping[str, str], spent: Session | None = None
) -> Outcome:
    """Go on with the chosen challenge, or ask for a choice.

    `members` may hold what the challenge needs.
    """
    secret = members.get(_INPUT.get(step.name, ""))
    if secret and step.name == ChallengeName.PASSWORD:
        return await _password(world, signin, secret, spent)
    if secret and step.name == ChallengeName.PASSWORD_SRP:
        return await _srp(world, signin, secret, spent)
    passkey_request, step = passkey_sign_in.with_passkey_request(world, signin.pool, signin.user, signin.typed, step)
    result = await sessions.ask(world, signin, step, spent, passkey_request)
    auth_events.sign_in(world, signin.attempt, IN_PROGRESS)
    return result


async def _password(world: World, signin: SignIn, secret: str, spent: Session | None) -> Outcome:
    """Check a password once.

    The check may take a while, so the session is used up before.
    """
    if spent is not None:
        sessions.mark_used(world, spent)
    if signin.known_user is None:
        await imported_hashes.check_hidden_password(world, signin.pool, signin.typed, secret)
        raise errors.wrong_credentials().because(
            "auth.user-hidden", setting="PreventUserExistenceErrors", value="ENABLED"
        )
    try:
        user = await check_password(world, signin.pool, signin.user, secret)
    except errors.NotAuthorized:
        auth_events.sign_in(world, signin.attempt, FAIL, failed=PASSWORD_CHALLENGE)
        raise
    devices.check(world, signin.pool, user, signin.attempt.how.device)
    attempt = signin.attempt.with_choice("").with_proof(ChallengeName.PASSWORD)
    attempt = protection.check_password_in_use(world, signin.pool, attempt, user, secret)
    return await advance.advance(world, attempt, user, signin.caller)


async def _srp(world: World, signin: SignIn, srp_a: str, spent: Session | None) -> PendingChallenge:
    srp.read_public(srp_a)
    if spent is not None:
        sessions.mark_used(world, spent)
    if signin.known_user is None:
        return srp_exchange.simulated_challenge(world, signin.pool, signin.attempt, signin.typed, srp_a)
    challenge = await srp_exchange.challenge(world, signin.attempt, signin.user, srp_a)
    auth_events.sign_in(world, signin.attempt, IN_PROGRESS)
    return challenge


async def _passkey(world: World, request: Answer, session: Session, signin: SignIn) -> Outcome:
    if signin.known_user is None:
        hidden_users.refuse(world, replace(request, challenge=ChallengeName.WEB_AUTHN), session)
    attempt, user = passkey_sign_in.answer(world, request, session, signin.user)
    return await advance.advance(world, attempt, user, request.caller)

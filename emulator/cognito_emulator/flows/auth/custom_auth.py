"""CUSTOM_AUTH: the pool's functions define, create and verify challenges.

    begin ─► Define ─┬─ CUSTOM_CHALLENGE ─► Create ─► (client) ─► Verify ─► Define ─► ...
                     ├─ PASSWORD_VERIFIER, after CHALLENGE_NAME=SRP_A ─► (client) ─► MFA, if any ─► Define ─► ...
                     ├─ NEW_PASSWORD_REQUIRED, after the password ─► (client) ─► Define ─► ...
                     ├─ issueTokens ─► MFA, if a risk demands it ─► a remembered device proves itself ─► signed in
                     └─ failAuthentication ─► refused

[docs: user-pool-lambda-challenge]. A wrong answer alone is no error: Define gets it in the session list, and decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import srp
from cognito_emulator.domain.auth.attempt import Attempt, Round
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.custom_auth import (
    NAME_ONLY,
    SRP_A,
    challenge_before_tokens,
    mfa_after_password,
    named_challenge,
)
from cognito_emulator.domain.auth.session import Session, digest
from cognito_emulator.domain.messaging import trigger_event
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools import trigger
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user_checks import require_user
from cognito_emulator.flows.auth import risk_refusal, sessions, sign_in_triggers, srp_exchange
from cognito_emulator.flows.auth.context import SignIn, sign_in_now, user_of, with_user_now
from cognito_emulator.flows.auth.outcome import PendingChallenge
from cognito_emulator.flows.messaging import triggers

if TYPE_CHECKING:
    from cognito_emulator.flows.auth.challenge_answer import Answer
    from cognito_emulator.world import World

_SOURCE = "Authentication"
_FIRST = (SRP_A, ChallengeName.CUSTOM_CHALLENGE)
# Answers that lead to a challenge; Define does not get them.
_CHOICES = (ChallengeName.SELECT_MFA_TYPE, ChallengeName.MFA_SETUP)


# The attempt after a step, and the challenge that follows; None: Define has issued tokens.
Next = tuple[Attempt, PendingChallenge | None]
# The responses of Define and Create before the function fills them in.
_DECISION = dict.fromkeys(("challengeName", "issueTokens", "failAuthentication"))
_CREATED = dict.fromkeys(("publicChallengeParameters", "privateChallengeParameters", "challengeMetadata"))


def check_configured(pool: Pool) -> None:
    """Refuse a pool that lacks one of the functions.

    Raises:
        InvalidParameter
    """
    if any(trigger.function_of(pool, name) is None for name in trigger.CUSTOM_CHALLENGE_TRIGGERS):
        raise errors.InvalidParameter("Custom auth lambda trigger is not configured for the user pool.").because(
            "auth.custom-triggers-missing", setting="LambdaConfig", value=pool.settings.get("LambdaConfig")
        )


def starts_with_srp(parameters: Any) -> bool:
    """Return whether AuthParameters request the password first.

    Raises:
        InvalidParameter: another CHALLENGE_NAME, or no SRP_A.
    """
    first = parameters.get("CHALLENGE_NAME", ChallengeName.CUSTOM_CHALLENGE)
    if first not in _FIRST:
        raise errors.InvalidParameter(f"CHALLENGE_NAME must be one of {', '.join(_FIRST)}.").because(
            "auth.custom-first-challenge"
        )
    if first == SRP_A:
        if not parameters.get(SRP_A):
            raise errors.missing_parameter(SRP_A)
        srp.read_public(parameters[SRP_A])
    return bool(first == SRP_A)


async def begin(world: World, signin: SignIn, srp_a: str | None) -> Next:
    """Begin with DefineAuthChallenge, after SRP_A if the client sends it.

    Raises:
        NotAuthorized: Define refuses.
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse
    """
    if srp_a is not None:
        signin = signin.with_attempt(_with_round(signin.attempt, Round(SRP_A, True)))
    return await _define(world, signin, srp_a)


async def answer(world: World, request: Answer, session: Session) -> Next:
    """Verify the answer to CUSTOM_CHALLENGE and ask Define again. Uses up the session.

    Raises:
        InvalidParameter: no ANSWER.
        NotAuthorized: the user was disabled meanwhile, or Define refuses.
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse
    """
    if request.responses.get("ANSWER") is None:
        raise errors.missing_parameter("ANSWER")
    sessions.mark_used(world, session)
    is_right = await _verify(world, request, session)
    attempt = _with_round(session.attempt, Round(ChallengeName.CUSTOM_CHALLENGE, is_right, session.metadata))
    return await _define(world, sign_in_now(world, attempt, request.caller), None)


async def _verify(world: World, request: Answer, session: Session) -> bool:
    """Ask VerifyAuthChallengeResponse whether the answer is right."""
    username = session.attempt.who.username
    user = user_of(world, request.pool, session.attempt, username)
    event_request = {
        **sign_in_triggers.user_members(request.client, None if session.attempt.who.sub is None else user),
        "privateChallengeParameters": dict(session.private),
        "challengeAnswer": request.responses["ANSWER"],
        **trigger_event.client_metadata(request.caller),
    }
    response = await triggers.run(
        world,
        request.pool,
        trigger.VERIFY_AUTH_CHALLENGE,
        _SOURCE,
        username=username,
        request=event_request,
        response={"answerCorrect": None},
        caller=request.caller,
    )
    if response is None:
        check_configured(request.pool)
    return triggers.flag(response or {}, "answerCorrect")


async def go_on(world: World, attempt: Attempt, challenge: str, caller: Caller) -> Next:
    """Go on after one of the service's own challenges was answered rightly.

    The caller has written what the answer changed and used up its session.

    Raises:
        NotAuthorized, UserNotFound, UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse
    """
    if attempt.has_proved(ChallengeName.CUSTOM_CHALLENGE):  # asked for when Define had granted the rest
        return await _grant(world, attempt, caller)
    if challenge not in _CHOICES:
        attempt = _with_round(attempt, Round(challenge, True))
    if challenge == ChallengeName.PASSWORD_VERIFIER:
        attempt = await risk_refusal.judge_risk(world, attempt, caller)
    signin = sign_in_now(world, attempt, caller)
    user = require_user(signin.known_user)
    if challenge in (ChallengeName.PASSWORD_VERIFIER, ChallengeName.NEW_PASSWORD_REQUIRED, *_CHOICES):
        device = world.store.devices.get((signin.pool.id, user.sub, attempt.how.device))
        step = mfa_after_password(attempt, user, signin.pool, device)
        if step is not None:
            return attempt, await sessions.ask(world, signin, step)
    return await _define(world, signin, None)


def _with_round(attempt: Attempt, done: Round) -> Attempt:
    return replace(attempt, proof=replace(attempt.proof, history=(*attempt.proof.history, done)))


async def _define(world: World, signin: SignIn, srp_a: str | None) -> Next:
    """Ask DefineAuthChallenge what comes next, and do it."""
    pool, client = world.client(signin.client.id, signin.caller.away)
    signin = replace(signin, pool=pool, client=client)
    decision = await _run(world, signin, trigger.DEFINE_AUTH_CHALLENGE, {}, _DECISION)
    issue, fail = triggers.flag(decision, "issueTokens"), triggers.flag(decision, "failAuthentication")
    name = triggers.text(decision, "challengeName")
    signin = with_user_now(world, signin)
    if fail or (issue and signin.known_user is None):
        raise errors.wrong_credentials().because("auth.custom-failed")
    if issue:
        return await _grant(world, signin.attempt, signin.caller)
    return signin.attempt, await _ask_defined(world, signin, name, srp_a)


async def _ask_defined(world: World, signin: SignIn, name: str | None, srp_a: str | None) -> PendingChallenge:
    """Ask the challenge that Define names.

    Raises:
        InvalidLambdaResponse: there is none of that name, or it does not fit.
    """
    attempt, user = signin.attempt, signin.known_user
    if name == ChallengeName.CUSTOM_CHALLENGE:
        return await _create(world, signin)
    if name == ChallengeName.PASSWORD_VERIFIER and srp_a is not None:
        return await _verify_password(world, signin, srp_a)
    if name in NAME_ONLY:
        return _ask_by_name(world, signin, name)
    step = named_challenge(name, attempt, user, signin.pool) if name and user else None
    if step is None:
        raise errors.unrecognizable_answer()
    return await sessions.ask(world, signin, step)


def _ask_by_name(world: World, signin: SignIn, name: str) -> PendingChallenge:
    """Return a challenge in name alone: no answer to its Session is right.

    Nothing was sent or begun for it.
    """
    bearer = sessions.new_bearer(world)
    expires = world.clock.now() + signin.client.validity.session
    _put(world, Session(digest(bearer), signin.attempt, "", expires))
    return PendingChallenge(name, {"USERNAME": signin.attempt.who.username}, bearer)


def _put(world: World, session: Session) -> None:
    with world.store.write():
        sessions.forget_old(world)
        world.store.sessions.put(session)


async def _grant(world: World, attempt: Attempt, caller: Caller) -> Next:
    """Go on after DefineAuthChallenge set issueTokens.

    The user still has to replace an administrator's password, prove a device and do what the risk demands.

    Raises:
        NotAuthorized: the sign-in is too risky, or the user was disabled meanwhile.
        UserNotFound
    """
    attempt = await risk_refusal.judge_risk(world, attempt, caller)
    signin = sign_in_now(world, attempt, caller)
    user = require_user(signin.known_user)
    device = world.store.devices.get((signin.pool.id, user.sub, attempt.how.device))
    step = challenge_before_tokens(attempt, user, signin.pool, device)
    if step is None:
        return attempt, None
    if step.name != ChallengeName.NEW_PASSWORD_REQUIRED and not attempt.has_proved(ChallengeName.CUSTOM_CHALLENGE):
        attempt = attempt.with_proof(ChallengeName.CUSTOM_CHALLENGE)
    return attempt, await sessions.ask(world, signin.with_attempt(attempt), step)


async def _verify_password(world: World, signin: SignIn, srp_a: str) -> PendingChallenge:
    """Return PASSWORD_VERIFIER with a Session, which clients send back.

    The documented example has one [docs: user-pool-lambda-challenge].
    """
    if signin.known_user is None:
        return srp_exchange.simulated_challenge(world, signin.pool, signin.attempt, signin.typed, srp_a)
    return await srp_exchange.challenge(world, signin.attempt, signin.user, srp_a)


async def _create(world: World, signin: SignIn) -> PendingChallenge:
    """Ask the challenge that CreateAuthChallenge makes."""
    challenge = {"challengeName": ChallengeName.CUSTOM_CHALLENGE.value}
    made = await _run(world, signin, trigger.CREATE_AUTH_CHALLENGE, challenge, _CREATED)
    bearer = sessions.new_bearer(world)
    session = Session(
        digest(bearer),
        signin.attempt,
        ChallengeName.CUSTOM_CHALLENGE,
        world.clock.now() + signin.client.validity.session,
        private=tuple(triggers.texts(made, "privateChallengeParameters").items()),
        metadata=triggers.text(made, "challengeMetadata"),
    )
    public = triggers.texts(made, "publicChallengeParameters")
    _put(world, session)
    parameters = {**public, "USERNAME": signin.attempt.who.username}
    return PendingChallenge(ChallengeName.CUSTOM_CHALLENGE, parameters, bearer)


async def _run(
    world: World, signin: SignIn, name: str, more: Mapping[str, Any], response: Mapping[str, None]
) -> Mapping[str, Any]:
    """Run Define or Create and return what it answers."""
    answer = await triggers.run(
        world,
        signin.pool,
        name,
        _SOURCE,
        username=signin.event_name,
        request={
            **sign_in_triggers.user_members(signin.client, signin.known_user),
            **more,
            "session": [done.event_entry for done in signin.attempt.proof.history],
            **trigger_event.client_metadata(signin.caller),
        },
        response=response,
        caller=signin.caller,
    )
    check_configured(signin.pool)
    return answer or {}

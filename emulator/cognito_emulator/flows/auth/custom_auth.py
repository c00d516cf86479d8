"""CUSTOM_AUTH: a sign-in whose challenges the pool's own functions define, create and verify.

    begin ─► Define ─┬─ CUSTOM_CHALLENGE ─► Create ─► (client) ─► Verify ─► Define ─► ...
                     ├─ PASSWORD_VERIFIER, after CHALLENGE_NAME=SRP_A ─► (client) ─► MFA, if any ─► Define ─► ...
                     ├─ NEW_PASSWORD_REQUIRED, after the password ─► (client) ─► Define ─► ...
                     ├─ issueTokens ─► MFA, if a risk demands it ─► a remembered device proves itself ─► signed in
                     └─ failAuthentication ─► refused

Source: developer guide, "Custom authentication challenge Lambda triggers". A wrong answer is no error by itself:
Define, which sees it in the session list, decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import srp
from cognito_emulator.domain.auth.attempt import Attempt, Round
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.custom_auth import HANDED_ON, SRP_A, after_password, granted, named
from cognito_emulator.domain.auth.session import Session, digest
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.messaging import trigger_event
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools import trigger
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import User
from cognito_emulator.domain.users.user_checks import require_enabled, require_user
from cognito_emulator.flows.auth import risk_refusal, sessions, sign_in_triggers, srp_exchange
from cognito_emulator.flows.auth.outcome import PendingChallenge
from cognito_emulator.flows.messaging import triggers

if TYPE_CHECKING:
    from cognito_emulator.flows.auth.challenge_answer import Answer
    from cognito_emulator.world import World

_SOURCE = "Authentication"
_FIRST = (SRP_A, ChallengeName.CUSTOM_CHALLENGE)
# Answers that lead to a challenge, and of which Define is not told.
_CHOICES = (ChallengeName.SELECT_MFA_TYPE, ChallengeName.MFA_SETUP)


def check_configured(pool: Pool) -> None:
    """Raises InvalidParameter: a function is missing."""
    if any(trigger.function_of(pool, name) is None for name in trigger.CUSTOM_CHALLENGE_TRIGGERS):
        raise errors.InvalidParameter("Custom auth lambda trigger is not configured for the user pool.")


def starts_with_srp(parameters: Any) -> bool:
    """Whether AuthParameters ask for the password first.

    Raises:
        InvalidParameter: another CHALLENGE_NAME, or no SRP_A.
    """
    first = parameters.get("CHALLENGE_NAME", ChallengeName.CUSTOM_CHALLENGE)
    if first not in _FIRST:
        raise errors.InvalidParameter(f"CHALLENGE_NAME must be one of {', '.join(_FIRST)}.")
    if first == SRP_A:
        if not parameters.get(SRP_A):
            raise errors.missing_parameter(SRP_A)
        srp.read_public(parameters[SRP_A])
    return bool(first == SRP_A)


async def begin(
    world: World, attempt: Attempt, user: User | None, typed: str, srp_a: str | None, caller: Caller
) -> tuple[Attempt, PendingChallenge | None]:
    """The attempt and its first challenge (None: Define issues tokens at once).

    `user` is None behind PreventUserExistenceErrors.

    Raises:
        NotAuthorized: Define refuses.
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse
    """
    if srp_a is not None:
        attempt = _with(attempt, Round(SRP_A, True))
    return await _define(world, attempt, user, typed, srp_a, caller)


async def answer(world: World, request: Answer, session: Session) -> tuple[Attempt, PendingChallenge | None]:
    """CUSTOM_CHALLENGE answered: the attempt after it, and what comes next (None: tokens). Uses up the session.

    Raises:
        InvalidParameter: no ANSWER.
        NotAuthorized: the user was disabled meanwhile, or Define refuses.
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse
    """
    given = request.responses.get("ANSWER")
    if given is None:
        raise errors.missing_parameter("ANSWER")
    sessions.spend(world, session)
    attempt = session.attempt
    asked = {**_about(world, attempt, request.client), "privateChallengeParameters": dict(session.private)}
    asked |= {"challengeAnswer": given, **trigger_event.client_metadata(request.caller)}
    response = await triggers.run(
        world,
        request.pool,
        trigger.VERIFY_AUTH_CHALLENGE,
        _SOURCE,
        username=attempt.who.username,
        request=asked,
        response={"answerCorrect": None},
        caller=request.caller,
    )
    if response is None:
        check_configured(request.pool)
    correct = triggers.flag(response or {}, "answerCorrect")
    attempt = _with(attempt, Round(ChallengeName.CUSTOM_CHALLENGE, correct, session.metadata))
    return await _define(world, attempt, _user(world, attempt), attempt.who.username, None, request.caller)


async def go_on(
    world: World, attempt: Attempt, challenge: str, caller: Caller
) -> tuple[Attempt, PendingChallenge | None]:
    """After one of the service's own challenges was answered rightly: the attempt, and what comes next.

    The caller has written what the answer changed and used up its session.

    Raises:
        NotAuthorized, UserNotFound, UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse
    """
    if attempt.has_proved(ChallengeName.CUSTOM_CHALLENGE):  # asked for when Define had granted the rest
        return await _granted(world, attempt, caller)
    if challenge not in _CHOICES:
        attempt = _with(attempt, Round(challenge, True))
    if challenge == ChallengeName.PASSWORD_VERIFIER:
        attempt = await risk_refusal.judged(world, attempt, caller)
    user = require_user(_user(world, attempt))
    pool, client = world.client(attempt.who.client_id)
    if challenge in (ChallengeName.PASSWORD_VERIFIER, ChallengeName.NEW_PASSWORD_REQUIRED, *_CHOICES):
        step = after_password(attempt, user, pool, world.store.devices.get((pool.id, user.sub, attempt.how.device)))
        if step is not None:
            return attempt, await sessions.ask(world, pool, client, attempt, user, step, None, caller)
    return await _define(world, attempt, user, attempt.who.username, None, caller)


def _with(attempt: Attempt, done: Round) -> Attempt:
    return replace(attempt, proof=replace(attempt.proof, history=(*attempt.proof.history, done)))


def _user(world: World, attempt: Attempt) -> User | None:
    """Return the current user; None for one who never existed.

    Raises:
        UserNotFound, NotAuthorized: deleted or disabled meanwhile.
    """
    if attempt.who.sub is None:
        return None
    return require_enabled(world.store.users.get(attempt.who.key))


def _about(world: World, attempt: Attempt, client: Client) -> dict[str, Any]:
    return sign_in_triggers.about(client, _user(world, attempt))


async def _define(
    world: World, attempt: Attempt, user: User | None, typed: str, srp_a: str | None, caller: Caller
) -> tuple[Attempt, PendingChallenge | None]:
    """Ask Define what comes next and do it: the attempt, and what comes next (None: tokens)."""
    pool, client = world.client(attempt.who.client_id)
    request = {
        **sign_in_triggers.about(client, user),
        "session": [done.event_entry for done in attempt.proof.history],
        **trigger_event.client_metadata(caller),
    }
    answer = await triggers.run(
        world,
        pool,
        trigger.DEFINE_AUTH_CHALLENGE,
        _SOURCE,
        username=attempt.who.username if user else typed,
        request=request,
        response={"challengeName": None, "issueTokens": None, "failAuthentication": None},
        caller=caller,
    )
    check_configured(pool)
    decision = answer or {}
    issue, fail = triggers.flag(decision, "issueTokens"), triggers.flag(decision, "failAuthentication")
    name = triggers.text(decision, "challengeName")
    user = _user(world, attempt)
    if fail or (issue and user is None):
        raise errors.wrong_credentials()
    if issue:
        return await _granted(world, attempt, caller)
    if name == ChallengeName.CUSTOM_CHALLENGE:
        return attempt, await _create(world, pool, client, attempt, user, typed, caller)
    if name == ChallengeName.PASSWORD_VERIFIER and srp_a is not None:
        return attempt, _verify_password(world, pool, attempt, user, typed, srp_a)
    if name in HANDED_ON:
        return attempt, _hand_on(world, client, attempt, name)
    step = named(name, attempt, user, pool) if name and user else None
    if step is None or user is None:
        raise errors.unrecognizable_answer()
    return attempt, await sessions.ask(world, pool, client, attempt, user, step, None, caller)


def _hand_on(world: World, client: Client, attempt: Attempt, name: str) -> PendingChallenge:
    """A challenge in name alone: nothing was sent or begun for it, so that no answer to its Session is a right one."""
    bearer = sessions.new_bearer(world)
    with world.store.write():
        sessions.forget_old(world)
        world.store.sessions.put(Session(digest(bearer), attempt, "", world.clock.now() + client.validity.session))
    return PendingChallenge(name, {"USERNAME": attempt.who.username}, bearer)


async def _granted(world: World, attempt: Attempt, caller: Caller) -> tuple[Attempt, PendingChallenge | None]:
    """Go on after DefineAuthChallenge set issueTokens.

    The user still has to replace an administrator's password, prove a device and do what the risk demands.

    Raises:
        NotAuthorized: the sign-in is too risky, or the user was disabled meanwhile.
        UserNotFound
    """
    attempt = await risk_refusal.judged(world, attempt, caller)
    user = require_user(_user(world, attempt))
    pool, client = world.client(attempt.who.client_id)
    device = world.store.devices.get((pool.id, user.sub, attempt.how.device))
    step = granted(attempt, user, pool, device)
    if step is None:
        return attempt, None
    if step.name != ChallengeName.NEW_PASSWORD_REQUIRED and not attempt.has_proved(ChallengeName.CUSTOM_CHALLENGE):
        attempt = attempt.with_proof(ChallengeName.CUSTOM_CHALLENGE)
    return attempt, await sessions.ask(world, pool, client, attempt, user, step, None, caller)


def _verify_password(
    world: World, pool: Pool, attempt: Attempt, user: User | None, typed: str, srp_a: str
) -> PendingChallenge:
    """PASSWORD_VERIFIER, with a Session as the guide's example has it; clients send it back."""
    if user is None:
        return srp_exchange.simulated_challenge(world, pool, attempt, typed, srp_a)
    return srp_exchange.challenge(world, attempt, user, srp_a)


async def _create(
    world: World, pool: Pool, client: Client, attempt: Attempt, user: User | None, typed: str, caller: Caller
) -> PendingChallenge:
    request = {
        **sign_in_triggers.about(client, user),
        "challengeName": ChallengeName.CUSTOM_CHALLENGE.value,
        "session": [done.event_entry for done in attempt.proof.history],
        **trigger_event.client_metadata(caller),
    }
    empty = {"publicChallengeParameters": None, "privateChallengeParameters": None, "challengeMetadata": None}
    answer = await triggers.run(
        world,
        pool,
        trigger.CREATE_AUTH_CHALLENGE,
        _SOURCE,
        username=attempt.who.username if user else typed,
        request=request,
        response=empty,
        caller=caller,
    )
    check_configured(pool)
    made = answer or {}
    public = triggers.texts(made, "publicChallengeParameters")
    private = triggers.texts(made, "privateChallengeParameters")
    bearer = sessions.new_bearer(world)
    session = Session(
        digest(bearer),
        attempt,
        ChallengeName.CUSTOM_CHALLENGE,
        world.clock.now() + client.validity.session,
        private=tuple(private.items()),
        metadata=triggers.text(made, "challengeMetadata"),
    )
    with world.store.write():
        sessions.forget_old(world)
        world.store.sessions.put(session)
    parameters = {**public, "USERNAME": attempt.who.username}
    return PendingChallenge(ChallengeName.CUSTOM_CHALLENGE, parameters, bearer)

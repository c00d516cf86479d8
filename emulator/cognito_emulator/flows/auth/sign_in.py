"""Sign-in: `begin` and `answer` of every flow but the choice-based one.

What comes next is decided by `domain.auth.next_step.next_step` alone. A session is spent before anything is
awaited; failures are counted in a write block of their own, since they stay although the call is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import lockout
from cognito_emulator.domain.auth.attempt import Attempt, Goal, How, Proof, Who
from cognito_emulator.domain.auth.auth_flow import CUSTOM, PASSWORD_FLOWS, SRP
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.session import Session
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools import trigger
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.threats.auth_event import FAIL, IN_PROGRESS, PASSWORD_CHALLENGE
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.user import RESET_REQUIRED, UNCONFIRMED, Password, User
from cognito_emulator.domain.users.user_checks import require_enabled
from cognito_emulator.flows.auth import (
    advance,
    custom_auth,
    devices,
    hidden_users,
    imported_hashes,
    migration,
    sessions,
    sign_in_triggers,
    srp_exchange,
)
from cognito_emulator.flows.auth.challenge_answer import Answer
from cognito_emulator.flows.auth.challenges import ANSWERS
from cognito_emulator.flows.auth.context import SignIn, known_user_of
from cognito_emulator.flows.auth.outcome import Outcome, PendingChallenge
from cognito_emulator.flows.auth.password_check import check_password, check_temporary, count_failure
from cognito_emulator.flows.threats import auth_events, protection

if TYPE_CHECKING:
    from cognito_emulator.world import World


class Begin(Struct, frozen=True):
    """A request to sign in; `parameters` are AuthParameters."""

    pool: Pool
    client: Client
    flow: str
    parameters: Mapping[str, str]
    admin: bool
    caller: Caller
    session: str | None = None  # of ConfirmSignUp
    hosted: str = ""  # digest of the authorization request of a page
    targets: tuple[int, ...] = ()  # the levels (acr) that are requested
    credited: tuple[str, ...] = ()  # the methods (amr) of an earlier sign-in that is stepped up
    presented: str = ""  # that sign-in's acr
    backing: str = ""  # and what has to last, as in Proof


async def begin(world: World, request: Begin) -> Outcome:
    """Begin a sign-in by SRP or password; return tokens or a challenge.

    The caller has checked the secret hash and the flow.

    Raises:
        ApiError: as InitiateAuth documents.
    """
    if request.flow == CUSTOM:
        return await _begin_custom(world, request)
    username = request.parameters["USERNAME"]
    wanted = "SRP_A" if request.flow == SRP else "PASSWORD"
    secret = request.parameters.get(wanted)
    if not secret:
        raise errors.missing_parameter(wanted)
    user = await _admit(world, request, username)
    if user is None:
        return await _begin_hidden(world, request, username, secret)
    attempt = attempt_of(world, request, user.sub, user.username)
    if request.flow == SRP:
        challenge = await srp_exchange.challenge(world, attempt, user, secret)
        auth_events.sign_in(world, attempt, IN_PROGRESS)
        return challenge
    return await _begin_with_password(world, request, attempt, user, secret)


async def _begin_with_password(world: World, request: Begin, attempt: Attempt, user: User, secret: str) -> Outcome:
    try:
        user = await check_password(world, request.pool, user, secret)
    except errors.NotAuthorized:
        auth_events.sign_in(world, attempt, FAIL, failed=PASSWORD_CHALLENGE)
        raise
    devices.check(world, request.pool, user, attempt.how.device)
    attempt = attempt.with_proof(ChallengeName.PASSWORD)
    attempt = protection.check_password_in_use(world, request.pool, attempt, user, secret)
    return await advance.advance(world, attempt, user, request.caller)


async def _admit(world: World, request: Begin, username: str) -> User | None:
    """Return the user who may try to sign in.

    None if PreventUserExistenceErrors hides them.

    Raises:
        UserNotFound, NotAuthorized, UserNotConfirmed, PasswordResetRequired
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse: of the pre authentication trigger.
    """
    user = names.find(world.store, request.pool, username)
    if user is None and request.flow in PASSWORD_FLOWS and request.parameters.get("PASSWORD"):
        await migration.migrate(
            world,
            request.pool,
            request.client,
            username,
            typed=request.parameters["PASSWORD"],
            caller=request.caller,
        )
    user = _look_up(world, request, username)
    if trigger.function_of(request.pool, trigger.PRE_AUTHENTICATION) is None:
        return user
    if _is_custom_only(request):
        sign_in_triggers.warn_not_called(user.username if user else username)
        return user
    await sign_in_triggers.run_pre_authentication(
        world, request.pool, request.client, user, typed=username, caller=request.caller
    )
    return _look_up(world, request, username)


def _look_up(world: World, request: Begin, username: str) -> User | None:
    user = hidden_users.find(world, request.pool, request.client, username)
    if user is not None:
        _check_state(request.client, user, needs_password=not _is_custom_only(request))
    return user


def _is_custom_only(request: Begin) -> bool:
    return request.flow == CUSTOM and not custom_auth.starts_with_srp(request.parameters)


async def _begin_custom(world: World, request: Begin) -> Outcome:
    custom_auth.check_configured(request.pool)
    srp_a = request.parameters["SRP_A"] if custom_auth.starts_with_srp(request.parameters) else None
    typed = request.parameters["USERNAME"]
    user = await _admit(world, request, typed)
    if user is not None:
        attempt = attempt_of(world, request, user.sub, user.username)
        devices.check(world, request.pool, user, attempt.how.device)
    else:
        name = hidden_users.name(world, request.pool, typed)
        attempt = attempt_of(world, request, None, name if srp_a or request.pool.username_attributes else typed)
        hidden_users.check_device(attempt.how.device)
    addressed = user or hidden_users.user(world, request.pool, typed)
    signin = SignIn(request.pool, request.client, request.caller, attempt, addressed, typed)
    attempt, challenge = await custom_auth.begin(world, signin, srp_a)
    return await _after_define(world, attempt, challenge, request.caller)


async def _answer_custom(world: World, request: Answer) -> Outcome:
    session = sessions.take(world, request)
    presented = request.responses.get("DEVICE_KEY")
    if presented:
        if session.attempt.who.sub is None:
            hidden_users.check_device(presented)
        devices.check(world, request.pool, known_user_of(world, session.attempt), presented)
        session = replace(session, attempt=session.attempt.with_device(presented))
    attempt, challenge = await custom_auth.answer(world, request, session)
    return await _after_define(world, attempt, challenge, request.caller)


async def _after_define(world: World, attempt: Attempt, challenge: PendingChallenge | None, caller: Caller) -> Outcome:
    if challenge is None:
        return await advance.finish(world, attempt, caller)
    auth_events.sign_in(world, attempt, IN_PROGRESS)
    return challenge


def attempt_of(world: World, request: Begin, sub: str | None, username: str) -> Attempt:
    hides, typed = request.client.hides_users, request.parameters.get("USERNAME", "")
    return Attempt(
        Who(request.pool.id, request.client.id, sub, username, typed, hides),
        How(
            request.flow,
            request.admin,
            request.hosted,
            request.parameters.get("DEVICE_KEY", ""),
            request.caller.origin,
        ),
        world.ids.uuid(),
        Proof(credited=request.credited, backing=request.backing),
        Goal(request.targets),
    )


async def _begin_hidden(world: World, request: Begin, username: str, secret: str) -> Outcome:
    """Answer a user who does not exist as one who does.

    [docs: cognito-user-pool-managing-errors]
    """
    if request.flow != SRP:
        await imported_hashes.check_hidden_password(world, request.pool, username, secret)
        raise errors.wrong_credentials().because(
            "auth.user-hidden", setting="PreventUserExistenceErrors", value="ENABLED"
        )
    attempt = attempt_of(world, request, None, hidden_users.name(world, request.pool, username))
    return srp_exchange.simulated_challenge(world, request.pool, attempt, username, secret)


def _check_state(client: Client, user: User, *, needs_password: bool = True) -> None:
    if user.status == UNCONFIRMED:
        # Before the password is checked [observed: amazon-archives/amazon-cognito-identity-js#288].
        raise errors.UserNotConfirmed("User is not confirmed.").because("auth.user-unconfirmed")
    if not user.has_password and (needs_password or user.status == RESET_REQUIRED):
        if user.status == RESET_REQUIRED and not client.hides_users:
            raise errors.PasswordResetRequired("Password reset required for the user").because(
                "auth.password-reset-required"
            )
        raise errors.wrong_credentials().because("auth.password-none")


async def answer(world: World, request: Answer) -> Outcome:
    """Answer a challenge; return tokens or the next challenge.

    The caller has checked the secret hash.

    Raises:
        ApiError: as RespondToAuthChallenge documents.
    """
    if request.challenge == ChallengeName.CUSTOM_CHALLENGE:
        return await _answer_custom(world, request)
    if request.challenge == ChallengeName.DEVICE_SRP_AUTH:
        return devices.challenge(world, request)
    session, attempt, user = await _prove(world, request)
    attempt = _with_device(world, request, attempt, user)
    if attempt.how.flow == CUSTOM:
        advance.write_proof(world, user, session)
        attempt, challenge = await custom_auth.go_on(world, attempt, request.challenge, request.caller)
        return await _after_define(world, attempt, challenge, request.caller)
    return await advance.advance(world, attempt, user, request.caller, spent=session)


async def _prove(world: World, request: Answer) -> tuple[Session, Attempt, User]:
    """Check an answer; return its session, the attempt with its proof, and the user.

    The user is as the answer changes them.

    Raises:
        ApiError: the answer is wrong.
    """
    if request.challenge == ChallengeName.PASSWORD_VERIFIER:
        session, user = await _prove_srp(world, request)
        return session, session.attempt.with_proof(ChallengeName.PASSWORD_VERIFIER), user
    if request.challenge == ChallengeName.DEVICE_PASSWORD_VERIFIER:
        session, user = await devices.prove(world, request)
        return session, session.attempt.with_proof(ChallengeName.DEVICE_PASSWORD_VERIFIER), user
    session = sessions.take(world, request)
    if session.attempt.who.sub is None:
        hidden_users.refuse(world, request, session)
    user = known_user_of(world, session.attempt)
    handler = ANSWERS.get(request.challenge)
    if handler is None:
        raise errors.invalid_session().because("auth.challenge-unknown", value=request.challenge)
    attempt, user = handler(world, request, session, user)
    return session, attempt, user


def _with_device(world: World, request: Answer, attempt: Attempt, user: User) -> Attempt:
    """Return the attempt with the device that the answer presents, if any.

    Raises:
        NotAuthorized: another device has proved itself.
        ResourceNotFound: the user has no such device. The session stays good: clients forget the device and repeat the
            answer without it.
    """
    presented = request.responses.get("DEVICE_KEY")
    if not presented:
        return attempt
    if presented != attempt.how.device and attempt.has_proved(ChallengeName.DEVICE_PASSWORD_VERIFIER):
        raise errors.invalid_session().because("devices.key")
    devices.check(world, request.pool, user, presented)
    return attempt.with_device(presented)


async def _prove_srp(world: World, request: Answer) -> tuple[Session, User]:
    """Check a proof of the password; return its session and the user.

    Both are looked up again after the computation: the session may be used up, the user disabled or locked out, or
    the password another by then. So many proofs at once are not worth more than one after the other.

    Raises:
        ApiError: the proof is wrong, or came to nothing meanwhile.
    """
    session, claim = srp_exchange.take(world, request)
    user, kept = _proving(world, request, session)
    if user is None or kept is None:
        await srp_exchange.check_hidden_proof(world, session, claim)
        raise errors.wrong_credentials().because("auth.user-hidden" if user is None else "auth.password-none")
    prover = srp_exchange.Prover(request.pool.srp_name, session.attempt.who.username)
    right = await srp_exchange.holds(world, session, srp_exchange.of_private(kept.x), prover, claim)
    session = srp_exchange.look_again(world, session)
    user, now_kept = _proving(world, request, session)
    if user is None or now_kept is None:
        raise errors.wrong_credentials().because("auth.user-hidden" if user is None else "auth.password-none")
    attempt = session.attempt
    if not right or (now_kept.salt, now_kept.x) != (kept.salt, kept.x):
        count_failure(world, user, request.pool)
        auth_events.sign_in(world, attempt, FAIL, failed=PASSWORD_CHALLENGE)
        # Another proof of the same challenge is another event.
        with world.store.write():
            again = replace(attempt, event_id=world.ids.uuid())
            world.store.sessions.put(replace(session, attempt=again))
        raise errors.wrong_credentials().because("auth.password-wrong")
    check_temporary(request.pool, user, world.clock.now())
    return session, user


def _proving(world: World, request: Answer, session: Session) -> tuple[User | None, Password | None]:
    """Return the user of a proof, who may try, and their password.

    Raises:
        NotAuthorized: the user is disabled or locked out.
    """
    attempt = session.attempt
    user = None if attempt.who.sub is None else world.store.users.get(attempt.who.key)
    if user is None or user.password is None:
        return user, None
    require_enabled(user)
    lockout.check(lockout.of(user, request.pool.away), world.clock.now())
    return user, user.password

"""Sign-in: `begin` and `answer`, the two doors for InitiateAuth, RespondToAuthChallenge and their Admin twins.

What comes next is decided by `emulator.domain.sign_in.next_step` alone. A session is spent before anything is
awaited; failures are counted in a write block of their own, since they stay although the call is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from emulator.domain import errors, lockout, names, password, srp
from emulator.domain.auth_event import FAIL, IN_PROGRESS, PASS, PASSWORD_CHALLENGE
from emulator.domain.client import Client
from emulator.domain.pool import Pool
from emulator.domain.session import Session
from emulator.domain.sign_in import (
    DEVICE_PASSWORD_VERIFIER,
    DEVICE_SRP_AUTH,
    PASSWORD,
    PASSWORD_VERIFIER,
    Attempt,
    SignedIn,
    next_step,
)
from emulator.domain.user import FORCE_CHANGE_PASSWORD, RESET_REQUIRED, UNCONFIRMED, User
from emulator.flows import auth_events, devices, imported_hashes, issue, sessions, simulated, srp_exchange
from emulator.flows.answers import ANSWERS

if TYPE_CHECKING:
    from emulator.world import World

SRP = "USER_SRP_AUTH"
CUSTOM = "CUSTOM_AUTH"
CHOICE = "USER_AUTH"
ADMIN_FLOWS = ("ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH")
REFRESH_FLOWS = ("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN")

# The ExplicitAuthFlows values that let a flow in; the legacy ones also let SRP and refresh in (AWS-verified).
_LEGACY = frozenset({"ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH"})
_ALLOWED_BY = {
    SRP: _LEGACY | {"ALLOW_USER_SRP_AUTH"},
    "USER_PASSWORD_AUTH": frozenset({"ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"}),
    "ADMIN_USER_PASSWORD_AUTH": frozenset({"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"}),
    "ADMIN_NO_SRP_AUTH": frozenset({"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"}),
    CUSTOM: frozenset({"ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH_FLOW_ONLY"}),
    CHOICE: frozenset({"ALLOW_USER_AUTH"}),
    **dict.fromkeys(REFRESH_FLOWS, _LEGACY | {"ALLOW_REFRESH_TOKEN_AUTH"}),
}


@dataclass(frozen=True, slots=True)
class Begin:
    """A request to sign in; `parameters` are AuthParameters."""

    pool: Pool
    client: Client
    flow: str
    parameters: Mapping[str, str]
    admin: bool
    ip: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a challenge; `responses` are ChallengeResponses."""

    pool: Pool
    client: Client
    challenge: str
    responses: Mapping[str, str]
    session: str | None
    admin: bool


def check_flow(client: Client, flow: str, *, admin: bool) -> None:
    """Refuse a flow that this operation or the app client does not have.

    Raises:
        InvalidParameter
    """
    if flow in ADMIN_FLOWS and not admin:
        raise errors.InvalidParameter("Initiate Auth method not supported")
    if not client.flows & _ALLOWED_BY[flow]:
        raise errors.InvalidParameter(_not_enabled(flow))
    if flow == CUSTOM:
        # A pool cannot have Lambda triggers yet, so this is AWS's own answer.
        raise errors.InvalidParameter("Custom auth lambda trigger is not configured for the user pool.")


def _not_enabled(flow: str) -> str:
    if flow == "USER_PASSWORD_AUTH":
        return "USER_PASSWORD_AUTH flow not enabled for this client"
    if flow in (SRP, CUSTOM, CHOICE):
        return f"{flow} is not enabled for the client."
    return "Auth flow not enabled for this client"


async def begin(world: World, request: Begin) -> dict[str, Any]:
    """The first step of a sign-in by SRP or password: tokens or a challenge, in the wire's members.

    The caller has checked the secret hash and the flow.

    Raises:
        ApiError: as InitiateAuth documents.
    """
    username = request.parameters["USERNAME"]
    wanted = "SRP_A" if request.flow == SRP else "PASSWORD"
    secret = request.parameters.get(wanted)
    if not secret:
        raise errors.missing_parameter(wanted)
    user = names.find(world.store, request.pool, username)
    if user is None or (not user.enabled and request.client.hides_users):
        return await _unknown(world, request, username, secret)
    _check_state(request.client, user)
    attempt = _attempt(world, request, user.sub, user.username)
    if request.flow == SRP:
        challenge = srp_exchange.challenge(world, attempt, user, secret)
        auth_events.sign_in(world, attempt, IN_PROGRESS)
        return challenge
    try:
        user = await check_password(world, request.pool, user, secret)
    except errors.NotAuthorized:
        auth_events.sign_in(world, attempt, FAIL, failed=PASSWORD_CHALLENGE)
        raise
    devices.check(world, request.pool, user, attempt.device)
    return await advance(world, replace(attempt, proved=(PASSWORD,)), user)


def _attempt(world: World, request: Begin, sub: str | None, username: str) -> Attempt:
    device = request.parameters.get("DEVICE_KEY", "")
    return Attempt(
        request.pool.id,
        request.client.id,
        request.flow,
        request.admin,
        sub,
        username,
        device=device,
        ip=request.ip,
        agent=request.agent,
        event_id=world.ids.uuid(),
    )


async def _unknown(world: World, request: Begin, username: str, secret: str) -> dict[str, Any]:
    """PreventUserExistenceErrors: who is not there looks like who is (developer guide, "Managing errors")."""
    if not request.client.hides_users:
        raise errors.user_not_found()
    if request.flow != SRP:
        await imported_hashes.pretend(world, request.pool, username, secret)
        raise errors.wrong_credentials()
    attempt = _attempt(world, request, None, simulated.name(world, request.pool, username))
    return srp_exchange.simulated_challenge(world, request.pool, attempt, username, secret)


def _check_state(client: Client, user: User) -> None:
    if not user.enabled:
        raise errors.user_disabled()
    if user.status == UNCONFIRMED:
        # Before the password is looked at: recorded, and called intended.
        raise errors.UserNotConfirmed("User is not confirmed.")
    if not user.has_password:
        if user.status == RESET_REQUIRED and not client.hides_users:
            raise errors.PasswordResetRequired("Password reset required for the user")
        raise errors.wrong_credentials()


async def check_password(world: World, pool: Pool, user: User, typed: str) -> User:
    """Judge a password, counting a failure; the user as he is afterwards.

    Raises:
        NotAuthorized: wrong, locked, or a temporary password that has expired.
    """
    lockout.check(user.lockout, world.clock.now())
    if user.imported_hash is not None:
        user = await _check_imported(world, pool, user, typed)
    if user.password is None or not password.matches(user.password, pool.srp_name, user.username, typed):
        count_failure(world, user)
        raise errors.wrong_credentials()
    check_temporary(user, world.clock.now())
    return user


async def _check_imported(world: World, pool: Pool, user: User, typed: str) -> User:
    """The user with `typed` as his password if it is the imported one, else as he is after the wait.

    Raises:
        NotAuthorized: disabled meanwhile, or locked by others who guessed at the same time.
        UserNotFound
    """
    user, right = await imported_hashes.judge(world, user, typed)
    if not user.enabled:
        raise errors.user_disabled()
    lockout.check(user.lockout, world.clock.now())
    return imported_hashes.adopt(world, pool, user, typed) if right else user


def check_temporary(user: User, now: float) -> None:
    """Refuse a temporary password whose days are over.

    Raises:
        NotAuthorized
    """
    expires = user.password.expires if user.password else None
    if user.status == FORCE_CHANGE_PASSWORD and expires is not None and expires <= now:
        raise errors.NotAuthorized("Temporary password has expired and must be reset by an administrator.")


def count_failure(world: World, user: User) -> None:
    """One more wrong password; it stays although the call is refused."""
    with world.store.write():
        world.store.users.put(lockout.counted(user, world.clock.now()))


async def answer(world: World, request: Answer) -> dict[str, Any]:
    """The answer to a challenge: tokens or the next challenge, in the wire's members.

    The caller has checked the secret hash.

    Raises:
        ApiError: as RespondToAuthChallenge documents.
    """
    if request.challenge == PASSWORD_VERIFIER:
        session, user = _prove_srp(world, request)
        attempt = replace(session.attempt, proved=(PASSWORD_VERIFIER,))
    elif request.challenge == DEVICE_SRP_AUTH:
        return devices.challenge(world, request)
    elif request.challenge == DEVICE_PASSWORD_VERIFIER:
        session, user = devices.prove(world, request)
        attempt = replace(session.attempt, proved=(*session.attempt.proved, DEVICE_PASSWORD_VERIFIER))
    else:
        session = sessions.take(world, request)
        user = user_of(world, session.attempt)
        handler = ANSWERS.get(request.challenge)
        if handler is None:
            raise errors.invalid_session()
        attempt, user = handler(world, request, session, user)
    presented = request.responses.get("DEVICE_KEY")
    if presented and presented != attempt.device and DEVICE_PASSWORD_VERIFIER in attempt.proved:
        raise errors.invalid_session()  # another device than the one that has proved itself
    if presented:
        # Refused without spending the session: clients forget the device and repeat the answer without it.
        devices.check(world, request.pool, user, presented)
        attempt = replace(attempt, device=presented)
    return await advance(world, attempt, user, spent=session)


def user_of(world: World, attempt: Attempt) -> User:
    """The user of an attempt, as he is now.

    Raises:
        UserNotFound, NotAuthorized: deleted or disabled since the attempt began.
    """
    user = world.store.users.get((attempt.pool_id, attempt.sub))
    if user is None:
        raise errors.user_not_found()
    if not user.enabled:
        raise errors.user_disabled()
    return user


def _prove_srp(world: World, request: Answer) -> tuple[Session, User]:
    session, claim = srp_exchange.take(world, request)
    attempt = session.attempt
    user = None if attempt.sub is None else world.store.users.get((attempt.pool_id, attempt.sub))
    if user is None or user.password is None:
        sessions.spend(world, session)
        raise errors.wrong_credentials()
    if not user.enabled:
        raise errors.user_disabled()
    now = world.clock.now()
    lockout.check(user.lockout, now)
    verifier = user.password.verifier or srp.verifier(user.password.x)
    if not srp_exchange.holds(world, session, verifier, request.pool.srp_name, attempt.username, claim):
        sessions.spend(world, session)
        count_failure(world, user)
        auth_events.sign_in(world, attempt, FAIL, failed=PASSWORD_CHALLENGE)
        raise errors.wrong_credentials()
    check_temporary(user, now)
    return session, user


async def advance(world: World, attempt: Attempt, user: User, spent: Session | None = None) -> dict[str, Any]:
    """Go on after something was proved: the next challenge with its session, or tokens.

    `user` is the record as the proof changes it, `spent` the session just answered; both are written together
    with what comes next, so that a refusal here leaves neither behind.
    """
    pool, client = world.client(attempt.client_id)
    device = world.store.devices.get((pool.id, user.sub, attempt.device))
    step = next_step(attempt, user, pool, device)
    if not isinstance(step, SignedIn):
        answer = await sessions.ask(world, pool, client, attempt, user, step, spent)
        auth_events.sign_in(world, attempt, IN_PROGRESS)
        return answer
    with world.store.write():
        world.store.users.put(user)
        if spent is not None:
            world.store.sessions.put(replace(spent, used=True))
    result = await issue.sign_in(world, attempt)
    auth_events.sign_in(world, attempt, PASS)
    return {"AuthenticationResult": result, "ChallengeParameters": {}}

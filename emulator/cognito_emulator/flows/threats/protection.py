"""Threat protection at work: addresses that are blocked, leaked passwords, and the risk of a sign-in.

A sign-in is judged once, when its first factor is proved and before anything else is decided; what comes of it goes
along with the attempt. Federation, token refresh and machines are not looked at (developer guide, "Considerations and
limitations for threat protection").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.auth.auth_flow import CUSTOM
from cognito_emulator.domain.auth.event_risk import BLOCKED, NO_RISK, UNJUDGED, Risk
from cognito_emulator.domain.auth.origin import Origin
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.threats import auth_event, known_risk
from cognito_emulator.domain.threats import threat as rules
from cognito_emulator.domain.threats.threat import ENFORCED, OFF
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.user import CONFIRMED, RESET_REQUIRED, User
from cognito_emulator.flows.threats import auth_events
from cognito_emulator.flows.threats.risk_settings import configuration

if TYPE_CHECKING:
    from cognito_emulator.world import World

# EventFilter
SIGN_UP, SIGN_IN, PASSWORD_CHANGE = "SIGN_UP", "SIGN_IN", "PASSWORD_CHANGE"


# --- addresses ---------------------------------------------------------------------------------------------


def admit(world: World, pool: Pool, client_id: str, origin: Origin, flow: str = "") -> None:
    """Refuse requests from the Always-block list, in full-function mode.

    The guide says that such devices "can't sign up or sign in", the API reference "always blocks authentication
    requests", and users of AWS report it of ForgotPassword too: so it holds for all that takes a user's context.

    Raises:
        NotAuthorized
    """
    if rules.mode(pool, flow) == ENFORCED:
        settings = configuration(world, pool, client_id)
        if rules.excepted(settings, "BlockedIPRangeList", origin.ip):
            raise errors.address_blocked()


def admit_sign_in(world: World, pool: Pool, client_id: str, origin: Origin, *, flow: str, typed: str | None) -> None:
    """Admit the beginning of a sign-in, as `admit`.

    It is an event of the user that `typed` names.

    Raises:
        NotAuthorized
    """
    try:
        admit(world, pool, client_id, origin, flow)
    except errors.NotAuthorized:
        user = names.find(world.store, pool, typed) if typed else None
        if user is not None:
            risk = Risk(BLOCKED)  # "isn't assigned a risk level"
            auth_events.record(
                world, pool, user.sub, auth_event.SIGN_IN, auth_event.FAIL, origin=origin, risk=risk, flow=flow
            )
        raise


# --- leaked passwords --------------------------------------------------------------------------------------


def _leaked(world: World, pool: Pool, client_id: str, event: str, typed: str) -> str:
    """What is to be done about a password: BLOCK, NO_ACTION, or nothing (empty) because it is not known as leaked."""
    if pool.protection == OFF or not world.store.compromised:
        return ""
    digest = known_risk.digest(typed)
    known = world.store.compromised
    if (pool.id, digest) not in known and ("", digest) not in known:
        return ""
    action = rules.compromised_action(configuration(world, pool, client_id), event)
    if action is None:
        return ""
    return action if pool.protection == ENFORCED else rules.NO_ACTION


def check_new_password(world: World, pool: Pool, client_id: str, event: str, typed: str) -> bool:
    """Refuse a leaked password that a user chooses.

    Returns whether it is leaked, and allowed nevertheless.

    Developer guide, "Working with compromised-credentials detection", of SignUp, ConfirmForgotPassword and
    NEW_PASSWORD_REQUIRED. ChangePassword, which it does not name, is a password change all the more. Passwords that
    administrators set are not looked at.

    Raises:
        InvalidPassword
    """
    action = _leaked(world, pool, client_id, event, typed)
    if action == rules.BLOCK:
        raise errors.compromised_choice()
    return bool(action)


def check_password_in_use(world: World, attempt: Attempt, user: User, typed: str) -> Attempt:
    """Look at the password of a sign-in, which was right; the attempt with what was found.

    Blocking "sets the user's UserStatus to RESET_REQUIRED", at once and although the call fails. A temporary password
    is passed over: the administrator set it, and the one that replaces it is looked at.

    Raises:
        PasswordResetRequired
    """
    if user.status != CONFIRMED:
        return attempt
    pool, client = world.client(attempt.who.client_id)
    action = _leaked(world, pool, client.id, SIGN_IN, typed)
    if not action:
        return attempt
    found = mark_compromised(attempt)
    if action != rules.BLOCK:
        return found
    with world.store.write():
        world.store.users.put(replace(user, status=RESET_REQUIRED, modified=world.clock.now()))
    found = replace(found, risk=replace(found.risk, decision=BLOCKED))
    auth_events.sign_in(world, found, auth_event.FAIL)
    raise errors.compromised_at_sign_in()


def mark_compromised(attempt: Attempt) -> Attempt:
    """An attempt in which a leaked password was found."""
    return replace(attempt, risk=replace(attempt.risk, compromised=True))


def compromised_risk() -> Risk:
    """EventRisk of an event that is no sign-in, in which a leaked password was allowed."""
    return Risk(NO_RISK, compromised=True)


def record_sign_up(world: World, pool: Pool, user: User, origin: Origin, leaked: bool) -> None:
    """The event of a sign-up."""
    risk = compromised_risk() if leaked else UNJUDGED
    auth_events.record(world, pool, user.sub, auth_event.SIGN_UP, auth_event.PASS, origin=origin, risk=risk)


# --- the risk of a sign-in ---------------------------------------------------------------------------------


def judge(world: World, attempt: Attempt, user: User) -> Attempt:
    """The attempt with its risk, if it was not judged before; nothing is written.

    A user whose password was reset gets in by custom authentication alone.
    """
    pool, client = world.client(attempt.who.client_id)
    if rules.mode(pool, attempt.how.flow) == OFF or attempt.risk.decision:
        return attempt
    if user.status == RESET_REQUIRED and attempt.how.flow != CUSTOM:
        return attempt
    settings = configuration(world, pool, client.id)
    level = _level(world, pool, settings, attempt, user)
    action = rules.action_for(settings, level).action if level else ""
    return rules.with_risk(attempt, rules.decide(attempt, user, pool, level, action))


def _level(world: World, pool: Pool, settings: Mapping[str, Any], attempt: Attempt, user: User) -> str:
    enforced = rules.mode(pool, attempt.how.flow) == ENFORCED
    if enforced and rules.excepted(settings, "SkippedIPRangeList", attempt.how.origin.ip):
        return ""
    fixed = known_risk.fixed_level(world.store.fixed_risks, pool, user, attempt.how.origin.ip)
    if fixed is not None:
        return fixed
    return rules.assess(attempt, world.store.auth_events.where("user", user.key))


def is_blocked(attempt: Attempt) -> bool:
    return attempt.risk.decision == BLOCKED

"""Threat protection: blocked addresses, compromised passwords, sign-in risk.

A sign-in is assessed once, when its first factor is proved and before anything else is decided. The result is kept in
the attempt. Federation, token refresh and machines are not assessed
[docs: cognito-user-pool-settings-threat-protection].
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

    Such devices "can't sign up or sign in" [docs: cognito-user-pool-settings-adaptive-authentication]. The API
    reference says that the list "always blocks authentication requests" [docs: RiskExceptionConfigurationType]. Here
    that includes ForgotPassword and all operations that take a user's context [assumed].

    Raises:
        NotAuthorized
    """
    if rules.mode(pool, flow) == ENFORCED:
        settings = configuration(world, pool, client_id)
        if rules.excepted(settings, "BlockedIPRangeList", origin.ip):
            raise errors.address_blocked()


def admit_sign_in(world: World, pool: Pool, client_id: str, origin: Origin, *, flow: str, typed: str | None) -> None:
    """Admit the beginning of a sign-in, as `admit`.

    The refusal is an event of the user that `typed` names.

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
    """Return the action for a password: BLOCK, NO_ACTION, or empty.

    It is empty where the password is not known as compromised.
    """
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
    """Refuse a compromised password that a user chooses.

    Returns whether it is compromised but allowed. The documentation names SignUp, ConfirmForgotPassword and
    NEW_PASSWORD_REQUIRED [docs: cognito-user-pool-settings-compromised-credentials]. ChangePassword is checked too
    [assumed]. Passwords that administrators set are not checked.

    Raises:
        InvalidPassword
    """
    action = _leaked(world, pool, client_id, event, typed)
    if action == rules.BLOCK:
        raise errors.compromised_choice()
    return bool(action)


def check_password_in_use(world: World, pool: Pool, attempt: Attempt, user: User, typed: str) -> Attempt:
    """Check the right password of a sign-in; return the attempt with the result.

    Blocking "sets the user's UserStatus to RESET_REQUIRED"
    [docs: cognito-user-pool-settings-compromised-credentials]. That happens at once, although the call fails. A
    temporary password is skipped: the administrator set it, and its replacement is checked.

    Raises:
        PasswordResetRequired
    """
    if user.status != CONFIRMED:
        return attempt
    action = _leaked(world, pool, attempt.who.client_id, SIGN_IN, typed)
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
    """Return the attempt, marked as one with a leaked password."""
    return replace(attempt, risk=replace(attempt.risk, compromised=True))


def compromised_risk() -> Risk:
    """Return EventRisk of a leaked password that was allowed, outside a sign-in."""
    return Risk(NO_RISK, compromised=True)


def record_sign_up(world: World, pool: Pool, user: User, origin: Origin, leaked: bool) -> None:
    """Record the event of a sign-up."""
    risk = compromised_risk() if leaked else UNJUDGED
    auth_events.record(world, pool, user.sub, auth_event.SIGN_UP, auth_event.PASS, origin=origin, risk=risk)


# --- the risk of a sign-in ---------------------------------------------------------------------------------


def judge(world: World, attempt: Attempt, user: User, away: str | None) -> Attempt:
    """Return the attempt with its risk, if it has none yet; nothing is written.

    A user whose password was reset can sign in only by custom authentication. `away` is the secondary Region of the
    pool that the sign-in is in: it has risk settings of its own.
    """
    pool, client = world.client(attempt.who.client_id, away)
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

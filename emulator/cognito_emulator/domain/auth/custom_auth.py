"""CUSTOM_AUTH: what Cognito adds to the challenges of a pool's functions."""

from __future__ import annotations

from cognito_emulator.domain.auth.next_step import (
    DEVICE_PASSWORD_VERIFIER,
    DEVICE_SRP_AUTH,
    NEW_PASSWORD_REQUIRED,
    PASSWORD_VERIFIER,
    Attempt,
    Challenge,
    next_step,
    second_factor,
)
from cognito_emulator.domain.pools.mfa_factors import EMAIL_OTP, SMS_MFA, SOFTWARE_TOKEN_MFA
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.device import Device
from cognito_emulator.domain.users.user import FORCE_CHANGE_PASSWORD, User

CUSTOM_CHALLENGE = "CUSTOM_CHALLENGE"
SRP_A = "SRP_A"
# Names that DefineAuthChallenge may return without a challenge of that name: the client gets the name and the user name
# [observed: amplify-js#566, amplify-js#1291]. The other names are documented
# [docs: user-pool-lambda-define-auth-challenge].
HANDED_ON = frozenset(
    {SRP_A, SMS_MFA, SOFTWARE_TOKEN_MFA, EMAIL_OTP, DEVICE_SRP_AUTH, DEVICE_PASSWORD_VERIFIER, "ADMIN_NO_SRP_AUTH"}
)


def after_password(attempt: Attempt, user: User, pool: Pool, device: Device | None) -> Challenge | None:
    """Return the MFA challenge after the password, if the user has MFA.

    Define is called again after it: "When your define auth challenge function issues a PASSWORD_VERIFIER challenge for
    a user who has set up multifactor authentication, Amazon Cognito follows it up"
    [docs: user-pool-lambda-define-auth-challenge].
    """
    if user.status == FORCE_CHANGE_PASSWORD:
        return None  # DefineAuthChallenge has to name NEW_PASSWORD_REQUIRED
    step = next_step(attempt, user, pool, device)
    return step if isinstance(step, Challenge) and step.name != DEVICE_SRP_AUTH else None


def named(name: str, attempt: Attempt, user: User, pool: Pool) -> Challenge | None:
    """Return the challenge of Cognito's own that Define names, where it fits.

    It fits where a new password follows a temporary one.
    """
    if name == NEW_PASSWORD_REQUIRED and _has_temporary(attempt, user):
        step = next_step(attempt, user, pool)
        return step if isinstance(step, Challenge) else None
    return None


def granted(attempt: Attempt, user: User, pool: Pool, device: Device | None) -> Challenge | None:
    """Return what is still to be proved when Define issues tokens.

    A temporary password never signs in: where Define does not name NEW_PASSWORD_REQUIRED, it is asked here [assumed].
    Pool MFA is not added to custom challenges [docs: user-pool-lambda-challenge], but the MFA that a risk demands is. A
    remembered device proves itself.

    Raises:
        NotAuthorized: a risk demands MFA, and the user has no factor any more.
    """
    if _has_temporary(attempt, user):
        return named(NEW_PASSWORD_REQUIRED, attempt, user, pool)
    step = second_factor(attempt, user, pool) if attempt.risk.demand else None
    if step is not None:
        return step
    remembered = device is not None and device.remembered and pool.devices is not None
    if remembered and DEVICE_PASSWORD_VERIFIER not in attempt.proved:
        return Challenge(DEVICE_SRP_AUTH)
    return None


def _has_temporary(attempt: Attempt, user: User) -> bool:
    return user.status == FORCE_CHANGE_PASSWORD and PASSWORD_VERIFIER in attempt.proved

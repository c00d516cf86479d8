"""CUSTOM_AUTH: what Cognito adds to the challenges of a pool's functions."""

from __future__ import annotations

from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.next_step import Challenge, next_step, second_factor
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.device import Device
from cognito_emulator.domain.users.user import FORCE_CHANGE_PASSWORD, User

SRP_A = "SRP_A"
# What Define may name although nothing asks it: the service hands the name on to the client, with no more than the
# user's name [observed: amplify-js#566, amplify-js#1291]. The guide lists the others.
NAME_ONLY = frozenset(
    {
        SRP_A,
        ChallengeName.SMS_MFA,
        ChallengeName.SOFTWARE_TOKEN_MFA,
        ChallengeName.EMAIL_OTP,
        ChallengeName.DEVICE_SRP_AUTH,
        ChallengeName.DEVICE_PASSWORD_VERIFIER,
        ChallengeName.ADMIN_NO_SRP_AUTH,
    }
)


def mfa_after_password(attempt: Attempt, user: User, pool: Pool, device: Device | None) -> Challenge | None:
    """Return the MFA challenge that follows the password, if the user has MFA.

    Define is called again after it: "When your define auth challenge function issues a PASSWORD_VERIFIER challenge for
    a user who has set up multifactor authentication, Amazon Cognito follows it up"
    [docs: user-pool-lambda-define-auth-challenge].
    """
    if user.status == FORCE_CHANGE_PASSWORD:
        return None  # DefineAuthChallenge has to name NEW_PASSWORD_REQUIRED
    step = next_step(attempt, user, pool, device)
    return step if isinstance(step, Challenge) and step.name != ChallengeName.DEVICE_SRP_AUTH else None


def named_challenge(name: str, attempt: Attempt, user: User, pool: Pool) -> Challenge | None:
    """Return the service's own challenge that DefineAuthChallenge names, if it fits.

    That is a new password after the temporary one.
    """
    if name == ChallengeName.NEW_PASSWORD_REQUIRED and _has_temporary(attempt, user):
        step = next_step(attempt, user, pool)
        return step if isinstance(step, Challenge) else None
    return None


def challenge_before_tokens(attempt: Attempt, user: User, pool: Pool, device: Device | None) -> Challenge | None:
    """Return what is still to be proved when DefineAuthChallenge issues tokens.

    A temporary password never signs in: where Define does not name NEW_PASSWORD_REQUIRED, it is asked here [assumed].
    Pool MFA is not added to custom challenges [docs: user-pool-lambda-challenge], but the MFA that a risk demands is. A
    remembered device proves itself.

    Raises:
        NotAuthorized: a risk demands MFA, and the user has no factor any more.
    """
    if _has_temporary(attempt, user):
        return named_challenge(ChallengeName.NEW_PASSWORD_REQUIRED, attempt, user, pool)
    step = second_factor(attempt, user, pool) if attempt.risk.demand else None
    if step is not None:
        return step
    remembered = device is not None and device.remembered and pool.devices is not None
    if remembered and not attempt.has_proved(ChallengeName.DEVICE_PASSWORD_VERIFIER):
        return Challenge(ChallengeName.DEVICE_SRP_AUTH)
    return None


def _has_temporary(attempt: Attempt, user: User) -> bool:
    return user.status == FORCE_CHANGE_PASSWORD and attempt.has_proved(ChallengeName.PASSWORD_VERIFIER)

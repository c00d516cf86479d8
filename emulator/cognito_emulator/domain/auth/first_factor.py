"""Choice-based sign-in (USER_AUTH): the first factors of a user.

A factor is available if the pool allows it (AllowedFirstAuthFactors) and the user has what it needs. A state of the
user limits them further [docs: user-pool-settings-mfa, amazon-cognito-user-pools-authentication-flow-methods]:

    required MFA, or MFA that the user has set up    passwords; passkeys where they do for MFA
    UNCONFIRMED                                      codes by e-mail or SMS, which confirm the user
    FORCE_CHANGE_PASSWORD                            passwords [assumed]
    RESET_REQUIRED                                   passwords, which end in PasswordResetRequired; codes for
                                                     imported users, who never had one
"""

from __future__ import annotations

from collections.abc import Mapping

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import mfa
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import FORCE_CHANGE_PASSWORD, RESET_REQUIRED, UNCONFIRMED, User

USER_AUTH = "USER_AUTH"
PASSWORDS = (ChallengeName.PASSWORD_SRP, ChallengeName.PASSWORD)
PASSWORDLESS = (ChallengeName.EMAIL_OTP, ChallengeName.SMS_OTP, ChallengeName.WEB_AUTHN)
# To which attribute a code goes.
ATTRIBUTE: Mapping[str, str] = {ChallengeName.EMAIL_OTP: "email", ChallengeName.SMS_OTP: "phone_number"}
# The order in which they are offered [assumed].
_ALL = (*PASSWORDLESS, *PASSWORDS)


def available(user: User, pool: Pool, *, passkey: bool) -> tuple[ChallengeName, ...]:
    """List the challenges with which `user` may begin.

    `passkey` says that the user has a passkey for the pool's relying party.
    """
    return tuple(challenge for challenge in _ALL if _fits(challenge, user, pool, passkey))


def _fits(challenge: ChallengeName, user: User, pool: Pool, passkey: bool) -> bool:
    if challenge in PASSWORDS:
        # SRP needs more of a password than an imported hash of it tells.
        known = user.has_password if challenge == ChallengeName.PASSWORD else user.password is not None
        return ChallengeName.PASSWORD in pool.first_factors and known and user.status != UNCONFIRMED
    if challenge not in pool.first_factors or user.status == FORCE_CHANGE_PASSWORD:
        return False
    if user.status == RESET_REQUIRED and user.has_password:
        return False
    if challenge == ChallengeName.WEB_AUTHN:
        does_for_mfa = pool.passkeys.multi_factor and user.factors.passkey
        return passkey and user.status != UNCONFIRMED and (does_for_mfa or not _needs_mfa(user, pool))
    reachable = challenge != ChallengeName.SMS_OTP or pool.has_sms
    return reachable and user.get(ATTRIBUTE[challenge]) is not None and not _needs_mfa(user, pool)


def _needs_mfa(user: User, pool: Pool) -> bool:
    return pool.mfa.mode == "ON" or bool(mfa.active(user, pool))


def takes_codes(pool: Pool) -> bool:
    """Return whether codes are first factors: users may have no password then."""
    return not pool.first_factors.isdisjoint(ATTRIBUTE)


def code_attributes(pool: Pool) -> list[str]:
    """Return the addresses to which codes that are first factors can be sent."""
    return [
        ATTRIBUTE[code]
        for code in ATTRIBUTE
        if code in pool.first_factors and (code != ChallengeName.SMS_OTP or pool.has_sms)
    ]


def check_reachable(pool: Pool, attributes: Mapping[str, str]) -> None:
    """Refuse to make a user without a password to whose addresses no code can go.

    "you must provide attribute values for an available passwordless sign-in factor"
    [docs: how-to-create-user-accounts; own wording].

    Raises:
        InvalidParameter
    """
    ways = code_attributes(pool)
    if not any(attributes.get(name) for name in ways):
        raise errors.InvalidParameter(
            "A user without a password must have an attribute for an available passwordless sign-in factor: "
            f"{' or '.join(ways) or 'none is available'}"
        ).because(
            "auth.code-address-missing",
            setting="Policies.SignInPolicy.AllowedFirstAuthFactors",
            value=pool.first_factors,
        )


def passwordless_sign_up(pool: Pool, flows: frozenset[str], attributes: Mapping[str, str]) -> bool:
    """Return whether a user may sign up without a password.

    They may if a code is a first factor, the client has the flow, and the pool verifies the given address
    [docs: signing-up-users-in-your-app].
    """
    ways = code_attributes(pool)
    return "ALLOW_USER_AUTH" in flows and any(attributes.get(name) and name in pool.auto_verified for name in ways)


def nothing_available(user: User) -> errors.ApiError:
    """Return the refusal of a user who has no first factor.

    For the last case the error is [assumed].
    """
    if user.status == UNCONFIRMED:
        return errors.UserNotConfirmed("User is not confirmed.").because("auth.user-unconfirmed")
    if user.status == RESET_REQUIRED:
        return errors.PasswordResetRequired("Password reset required for the user").because(
            "auth.password-reset-required"
        )
    return errors.wrong_credentials().because("auth.no-first-factor")

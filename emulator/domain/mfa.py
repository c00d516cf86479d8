"""The factors of MFA: which of them a pool offers, and which a user can answer.

The names are those of the challenges. EMAIL_OTP is the name of a first factor too (`choice`).
"""

from __future__ import annotations

from emulator.domain.pool import Pool
from emulator.domain.user import User

SMS_MFA = "SMS_MFA"
SOFTWARE_TOKEN_MFA = "SOFTWARE_TOKEN_MFA"
EMAIL_OTP = "EMAIL_OTP"
FACTORS = (SMS_MFA, SOFTWARE_TOKEN_MFA, EMAIL_OTP)
# To which attribute a factor's code goes.
ATTRIBUTE = {SMS_MFA: "phone_number", EMAIL_OTP: "email"}


def offered(pool: Pool) -> list[str]:
    """The factors that the pool has switched on."""
    on = {SMS_MFA: pool.mfa.sms, SOFTWARE_TOKEN_MFA: pool.mfa.totp, EMAIL_OTP: pool.mfa.email}
    return [factor for factor in FACTORS if on[factor]]


def has(user: User, factor: str) -> bool:
    """Whether the user has what the factor needs: an address, or a verified authenticator."""
    if factor == SOFTWARE_TOKEN_MFA:
        return user.factors.totp.secret is not None
    return user.get(ATTRIBUTE[factor]) is not None


def active(user: User, pool: Pool) -> list[str]:
    """The factors that the user has switched on and that can be asked for; none where MFA is off."""
    if pool.mfa.mode == "OFF":
        return []
    return [factor for factor in offered(pool) if factor in user.factors.active and has(user, factor)]


def choices(user: User, pool: Pool, *, required: bool = False) -> list[str]:
    """The factors that a sign-in may ask for: those that are on or, where MFA is required and none is, those on
    which it falls back. `required` says that this sign-in's risk demands MFA."""
    found = active(user, pool)
    if found or not (required or pool.mfa.mode == "ON"):
        return found
    return [factor for factor in offered(pool) if has(user, factor) and not _recovers(factor, pool)]


def to_set_up(user: User, pool: Pool) -> list[str]:
    """What MFA_SETUP offers to a user without a factor: not what the pool's first way of recovery uses, and no
    address that is there already (it was not fit, or it would have been taken)."""
    return [factor for factor in offered(pool) if not has(user, factor) and not _recovers(factor, pool)]


def _recovers(factor: str, pool: Pool) -> bool:
    """Whether the factor's address is the pool's first way of account recovery, which no factor falls back on."""
    return pool.recovery is not None and pool.recovery[:1] == (ATTRIBUTE.get(factor),)

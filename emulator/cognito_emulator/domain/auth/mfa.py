"""The factors of MFA: which of them a pool offers, and which a user can answer.

The names are those of the challenges. EMAIL_OTP is the name of a first factor too (`choice`).
"""

from __future__ import annotations

from cognito_emulator.domain.pools.mfa_factors import EMAIL_OTP, SMS_MFA, SOFTWARE_TOKEN_MFA, offered
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import User

# To which attribute a factor's code goes.
ATTRIBUTE = {SMS_MFA: "phone_number", EMAIL_OTP: "email"}


def has(user: User, factor: str) -> bool:
    """Whether the user has what the factor needs: an address, or a verified authenticator."""
    if factor == SOFTWARE_TOKEN_MFA:
        return user.factors.totp.secret is not None
    return user.get(ATTRIBUTE[factor]) is not None


def active(user: User, pool: Pool) -> list[str]:
    """The factors that the user has switched on and that can be asked for; none where MFA is off."""
    return [factor for factor in offered(pool) if factor in user.factors.active and has(user, factor)]


def choices(user: User, pool: Pool, *, required: bool = False) -> list[str]:
    """The factors that a sign-in may ask for: those that are on or, where MFA is required and none is, those on
    which it falls back. `required` says that this sign-in's risk demands MFA."""
    found = active(user, pool)
    if found or not (required or pool.mfa.mode == "ON"):
        return found
    return [factor for factor in offered(pool) if has(user, factor) and not _recovers(factor, pool)]


def to_set_up(user: User, pool: Pool, *, hosted: bool = False) -> list[str]:
    """What MFA_SETUP offers to a user without a factor: not what the pool's first way of recovery uses.

    To a user who has an address, which was not fit or it would have been taken, the API offers an authenticator or
    nothing [docs: user-pool-settings-mfa, step 6]. The pages (`hosted`) collect the other address [observed:
    amplify-js#14013], but not from users who have only that of recovery [assumed, of the same step].
    """
    missing = [factor for factor in offered(pool) if not has(user, factor)]
    there = [factor for factor in ATTRIBUTE if has(user, factor)]
    if there and not hosted:
        return [factor for factor in missing if factor == SOFTWARE_TOKEN_MFA]
    if any(_recovers(factor, pool) for factor in there) and SOFTWARE_TOKEN_MFA not in missing:
        return []
    return [factor for factor in missing if not _recovers(factor, pool)]


def _recovers(factor: str, pool: Pool) -> bool:
    """Whether the factor's address is the pool's first way of account recovery, which no factor falls back on."""
    return pool.recovery is not None and pool.recovery[:1] == (ATTRIBUTE.get(factor),)

"""The factors of MFA: which a pool offers, and which a user can answer.

The names are those of the challenges. EMAIL_OTP is the name of a first factor too (`first_factor`).
"""

from __future__ import annotations

from cognito_emulator.domain.pools.mfa_factors import EMAIL_OTP, SMS_MFA, SOFTWARE_TOKEN_MFA, offered
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import User

# The attribute that gets a factor's code.
ATTRIBUTE = {SMS_MFA: "phone_number", EMAIL_OTP: "email"}


def has(user: User, factor: str) -> bool:
    """Return whether the user has an address, or a verified app, for the factor."""
    if factor == SOFTWARE_TOKEN_MFA:
        return user.factors.totp.secret is not None
    return user.get(ATTRIBUTE[factor]) is not None


def active(user: User, pool: Pool) -> list[str]:
    """List the factors that are on and that the user can answer.

    The list is empty where MFA is off.
    """
    return [factor for factor in offered(pool) if factor in user.factors.active and has(user, factor)]


def choices(user: User, pool: Pool, *, required: bool = False) -> list[str]:
    """List the factors that a sign-in may ask for.

    They are those that are on. Where MFA is required and none is on, they are those that the user has. `required` says
    that the risk of this sign-in demands MFA.
    """
    found = active(user, pool)
    if found or not (required or pool.mfa.mode == "ON"):
        return found
    return [factor for factor in offered(pool) if has(user, factor) and not _recovers(factor, pool)]


def to_set_up(user: User, pool: Pool, *, hosted: bool = False) -> list[str]:
    """List what MFA_SETUP offers to a user without a factor.

    A factor whose address is the first recovery mechanism of the pool is not among them. To a user with an address,
    which no factor could use, the API offers an authenticator or nothing [docs: user-pool-settings-mfa]. The pages
    (`hosted`) collect the other address [observed: amplify-js#14013]. They do not from users who have only the address
    of recovery [assumed].
    """
    missing = [factor for factor in offered(pool) if not has(user, factor)]
    there = [factor for factor in ATTRIBUTE if has(user, factor)]
    if there and not hosted:
        return [factor for factor in missing if factor == SOFTWARE_TOKEN_MFA]
    if any(_recovers(factor, pool) for factor in there) and SOFTWARE_TOKEN_MFA not in missing:
        return []
    return [factor for factor in missing if not _recovers(factor, pool)]


def _recovers(factor: str, pool: Pool) -> bool:
    """Return whether the factor's address is the first recovery mechanism.

    Such an address never becomes a factor that was not set up.
    """
    return pool.recovery is not None and pool.recovery[:1] == (ATTRIBUTE.get(factor),)

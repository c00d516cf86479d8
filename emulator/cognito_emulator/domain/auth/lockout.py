"""The lock after repeated failures [docs: authentication-flow-things-to-know].

Five wrong passwords or MFA codes lock a user for one second; each further failure doubles that, up to about 15 minutes.
An attempt while locked is refused, right or wrong, and does not lengthen the lock. A complete sign-in or 15 minutes
without an attempt clear the failures.

Each Region of a replicated pool counts its own failures [docs: user-pool-multi-region]. `away` names a secondary
Region, None is the pool's own.
"""

from __future__ import annotations

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.users.user import NO_LOCKOUT, Lockout, User

THRESHOLD = 5
LONGEST = 900.0
QUIET = 900.0


def check(lockout: Lockout, now: float) -> None:
    """Refuse an attempt while the lock is on.

    Raises:
        NotAuthorized: `Password attempts exceeded` [observed: aws-sdk-android#627].
    """
    if now < lockout.until:
        raise errors.NotAuthorized("Password attempts exceeded").because("auth.locked-out")


def failed(lockout: Lockout, now: float) -> Lockout:
    """Return the record after one more failure."""
    forgotten = now - max(lockout.last, lockout.until) >= QUIET
    count = 1 if forgotten else lockout.failures + 1
    # The exponent is bounded: after a thousand failures the power would be too large for a float.
    lock = 0.0 if count < THRESHOLD else min(2.0 ** min(count - THRESHOLD, 20), LONGEST)
    return Lockout(count, now, now + lock)


def of(user: User, away: str | None) -> Lockout:
    """Return the user's failures in that Region."""
    return user.lockout if away is None else dict(user.lockouts_away).get(away, NO_LOCKOUT)


def counted(user: User, now: float, away: str | None = None) -> User:
    """Return the user after one more failure.

    The caller writes it although the call is refused.
    """
    return _with(user, failed(of(user, away), now), away)


def forgotten(user: User, away: str | None) -> User:
    """Return the user after a complete sign-in."""
    return _with(user, NO_LOCKOUT, away)


def _with(user: User, lockout: Lockout, away: str | None) -> User:
    if away is None:
        # Most sign-ins change nothing: the same record is not written, compared and indexed again.
        return user if user.lockout == lockout else replace(user, lockout=lockout)
    others = dict(user.lockouts_away)
    if lockout == NO_LOCKOUT:
        others.pop(away, None)
    else:
        others[away] = lockout
    return replace(user, lockouts_away=tuple(others.items()))


def cleared() -> Lockout:
    return NO_LOCKOUT

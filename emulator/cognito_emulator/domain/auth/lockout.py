"""The lock after repeated failures (developer guide, "Lockout behavior for failed sign-in attempts").

Five wrong passwords or MFA codes lock a user for one second; each further failure doubles that, up to about 15
minutes. An attempt while locked is refused whatever it holds and does not lengthen the lock. A complete sign-in
or 15 minutes without an attempt forget the failures.

Each Region of a replicated pool counts for itself; `away` names a secondary one, None is the pool's own (developer
guide, "Limitations of multi-Region replication").
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
        NotAuthorized: `Password attempts exceeded` (recorded, without a period).
    """
    if now < lockout.until:
        raise errors.NotAuthorized("Password attempts exceeded")


def failed(lockout: Lockout, now: float) -> Lockout:
    """After one more failure."""
    forgotten = now - max(lockout.last, lockout.until) >= QUIET
    count = 1 if forgotten else lockout.failures + 1
    # The exponent has an end of its own: after a thousand failures the power would be no float any more.
    lock = 0.0 if count < THRESHOLD else min(2.0 ** min(count - THRESHOLD, 20), LONGEST)
    return Lockout(count, now, now + lock)


def of(user: User, away: str | None) -> Lockout:
    """The user's failures in that Region."""
    return user.lockout if away is None else dict(user.lockouts_away).get(away, NO_LOCKOUT)


def counted(user: User, now: float, away: str | None = None) -> User:
    """The user after one more failure; to be written although the call is refused."""
    return _with(user, failed(of(user, away), now), away)


def forgotten(user: User, away: str | None) -> User:
    """The user after a complete sign-in."""
    return _with(user, NO_LOCKOUT, away)


def _with(user: User, lockout: Lockout, away: str | None) -> User:
    if away is None:
        return replace(user, lockout=lockout)
    others = dict(user.lockouts_away)
    if lockout == NO_LOCKOUT:
        others.pop(away, None)
    else:
        others[away] = lockout
    return replace(user, lockouts_away=tuple(others.items()))


def cleared() -> Lockout:
    return NO_LOCKOUT

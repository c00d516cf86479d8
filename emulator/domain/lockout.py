"""The lock after repeated failures (developer guide, "Lockout behavior for failed sign-in attempts").

Five wrong passwords or MFA codes lock a user for one second; each further failure doubles that, up to about 15
minutes. An attempt while locked is refused whatever it holds and does not lengthen the lock. A complete sign-in
or 15 minutes without an attempt forget the failures.
"""

from __future__ import annotations

from dataclasses import replace

from emulator.domain import errors
from emulator.domain.user import NO_LOCKOUT, Lockout, User

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
    lock = 0.0 if count < THRESHOLD else min(2.0 ** (count - THRESHOLD), LONGEST)
    return Lockout(count, now, now + lock)


def counted(user: User, now: float) -> User:
    """The user after one more failure; to be written although the call is refused."""
    return replace(user, lockout=failed(user.lockout, now))


def cleared() -> Lockout:
    return NO_LOCKOUT

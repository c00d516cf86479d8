"""The check of a password that is sent in clear.

USER_PASSWORD_AUTH, the Admin flows and the choice of PASSWORD send it so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import lockout
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import password
from cognito_emulator.domain.users.user import FORCE_CHANGE_PASSWORD, User
from cognito_emulator.domain.users.user_checks import require_enabled
from cognito_emulator.flows.auth import imported_hashes

if TYPE_CHECKING:
    from cognito_emulator.world import World


async def check_password(world: World, pool: Pool, user: User, typed: str) -> User:
    """Check a password and count a failure; return the user as they are afterwards.

    Raises:
        NotAuthorized: wrong, locked, or a temporary password that has expired.
    """
    lockout.check(lockout.of(user, pool.away), world.clock.now())
    if user.imported_hash is not None:
        user = await _check_imported(world, pool, user, typed)
    if user.password is None or not password.matches(user.password, pool.srp_name, user.username, typed):
        count_failure(world, user, pool)
        raise errors.wrong_credentials().because("auth.password-wrong")
    check_temporary(pool, user, world.clock.now())
    return user


async def _check_imported(world: World, pool: Pool, user: User, typed: str) -> User:
    """Return the user, with `typed` as password if it is the imported one.

    If it is not, the user is returned as they are after the wait.

    Raises:
        NotAuthorized: disabled meanwhile, or locked by others who guessed at the same time.
        UserNotFound
    """
    user, right = await imported_hashes.judge(world, user, typed)
    require_enabled(user)
    lockout.check(lockout.of(user, pool.away), world.clock.now())
    return imported_hashes.adopt(world, pool, user, typed) if right else user


def check_temporary(pool: Pool, user: User, now: float) -> None:
    """Refuse a temporary password that has expired.

    Raises:
        NotAuthorized
    """
    expires = user.password.expires if user.password else None
    if user.status == FORCE_CHANGE_PASSWORD and expires is not None and expires <= now:
        raise errors.NotAuthorized("Temporary password has expired and must be reset by an administrator.").because(
            "auth.temporary-password-expired",
            setting="Policies.PasswordPolicy.TemporaryPasswordValidityDays",
            value=pool.password_policy.temporary_days,
        )


def count_failure(world: World, user: User, pool: Pool) -> None:
    """Count a wrong password; the count stays although the call is refused."""
    with world.store.write():
        world.store.users.put(lockout.counted(user, world.clock.now(), pool.away))

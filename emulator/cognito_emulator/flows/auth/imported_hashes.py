"""Passwords with an imported hash, checked on a worker.

The first right password becomes one of the emulator's own. Such a check takes a fraction of a second, every other one
microseconds. The documentation allows it: "might take slightly longer" [docs: cognito-user-pools-using-import-tool].
A slow answer would thus show that a user exists, which PreventUserExistenceErrors hides. So `pretend` checks half of
the names without a user just as slowly, always the same half. Then neither a slow nor a fast answer shows that a user
exists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import imported_hash, password
from cognito_emulator.domain.users.imported_hash import ImportedHash
from cognito_emulator.domain.users.user import User
from cognito_emulator.domain.users.user_checks import require_user
from cognito_emulator.flows.auth import hidden_users

if TYPE_CHECKING:
    from cognito_emulator.world import World


async def judge(world: World, user: User, typed: str) -> tuple[User, bool]:
    """Return the user after the wait, and whether `typed` is the imported password.

    It counts only if the user still has the same hash.

    Raises:
        UserNotFound: deleted meanwhile.
        NotImplementedHere: the algorithm's package is not installed.
    """
    kept = user.imported_hash
    if kept is None:
        return user, False
    right = await _holds(world, kept, typed)
    now = require_user(world.store.users.get(user.key))
    return now, right and now.imported_hash == kept


async def _holds(world: World, kept: ImportedHash, typed: str) -> bool:
    imported_hash.require_library(kept.algorithm)
    return await world.workers.run(imported_hash.matches, kept, typed)


def adopt(world: World, pool: Pool, user: User, typed: str) -> User:
    """Store `typed`, proved by the hash, as the emulator's own password.

    Returns the user. The policy is not applied [docs: cognito-user-pools-using-import-tool]. `modified` stays, since
    no value has changed.
    """
    kept = password.make(world.ids.bytes(16), pool.srp_name, user.username, typed)
    adopted = replace(user, password=kept, imported_hash=None)
    with world.store.write():
        world.store.users.put(adopted)
    return adopted


async def check_history(world: World, pool: Pool, user: User, typed: str) -> User:
    """Refuse the imported password as a new one, where the pool remembers passwords.

    Returns the user as they are afterwards.

    Raises:
        PasswordHistoryPolicyViolation, UserNotFound
    """
    if user.imported_hash is None or not pool.password_policy.history:
        return user
    user, same = await judge(world, user, typed)
    if same:
        raise errors.password_used()
    return user


async def check_hidden_password(world: World, pool: Pool, name: str, typed: str) -> None:
    """Check the password of a user who does not exist, see the module.

    This costs nothing in a pool without imported hashes.
    """
    sample = world.store.users.first("hashed", pool.id)
    if sample is None or sample.imported_hash is None:
        return
    if hidden_users.derive(world, "hash", pool, name)[0] & 1:
        await _holds(world, sample.imported_hash, typed)

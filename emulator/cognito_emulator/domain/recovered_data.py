"""Change what a recovery restores: users with MFA settings, groups, passkeys.

"Users who changed their password after the recovery point keep their current password" [docs:
InitiatePointInTimeRecovery]. What sign-ins leave behind (failures, spent codes, counters of passkeys) is kept too:
going back with these would make spent codes good again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain.auth.passkey import Passkey
from cognito_emulator.domain.history import Change
from cognito_emulator.domain.pools import recovery
from cognito_emulator.domain.pools.recovery import Preview
from cognito_emulator.domain.removal import remove_user
from cognito_emulator.domain.store import Store
from cognito_emulator.domain.users.user import (
    FORCE_CHANGE_PASSWORD,
    NO_FACTORS,
    NO_LOCKOUT,
    RESET_REQUIRED,
    Factors,
    Totp,
    User,
)

TABLES = frozenset({"users", "groups", "memberships", "passkeys", "identities"})
_OF_THE_PASSWORD = (FORCE_CHANGE_PASSWORD, RESET_REQUIRED)


def reverts(changes: Iterable[Change], pool_id: str) -> tuple[Change, ...]:
    """Return the changes since the recovery point that a recovery takes back."""
    return tuple(change for change in changes if _pool_of(change) == pool_id and _differs(change))


def _pool_of(change: Change) -> str | None:
    """Return the pool whose users the change concerns, if it does."""
    if change.table not in TABLES:
        return None
    row = change.before or change.after
    pool_id: str | None = row[1].pool_id if row else None
    return pool_id


def _records(change: Change) -> tuple[Any, Any]:
    return change.before and change.before[1], change.after and change.after[1]


def _differs(change: Change) -> bool:
    then, now = _records(change)
    if then is None or now is None:
        return True
    if isinstance(then, User):
        return _profile(then, now) != _profile(now, now) or _settings(then) != _settings(now)
    if isinstance(then, Passkey):
        return _without_count(then) != _without_count(now)
    return bool(then != now)


# --- users --------------------------------------------------------------------------------------------------


def _profile(then: User, now: User) -> User:
    """Return the user as recovered, without what is another entity in the preview."""
    return replace(_recovered(then, now), factors=NO_FACTORS, modified=0.0)


def _settings(user: User) -> Factors:
    """Return the MFA settings, without what codes leave behind."""
    return replace(user.factors, totp=replace(user.factors.totp, pending=None, last_step=-1))


def _recovered(then: User, now: User) -> User:
    """Return the user of that time, with the current password."""
    changed = _secret(then) != _secret(now)
    by_password = changed and (then.status in _OF_THE_PASSWORD or now.status in _OF_THE_PASSWORD)
    return replace(
        then,
        status=now.status if by_password else then.status,
        password=now.password,
        password_history=now.password_history,
        imported_hash=now.imported_hash,
        factors=replace(then.factors, totp=_unspent(then.factors.totp, now.factors.totp)),
        lockout=now.lockout,
        lockouts_away=now.lockouts_away,
    )


def _secret(user: User) -> object:
    return user.imported_hash, user.password and replace(user.password, verifier=None)


def _unspent(then: Totp, now: Totp) -> Totp:
    """Return the authenticator of that time; a code used since then stays used."""
    return replace(then, last_step=max(then.last_step, now.last_step)) if then.secret == now.secret else then


def _without_count(passkey: Passkey) -> Passkey:
    return replace(passkey, attested=replace(passkey.attested, sign_count=0))


# --- the preview ----------------------------------------------------------------------------------------------


def preview(changes: Iterable[Change]) -> tuple[Preview, ...]:
    """Count what `reverts` does by entity.

    A group of which only the members change counts as updated [assumed].
    """
    by_table: dict[str, list[tuple[Any, Any]]] = {name: [] for name in TABLES}
    for change in changes:
        by_table[change.table].append(_records(change))
    users, groups = by_table["users"], by_table["groups"]
    known = {then.name for then, _ in groups if then} | {now.name for _, now in groups if now}
    joined = {(then or now).group for then, now in by_table["memberships"]} - known
    profiles = [pair for pair in users if not all(pair) or _profile(*pair) != _profile(pair[1], pair[1])]
    return (
        _count("Users", profiles),
        _count("Groups", [*groups, *((name, name) for name in joined)]),
        _count("User MFAs", [pair for user in users if (pair := _factors(*user))]),
        _count("Passkeys", by_table["passkeys"]),
    )


def _factors(then: User | None, now: User | None) -> tuple[Factors | None, Factors | None] | None:
    """Return a user's MFA settings then and now; None if they are the same.

    One of the pair is None where there was no user.
    """
    pair = tuple(None if user is None or _settings(user) == NO_FACTORS else _settings(user) for user in (then, now))
    return None if pair[0] == pair[1] else (pair[0], pair[1])


def _count(entity: str, pairs: Iterable[tuple[Any, Any]]) -> Preview:
    creates = updates = deletes = 0
    for then, now in pairs:
        creates += now is None
        deletes += then is None
        updates += then is not None and now is not None
    return Preview(entity, creates, updates, deletes)


# --- the change itself -----------------------------------------------------------------------------------------


def recover(store: Store, changes: Iterable[Change]) -> None:
    """Take the changes back. Inside a write block.

    Users who came after the recovery point go with all that is theirs, sign-ins included.
    """
    changes = list(changes)
    for change in changes:
        user = store.users.get(change.key) if change.table == "users" and change.before is None else None
        if user is not None:
            remove_user(store, user)
    store.put_back([_row_to_put(store, change) for change in changes])


def _row_to_put(store: Store, change: Change) -> Change:
    """Return the change with the record that comes back."""
    then = _records(change)[0]
    if change.before is None or not isinstance(then, User):
        return change
    now = store.users.get(change.key)
    back = replace(then, lockout=NO_LOCKOUT, lockouts_away=()) if now is None else _recovered(then, now)
    return Change(change.table, change.key, (change.before[0], back), None)


# --- the pause ---------------------------------------------------------------------------------------------------


def check_pause(store: Store, changes: tuple[Change, ...], now: float) -> None:
    """Refuse changes of users in a pool whose recovery is active.

    The recovery's own changes are allowed.

    Raises:
        OperationNotEnabled
    """
    own = {one.pool_id for change in changes if change.table == "recoveries" for one in _records(change) if one}
    for change in changes:
        pool_id = _pool_of(change)
        if pool_id is None or pool_id in own or not _is_write(change):
            continue
        if any(one.is_active(now) for one in store.recoveries.where("pool", pool_id)):
            raise recovery.paused(pool_id)


def _is_write(change: Change) -> bool:
    """Tell whether a change is more than a sign-in's trace, which goes on.

    Codes of authenticators do not go on.
    """
    then, now = _records(change)
    if isinstance(then, User) and isinstance(now, User):
        adopted = then.imported_hash is not None and now.imported_hash is None
        kept = then.password and replace(then.password, verifier=now.password and now.password.verifier)
        return now != replace(
            then,
            password=now.password if adopted else kept,
            imported_hash=now.imported_hash if adopted else then.imported_hash,
            lockout=now.lockout,
            lockouts_away=now.lockouts_away,
        )
    return not (isinstance(then, Passkey) and isinstance(now, Passkey) and _without_count(then) == _without_count(now))

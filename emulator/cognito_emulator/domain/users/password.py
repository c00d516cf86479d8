"""The stored forms of a password, and its history."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools.password_policy import PasswordPolicy
from cognito_emulator.domain.users import password_secret
from cognito_emulator.domain.users.user import Password, User


def matches(password: Password, srp_name: str, username: str, typed: str) -> bool:
    """Return whether `typed` is the password of `username`.

    `srp_name` is the pool's. It takes two SHA-256.
    """
    x = password_secret.private_value(srp_name, username, typed, password.salt)
    return hmac.compare_digest(x.to_bytes(32, "big"), password.x.to_bytes(32, "big"))


def check_history(policy: PasswordPolicy, known: Iterable[Password], srp_name: str, username: str, typed: str) -> None:
    """Refuse a password that is remembered.

    `known` is the current password and the kept earlier ones, newest first.

    Raises:
        PasswordHistoryPolicyViolation: the current or one of the last PasswordHistorySize passwords again.
    """
    if policy.history and any(matches(old, srp_name, username, typed) for old in known):
        raise errors.password_used().because(
            "users.password-history", setting="Policies.PasswordPolicy.PasswordHistorySize", value=policy.history
        )


def make(salt: bytes, srp_name: str, username: str, typed: str, expires: float | None = None) -> Password:
    """Make the record of a new password.

    `salt` is 16 random bytes; `expires` (epoch seconds) makes it temporary.
    """
    return Password(salt, password_secret.private_value(srp_name, username, typed, salt), expires=expires)


def renewed(
    pool_policy: PasswordPolicy, srp_name: str, user: User, typed: str, *, salt: bytes, expires: float | None = None
) -> User:
    """Return `user` with the password `typed`, which is none of the remembered.

    The arguments are those of `make`.

    Raises:
        PasswordHistoryPolicyViolation
    """
    known = (() if user.password is None else (user.password,)) + user.password_history
    check_history(pool_policy, known, srp_name, user.username, typed)
    return set_password(pool_policy, user, make(salt, srp_name, user.username, typed, expires))


def set_password(policy: PasswordPolicy, user: User, new: Password | None) -> User:
    """Return `user` with a new password; the present one joins the history.

    The history is as long as PasswordHistorySize. A temporary password never joins it [assumed]: it was never the
    user's own. Nor does an imported hash: it is replaced [docs: cognito-user-pools-using-import-tool].
    """
    old = user.password
    kept = user.password_history
    if old is not None and old.expires is None:
        kept = (old, *kept)
    # The current password counts as one of the remembered ones.
    kept = kept[: max(policy.history - 1, 0)]
    return replace(user, password=new, password_history=kept, imported_hash=None)

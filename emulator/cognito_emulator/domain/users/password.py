"""Password policy, and the only forms in which a password is kept."""

from __future__ import annotations

import hmac
import string
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import srp
from cognito_emulator.domain.users.user import Password, User

# Developer guide, "Password policies"; a space counts when it is neither first nor last.
SYMBOLS = frozenset("^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ")


class PasswordPolicy(Struct, frozen=True, gc=False):
    """Policies.PasswordPolicy with Cognito's defaults."""

    minimum_length: int = 8
    uppercase: bool = True
    lowercase: bool = True
    numbers: bool = True
    symbols: bool = True
    temporary_days: int = 7
    history: int = 0

    def violation(self, password: str) -> str | None:
        """The first rule that `password` breaks, in AWS's words; None if it is fine.

        The order after the length is not documented: upper case, lower case, digits, symbols is taken.
        """
        characters = set(password)
        rules = (
            (len(password) >= self.minimum_length, "Password not long enough"),
            (not self.uppercase or characters & set(string.ascii_uppercase), "Password must have uppercase characters"),
            (not self.lowercase or characters & set(string.ascii_lowercase), "Password must have lowercase characters"),
            (not self.numbers or characters & set(string.digits), "Password must have numeric characters"),
            (not self.symbols or characters & SYMBOLS, "Password must have symbol characters"),
        )
        return next((text for holds, text in rules if not holds), None)

    def check(self, password: str) -> None:
        """For ChangePassword, ConfirmForgotPassword, NEW_PASSWORD_REQUIRED and AdminSetUserPassword.

        Raises:
            InvalidPassword: `Password does not conform to policy: …` (recorded).
        """
        self._check(password, "Password does not conform to policy")

    def check_new_user(self, password: str) -> None:
        """For SignUp, which words it differently.

        Raises:
            InvalidPassword: `Password did not conform with policy: …` (recorded).
        """
        self._check(password, "Password did not conform with policy")

    def check_temporary(self, password: str) -> None:
        """For AdminCreateUser's TemporaryPassword, the third wording.

        Raises:
            InvalidPassword: `Password did not conform with password policy: …` (recorded).
        """
        self._check(password, "Password did not conform with password policy")

    def _check(self, password: str, words: str) -> None:
        violation = self.violation(password)
        if violation:
            raise errors.InvalidPassword(f"{words}: {violation}")


def matches(password: Password, srp_name: str, username: str, typed: str) -> bool:
    """Whether `typed` is the password of `username` in the pool with that SRP name. Two SHA-256."""
    x = srp.private_value(srp_name, username, typed, password.salt)
    return hmac.compare_digest(x.to_bytes(32, "big"), password.x.to_bytes(32, "big"))


def check_history(policy: PasswordPolicy, known: Iterable[Password], srp_name: str, username: str, typed: str) -> None:
    """`known` is the current password and the kept earlier ones, newest first.

    Raises:
        PasswordHistoryPolicyViolation: the current or one of the last PasswordHistorySize passwords again.
    """
    if policy.history and any(matches(old, srp_name, username, typed) for old in known):
        raise errors.password_used()


def make(salt: bytes, srp_name: str, username: str, typed: str, expires: float | None = None) -> Password:
    """What is kept of a new password; `salt` is 16 random bytes, `expires` (epoch seconds) makes it temporary."""
    return Password(salt, srp.private_value(srp_name, username, typed, salt), expires=expires)


def renewed(
    pool_policy: PasswordPolicy, srp_name: str, user: User, typed: str, salt: bytes, expires: float | None = None
) -> User:
    """`user` with the password `typed`, which is none of the remembered ones; arguments as `make`'s.

    Raises:
        PasswordHistoryPolicyViolation
    """
    known = (() if user.password is None else (user.password,)) + user.password_history
    check_history(pool_policy, known, srp_name, user.username, typed)
    return set_password(pool_policy, user, make(salt, srp_name, user.username, typed, expires))


def set_password(policy: PasswordPolicy, user: User, new: Password | None) -> User:
    """`user` with a new password; the present one joins the history as far as PasswordHistorySize goes.

    A temporary password never joins it (not documented; it was never the user's own), nor does an imported hash: it
    is replaced (developer guide, "Importing users with password hashes").
    """
    old = user.password
    kept = user.password_history
    if old is not None and old.expires is None:
        kept = (old, *kept)
    # The current password counts as one of the remembered ones.
    kept = kept[: max(policy.history - 1, 0)]
    return replace(user, password=new, password_history=kept, imported_hash=None)

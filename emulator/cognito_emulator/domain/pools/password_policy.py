"""Password policy: the rules for a new password."""

from __future__ import annotations

import string

from msgspec import Struct

from cognito_emulator.domain import errors

# A space counts when it is neither first nor last [docs: managing-users-passwords].
SYMBOLS = frozenset("^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ")
_UPPERCASE, _LOWERCASE, _DIGITS = map(frozenset, (string.ascii_uppercase, string.ascii_lowercase, string.digits))


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
        """Return the first rule that `password` breaks, in AWS's words.

        Return None if it breaks none. After the length the order is upper case, lower case, digits, symbols [assumed].
        """
        if len(password) < self.minimum_length:
            return "Password not long enough"
        if self.uppercase and _UPPERCASE.isdisjoint(password):
            return "Password must have uppercase characters"
        if self.lowercase and _LOWERCASE.isdisjoint(password):
            return "Password must have lowercase characters"
        if self.numbers and _DIGITS.isdisjoint(password):
            return "Password must have numeric characters"
        if self.symbols and SYMBOLS.isdisjoint(password):
            return "Password must have symbol characters"
        return None

    def check(self, password: str) -> None:
        """Check a password that replaces another.

        It is for ChangePassword, ConfirmForgotPassword, NEW_PASSWORD_REQUIRED and AdminSetUserPassword.

        Raises:
            InvalidPassword: `Password does not conform to policy: …` [assumed].
        """
        self._check(password, "Password does not conform to policy")

    def check_new_user(self, password: str) -> None:
        """Check the password of SignUp, which has its own text.

        Raises:
            InvalidPassword: `Password did not conform with policy: …` [observed: aws-sdk-android#2370].
        """
        self._check(password, "Password did not conform with policy")

    def check_temporary(self, password: str) -> None:
        """Check TemporaryPassword of AdminCreateUser, which has a third text.

        Raises:
            InvalidPassword: `Password did not conform with password policy: …` [observed: data-dot-all/dataall#690].
        """
        self._check(password, "Password did not conform with password policy")

    def _check(self, password: str, words: str) -> None:
        violation = self.violation(password)
        if violation:
            raise errors.InvalidPassword(f"{words}: {violation}").because(
                "users.password-policy", setting="Policies.PasswordPolicy", value=self
            )

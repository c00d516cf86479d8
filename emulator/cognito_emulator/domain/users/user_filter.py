r"""The filter of ListUsers, for equal values or beginnings.

Its form is `<attribute> = "<value>"` (equal) or `<attribute> ^= "<value>"` (begins with), with one attribute. Quotes
and backslashes inside the value are escaped by a backslash. "All searches are case-insensitive"
[docs: how-to-manage-user-accounts], except those for `username` and `status` [docs: ListUsers].
"""

from __future__ import annotations

import re

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.users.user import User

USERNAME, SUB, STATUS, USER_STATUS = "username", "sub", "status", "cognito:user_status"
_OF_RECORD = frozenset({USERNAME, STATUS, USER_STATUS})
_ATTRIBUTES = frozenset({"email", "phone_number", "name", "given_name", "family_name", "preferred_username", SUB})
_EXACT_CASE = frozenset({USERNAME, STATUS})
# Each character has one reading only, so that the time is linear in the length.
_FORM = re.compile(r'\s*([^\s=^"\\]+)\s*(\^?=)\s*"((?:[^"\\]|\\["\\])*)"\s*')


class Filter(Struct, frozen=True, gc=False):
    """A parsed filter.

    `value` is unescaped, and in lower case where case does not matter.
    """

    attribute: str
    prefix: bool
    value: str

    def value_of(self, user: User) -> str | None:
        """Return the user's value that the filter compares; None without one."""
        found = _read(self.attribute, user)
        return found if found is None or self.attribute in _EXACT_CASE else found.lower()

    def matches(self, user: User) -> bool:
        found = self.value_of(user)
        if found is None:
            return False
        return found.startswith(self.value) if self.prefix else found == self.value


def _read(attribute: str, user: User) -> str | None:
    if attribute == USERNAME:
        return user.username
    if attribute == USER_STATUS:
        return user.status
    if attribute == STATUS:
        return "Enabled" if user.enabled else "Disabled"
    return user.get(attribute)


def parse(text: str | None) -> Filter | None:
    """Read a filter; None for no filter, or an empty one, which means all users.

    Raises:
        InvalidParameter: not of that form, or an attribute that cannot be searched (custom ones among them).
    """
    if not text:
        return None
    found = _FORM.fullmatch(text)
    if found is None:
        raise errors.InvalidParameter("Error while parsing filter.").because("users.filter")
    attribute, operator, quoted = found.groups()
    if attribute not in _OF_RECORD | _ATTRIBUTES:
        raise errors.InvalidParameter(f"Invalid search attribute: {attribute}").because("users.filter", value=attribute)
    value = re.sub(r"\\(.)", r"\1", quoted)
    return Filter(attribute, operator == "^=", value if attribute in _EXACT_CASE else value.lower())

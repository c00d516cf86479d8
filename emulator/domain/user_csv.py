"""The columns of a file for user import (developer guide, "Importing users into user pools from a CSV file")."""

from __future__ import annotations

from emulator.domain.attributes import Schema

# The order in which the service names them. `sub` and `identities` are not among them: a file cannot give them.
_STANDARD = (
    "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
    "website", "email", "email_verified", "gender", "birthdate", "zoneinfo", "locale", "phone_number",
    "phone_number_verified", "address", "updated_at",
)  # fmt: skip
_LAST = ("cognito:mfa_enabled", "cognito:username")


def header(schema: Schema) -> list[str]:
    """The columns of a pool's file, in the order of the template: standard, custom, MFA, user name.

    Custom attributes stand in the order in which the pool got them. Developer attributes (`dev:`) are not
    documented as columns, so there are none. Nor is `password_hash` among them: the guide's template has it, its
    sample of the answer does not.
    """
    custom = [name for name in schema if name.startswith("custom:")]
    return [*_STANDARD, *custom, *_LAST]

"""Made-up names, addresses and numbers in place of those of real users.

A value has the same replacement everywhere and at every pull. So they are pseudonyms: a person who knows an address can
compute its replacement.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain import strict_json
from cognito_emulator.seed.importing.values import mapping_of, mappings_of, word_of

_NAMES = ("name", "given_name", "family_name", "middle_name", "nickname")
# Dropped: they say too much of a person, and nothing depends on them.
_DROPPED = ("profile", "picture", "website", "address", "birthdate", "gender")
_COUNTRY = "+999"  # assigned to no country


class Masks:
    """Replaces what says who a user is.

    `scope` (the pool's id) keeps equal values of two pools apart.
    """

    def __init__(self, scope: str) -> None:
        self._scope = scope

    def user(self, described: Mapping[str, Any]) -> dict[str, Any]:
        """Return a user of ListUsers with replacements.

        Custom attributes stay as they are.
        """
        listed = mappings_of(described.get("Attributes"))
        pairs = {word_of(one.get("Name")): word_of(one.get("Value")) for one in listed}
        made = {name: self.attribute(name, value) for name, value in pairs.items() if name not in _DROPPED}
        name = word_of(described.get("Username"))
        if "identities" in pairs:
            return {**described, "Username": self._federated(name), "Attributes": _pairs(made)}
        return {**described, "Username": self.username(name, pairs), "Attributes": _pairs(made)}

    def attribute(self, name: str, value: str) -> str:
        """Return the replacement of an attribute's value."""
        if name == "email":
            return self.email(value)
        if name == "phone_number":
            return self.phone(value)
        if name in _NAMES or name == "preferred_username":
            return f"{name.replace('_', '-')}-{self._digest(value)}"
        return self._identities(value) if name == "identities" else value

    def username(self, name: str, attributes: Mapping[str, str]) -> str:
        """Return the replacement of a user name; a sub says nothing and stays."""
        if name == attributes.get("sub"):
            return name
        if "@" in name:
            return self.email(name)
        if name.startswith("+"):
            return self.phone(name)
        return f"user-{self._digest(name)}"

    def email(self, value: str) -> str:
        return f"user-{self._digest(value)}@example.com"

    def phone(self, value: str) -> str:
        return f"{_COUNTRY}{int(self._digest(value, 16), 16) % 10**11:011d}"

    def _federated(self, name: str) -> str:
        provider, underscore, user_id = name.partition("_")
        return f"{provider}_{self._digest(user_id)}" if underscore else f"user-{self._digest(name)}"

    def _identities(self, value: str) -> str:
        import json

        try:
            found = strict_json.decode(value)
        except (ValueError, RecursionError):
            return "[]"
        listed = [{**mapping_of(one), "userId": self._digest(str(mapping_of(one).get("userId")))} for one in found]
        return json.dumps(listed)

    def _digest(self, value: str, digits: int = 10) -> str:
        return hashlib.sha256(f"{self._scope}\0{value.lower()}".encode()).hexdigest()[:digits]


def _pairs(attributes: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in attributes.items()]

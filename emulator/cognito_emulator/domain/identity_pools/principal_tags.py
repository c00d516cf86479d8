"""Attributes for access control: claims as tags of the AWS session.

[docs: attributes-for-access-control]
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field

from cognito_emulator.domain.identity_pools import identity_errors
from cognito_emulator.domain.identity_pools.role_mapping import claim_text

# "Default provider mappings": the client by aud, the user by sub.
DEFAULTS: Mapping[str, str] = MappingProxyType({"username": "sub", "client": "aud"})
_CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
# The same table, for SAML assertions: instead of aud and sub.
SAML_DEFAULTS: Mapping[str, str] = MappingProxyType(
    {"username": f"{_CLAIMS}/name", "client": f"{_CLAIMS}/nameidentifier"}
)
MAX_VALUE = 256  # characters of a session tag's value [docs: STS Tag]


class TagMap(Struct, frozen=True, gc=False):
    """The map of one provider: tag key to claim. Without entries no tags are set."""

    use_defaults: bool = False
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


NO_TAGS = TagMap()


def read_map(use_defaults: bool, tags: Mapping[str, str], defaults: Mapping[str, str] = DEFAULTS) -> TagMap:
    """Return the map that SetPrincipalTagAttributeMap requests.

    `defaults` are the provider's. With UseDefaults other tags do not count: "You can't change default mappings"
    [docs: attributes-for-access-control]. They are not refused [assumed].
    """
    return TagMap(True, defaults) if use_defaults else TagMap(False, MappingProxyType(dict(tags)))


def are_usable(tags: Mapping[str, str]) -> bool:
    """Return whether STS accepts the tags of a session.

    They have letters, numbers, spaces and a few signs, in keys that are not AWS's own [docs: STS Tag]. A list of
    several values is therefore not usable.
    """
    reserved = any(key.lower().startswith("aws:") for key in tags)
    return not reserved and all(_is_plain(text) for pair in tags.items() for text in pair)


def _is_plain(text: str) -> bool:
    return all(unicodedata.category(one)[0] in "LNZ" or one in "_.:/=+-@" for one in text)


def tags_of(tag_map: TagMap, claims: Mapping[str, Any]) -> dict[str, str]:
    """Make the tags of a session; a claim that the token lacks gives none.

    Raises:
        InvalidIdentityPoolConfiguration: a value is too long for STS, which would refuse the role.
    """
    tags = {key: claim_text(claims[claim]) for key, claim in tag_map.tags.items() if claim in claims}
    if any(len(value) > MAX_VALUE for value in tags.values()):
        raise identity_errors.unusable_roles()
    return tags

"""Tags of user pools; `_custom_id_` sets the id of a new pool."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from cognito_emulator.domain import errors

MAX_TAGS = 50
# The tag by which LocalStack's users fix the ids of resources.
CUSTOM_ID = "_custom_id_"
_SUFFIX = re.compile(r"[0-9A-Za-z]+")
_GENERATED = 9  # characters of a suffix that AWS makes
_MAX_ID = 55
_SIGNS = frozenset(" _.:/=+-@")


def checked(tags: Mapping[str, str]) -> Mapping[str, str]:
    """Return `tags` if AWS accepts them; the model checks their lengths.

    Raises:
        UserPoolTagging: too many, a reserved name, or characters other than letters, digits, spaces and `_.:/=+-@`
            [docs: tagging; own wording]. Letters and digits of every language are allowed.
    """
    wrong = mistake(tags, "A user pool")
    if wrong is not None:
        raise errors.UserPoolTagging(wrong)
    return tags


def mistake(tags: Mapping[str, str], resource: str) -> str | None:
    """Return what AWS refuses in tags; None if they are fine.

    It is the same for user pools and identity pools [docs: tagging].
    """
    if len(tags) > MAX_TAGS:
        return f"{resource} can have at most {MAX_TAGS} tags."
    if any(name.lower().startswith("aws:") for name in tags):
        return "Tag keys that begin with aws: are reserved."
    for text in (*tags, *tags.values()):
        if not all(_is_allowed(character) for character in text):
            return f"Tag keys and values can have letters, digits, spaces and _ . : / = + - @ only: {text}"
    return None


def _is_allowed(character: str) -> bool:
    """Return whether a tag may have the character.

    Letters of every language have marks that belong to them.
    """
    return character.isalnum() or character in _SIGNS or unicodedata.category(character).startswith("M")


def custom_id(tags: Mapping[str, str], region: str) -> str | None:
    """Return the pool id that the tag `_custom_id_` requests.

    It is a whole id of this Region, or the 9 characters after the Region.

    Raises:
        InvalidParameter: it is no pool id of this region.
    """
    wanted = tags.get(CUSTOM_ID)
    if wanted is None:
        return None
    suffix = wanted.removeprefix(f"{region}_")
    whole = f"{region}_{suffix}"
    if _SUFFIX.fullmatch(suffix) and (len(suffix) == _GENERATED or wanted == whole) and len(whole) <= _MAX_ID:
        return whole
    raise errors.InvalidParameter(
        f"The tag {CUSTOM_ID} must be 9 letters or digits, or a user pool id that begins with {region}_: {wanted}"
    ).because("pools.custom-id", value=wanted)

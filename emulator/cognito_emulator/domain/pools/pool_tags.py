"""Tags of user pools, and the one with a meaning here: `_custom_id_` fixes the id of a new pool."""

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
    """`tags` if AWS takes them (their lengths are the model's business).

    Raises:
        UserPoolTagging: too many, a name of AWS's own, or characters that are no letters, digits, spaces or signs of
            `_.:/=+-@` [docs: tagging] (letters and digits of every language pass). The words are ours.
    """
    wrong = mistake(tags, "A user pool")
    if wrong is not None:
        raise errors.UserPoolTagging(wrong)
    return tags


def mistake(tags: Mapping[str, str], resource: str) -> str | None:
    """What AWS refuses in tags of user pools and identity pools alike [docs: tagging]; None if they are fine."""
    if len(tags) > MAX_TAGS:
        return f"{resource} can have at most {MAX_TAGS} tags."
    if any(name.lower().startswith("aws:") for name in tags):
        return "Tag keys that begin with aws: are reserved."
    for text in (*tags, *tags.values()):
        if not all(_is_allowed(character) for character in text):
            return f"Tag keys and values can have letters, digits, spaces and _ . : / = + - @ only: {text}"
    return None


def _is_allowed(character: str) -> bool:
    """Letters of every language, with the marks that belong to them."""
    return character.isalnum() or character in _SIGNS or unicodedata.category(character).startswith("M")


def custom_id(tags: Mapping[str, str], region: str) -> str | None:
    """The pool id that `_custom_id_` asks for: a whole id of this region, or the 9 characters after the region.

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
    )

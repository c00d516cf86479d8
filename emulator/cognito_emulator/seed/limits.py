"""`ProvisionedLimits`: the request rates of the account, from nodes to limits.

A block has the members of UpdateProvisionedLimit, and the Region if it is not the emulator's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.limits import ProvisionedLimit
from cognito_emulator.seed.allowed_keys import TEXT, Form, form, read_block
from cognito_emulator.seed.coercion import Field, items
from cognito_emulator.seed.model import Block, LimitSeed
from cognito_emulator.seed.problems import Notes
from cognito_emulator.seed.users import checked

SECTION = "ProvisionedLimits"
_CLASS = "API_CATEGORY"
_LIKE = "[{LimitDefinition: {LimitClass: API_CATEGORY, Attributes: {Category: UserRead}}, RequestedLimitValue: 500}]"
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")


def limit_form() -> Form:
    """Return the form of one limit."""
    return form("UpdateProvisionedLimit", ("Region",), ())


def read(notes: Notes, given: Field | None) -> list[LimitSeed]:
    """Return the limits of one file that have no mistake of form."""
    made: list[LimitSeed] = []
    for item in items(notes, given, _LIKE) if given else ():
        before, parts = len(notes.mistakes), read_block(notes, item, limit_form())
        if parts is None:
            continue
        found, values = parts
        region = checked(notes, found.get("Region"), TEXT, _region_problem)
        if len(notes.mistakes) == before:
            made.append(LimitSeed(Block(item.place, values), region))
    return made


def is_same(members: Mapping[str, Any], limit: ProvisionedLimit) -> bool:
    """Return whether UpdateProvisionedLimit with these members would change nothing."""
    attributes = members["LimitDefinition"]["Attributes"]
    return bool(attributes == {"Category": limit.category} and members["RequestedLimitValue"] == limit.value)


def block_of(limit: ProvisionedLimit) -> dict[str, object]:
    """Return the block that makes a limit again."""
    definition = {"LimitClass": _CLASS, "Attributes": {"Category": limit.category}}
    return {"Region": limit.region, "LimitDefinition": definition, "RequestedLimitValue": limit.value}


def _region_problem(value: str) -> str | None:
    return None if _REGION.fullmatch(value) else "a Region is like eu-north-1"

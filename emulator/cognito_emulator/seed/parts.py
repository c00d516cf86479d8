"""Create further blocks of a pool, each the input of one operation.

They are resource servers, domains, branding, terms and others.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from cognito_emulator.seed.allowed_keys import UUID, Form, Unique, form, read_block, sub_problem
from cognito_emulator.seed.coercion import Field, items
from cognito_emulator.seed.model import Block, PartSeed
from cognito_emulator.seed.problems import Notes
from cognito_emulator.seed.users import checked


class Section(Struct, frozen=True):
    """A key of a pool's block.

    `operation` creates each item of its list; `id_name` is the key of a fixed id, if there can be one. `is_early` says
    that app clients may need it.
    """

    operation: str
    id_name: str | None = None
    is_early: bool = False


# In the order in which they are created.
SECTIONS: Mapping[str, Section] = {
    "ResourceServers": Section("CreateResourceServer", is_early=True),
    "Domains": Section("CreateUserPoolDomain"),
    "ManagedLoginBrandings": Section("CreateManagedLoginBranding", "ManagedLoginBrandingId"),
    "UICustomizations": Section("SetUICustomization"),
    "RiskConfigurations": Section("SetRiskConfiguration"),
    "Terms": Section("CreateTerms", "TermsId"),
    "LogDeliveryConfigurations": Section("SetLogDeliveryConfiguration"),
}


def part_form(section: Section) -> Form:
    """Return the form of one item of a section."""
    return form(section.operation, (section.id_name,) if section.id_name else ())


def read_parts(
    notes: Notes, found: Mapping[str, Field], sections: Mapping[str, Section] = SECTIONS
) -> tuple[PartSeed, ...]:
    """Return the parts in a block that have no mistake of form."""
    parts = []
    for name, section in sections.items():
        if name not in found:
            continue
        shape = part_form(section)
        ids = Unique(str(section.id_name))
        for item in items(notes, found[name], f"[{{{next(iter(shape.shapes), section.operation)}: ...}}]"):
            read = read_block(notes, item, shape)
            if read is None:
                continue
            fixed = None
            if section.id_name in read[0]:
                fixed = checked(notes, read[0][section.id_name], UUID, _id_problem)
                ids.add(notes, item.place, fixed)
            parts.append(PartSeed(section.operation, Block(item.place, read[1]), fixed, is_early=section.is_early))
    return tuple(parts)


def _id_problem(value: str) -> str | None:
    return "a fixed id is a UUID in lower case" if sub_problem(value) else None

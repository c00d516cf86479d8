"""The attribute schema of a new pool.

It has the standard attributes, overrides of them, and custom and developer attributes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools.attributes import MAX_VALUE, STANDARD, AttributeSpec, Schema

_BOUNDS = {"String": ("StringAttributeConstraints", "MinLength", "MaxLength"),
           "Number": ("NumberAttributeConstraints", "MinValue", "MaxValue")}  # fmt: skip
_LENGTH = re.compile(r"[0-9]{1,4}")
# Values up to 2^1023, so at most 309 digits [docs: NumberAttributeConstraintsType].
_NUMBER = re.compile(r"[+-]?[0-9]{1,309}(\.[0-9]{1,309})?")
_LARGEST = float(2**1023)


def build(entries: Iterable[Mapping[str, Any]]) -> Schema:
    """Make the schema of a pool with these SchemaAttributeType entries.

    An entry named like a standard attribute changes that one; any other makes `custom:<name>`, or `dev:custom:<name>`
    with DeveloperOnlyAttribute [docs: AWS CLI describe-user-pool].

    Raises:
        InvalidParameter
    """
    schema = dict(STANDARD)
    seen = set()
    for entry in entries:
        name = entry.get("Name")
        if name is None:
            # The model does not require it, but an attribute needs a name [own wording].
            raise errors.InvalidParameter("Invalid schema: an attribute has no Name.").because(
                "pools.schema", setting="Schema"
            )
        spec = _override(entry) if name in STANDARD else custom(entry)
        if spec.name in seen:
            raise attribute_exists(spec)
        seen.add(spec.name)
        schema[spec.name] = spec
    return schema


def attribute_exists(spec: AttributeSpec) -> errors.InvalidParameter:
    """Make the error for a second attribute of that name.

    The text has the new attribute without `dev:`.
    """
    return errors.InvalidParameter(
        f"{spec.name.removeprefix('dev:')}: Existing attribute already has name {spec.name}."
    ).because("pools.attribute-exists", value=spec.name)


def custom(entry: Mapping[str, Any]) -> AttributeSpec:
    """Make a custom or developer attribute.

    It is immutable unless the entry says otherwise [assumed].

    Raises:
        InvalidParameter
    """
    if entry.get("Required"):
        raise errors.InvalidParameter("Required custom attributes are not supported currently.").because(
            "pools.schema", setting="Schema", value=entry.get("Name")
        )
    kind = entry.get("AttributeDataType")
    if kind is None:
        text = "Invalid AttributeDataType input, consider using the provided AttributeDataType enum."
        raise errors.InvalidParameter(text).because("pools.schema", setting="Schema", value=entry.get("Name"))
    developer_only = entry.get("DeveloperOnlyAttribute", False)
    name = f"{'dev:' if developer_only else ''}custom:{entry['Name']}"
    spec = AttributeSpec(name, type=kind, mutable=entry.get("Mutable", False), developer_only=developer_only)
    return _bounded(spec, entry)


def _override(entry: Mapping[str, Any]) -> AttributeSpec:
    standard = STANDARD[entry["Name"]]
    if entry.get("AttributeDataType", standard.type) != standard.type or entry.get("DeveloperOnlyAttribute"):
        raise errors.InvalidParameter(
            "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute "
            f"{standard.name}"
        ).because("pools.schema", setting="Schema", value=entry.get("Name"))
    if standard.name == "sub":
        return standard  # fixed by definition, whatever the entry says
    mutable, required = entry.get("Mutable", False), entry.get("Required", False)
    return _bounded(replace(standard, mutable=mutable, required=required), entry)


def _bounded(spec: AttributeSpec, entry: Mapping[str, Any]) -> AttributeSpec:
    """Return `spec` with the entry's constraints, as sent.

    A bound that is left out is no bound. Constraints of another type are dropped [docs: CreateUserPool].
    """
    member, least, most = _BOUNDS.get(spec.type, ("", "", ""))
    bounds = entry.get(member)
    if not bounds:
        return spec
    spec = replace(spec, minimum=bounds.get(least), maximum=bounds.get(most))
    _check_bounds(spec)
    return spec


def _check_bounds(spec: AttributeSpec) -> None:
    what = "length" if spec.type == "String" else "value"
    form = _LENGTH if spec.type == "String" else _NUMBER
    for bound in (spec.minimum, spec.maximum):
        if bound is None:
            continue
        if spec.type == "String" and bound.isdecimal() and bound.isascii() and int(bound[:6]) > MAX_VALUE:
            text = f"user.{spec.name}: String attributes cannot have a length of more than {MAX_VALUE}"
            raise errors.InvalidParameter(text).because("pools.schema", setting="Schema", value=spec.name)
        if form.fullmatch(bound) is None or abs(float(bound)) > _LARGEST:
            raise errors.InvalidParameter(f"user.{spec.name}: Min and max {what} must be numbers.").because(
                "pools.schema", setting="Schema", value=spec.name
            )
    if spec.minimum is not None and spec.maximum is not None and float(spec.maximum) < float(spec.minimum):
        raise errors.InvalidParameter(f"user.{spec.name}: Max {what} cannot be less than min {what}.").because(
            "pools.schema", setting="Schema", value=spec.name
        )

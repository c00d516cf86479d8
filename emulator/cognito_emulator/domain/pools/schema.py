"""The attribute schema of a new pool: the standard attributes, overrides of them, custom and developer attributes."""

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
# API reference, NumberAttributeConstraintsType: values up to 2^1023, so at most 309 digits.
_NUMBER = re.compile(r"[+-]?[0-9]{1,309}(\.[0-9]{1,309})?")
_LARGEST = float(2**1023)


def build(entries: Iterable[Mapping[str, Any]]) -> Schema:
    """The schema of a pool created with these SchemaAttributeType entries.

    An entry named like a standard attribute changes that one; any other makes `custom:<name>`, or `dev:custom:<name>`
    with DeveloperOnlyAttribute [docs: AWS CLI, describe-user-pool].

    Raises:
        InvalidParameter
    """
    schema = dict(STANDARD)
    seen = set()
    for entry in entries:
        name = entry.get("Name")
        if name is None:
            # Not required by the model, but an attribute without a name is none (our text).
            raise errors.InvalidParameter("Invalid schema: an attribute has no Name.")
        spec = _override(entry) if name in STANDARD else custom(entry)
        if spec.name in seen:
            raise attribute_exists(spec)
        seen.add(spec.name)
        schema[spec.name] = spec
    return schema


def attribute_exists(spec: AttributeSpec) -> errors.InvalidParameter:
    """A second attribute of that name; what is being added goes without `dev:` in the text."""
    return errors.InvalidParameter(
        f"{spec.name.removeprefix('dev:')}: Existing attribute already has name {spec.name}."
    )


def custom(entry: Mapping[str, Any]) -> AttributeSpec:
    """A custom or developer attribute; immutable unless it says otherwise (recorded for named attributes).

    Raises:
        InvalidParameter
    """
    if entry.get("Required"):
        raise errors.InvalidParameter("Required custom attributes are not supported currently.")
    kind = entry.get("AttributeDataType")
    if kind is None:
        text = "Invalid AttributeDataType input, consider using the provided AttributeDataType enum."
        raise errors.InvalidParameter(text)
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
        )
    if standard.name == "sub":
        return standard  # fixed by definition, whatever is said of it
    mutable, required = entry.get("Mutable", False), entry.get("Required", False)
    return _bounded(replace(standard, mutable=mutable, required=required), entry)


def _bounded(spec: AttributeSpec, entry: Mapping[str, Any]) -> AttributeSpec:
    """`spec` with the entry's constraints, if it has any; as sent, so that a bound left out is no bound.

    Constraints of another type are dropped [docs: API reference, the example of CreateUserPool].
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
            raise errors.InvalidParameter(text)
        if form.fullmatch(bound) is None or abs(float(bound)) > _LARGEST:
            raise errors.InvalidParameter(f"user.{spec.name}: Min and max {what} must be numbers.")
    if spec.minimum is not None and spec.maximum is not None and float(spec.maximum) < float(spec.minimum):
        raise errors.InvalidParameter(f"user.{spec.name}: Max {what} cannot be less than min {what}.")

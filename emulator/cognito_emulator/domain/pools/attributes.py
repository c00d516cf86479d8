"""The attribute schema of a pool, and the rules for attribute values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from cognito_emulator.domain import errors

MAX_VALUE = 2048
VERIFIED_FLAGS = ("email_verified", "phone_number_verified")
VERIFIABLE = ("email", "phone_number")
_FLAGS = {pair: pair for flag in VERIFIED_FLAGS for pair in ((flag, "false"), (flag, "true"))}
UNVERIFIED = {name: _FLAGS[f"{name}_verified", "false"] for name in VERIFIABLE}

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+[1-9][0-9]{1,14}")  # in the form of E.164


def is_true(flag: str | None) -> bool:
    """Return whether the value of a flag (`email_verified`) is true, in any case."""
    return flag is not None and flag.lower() == "true"


class AttributeSpec(Struct, frozen=True, gc=False):
    """One attribute of a schema.

    `minimum` and `maximum` are lengths for String, values for Number; as sent.
    """

    name: str
    type: str = "String"
    mutable: bool = True
    required: bool = False
    developer_only: bool = False
    minimum: str | None = None
    maximum: str | None = None

    def describe(self) -> dict[str, Any]:
        """Return the entry of SchemaAttributes."""
        entry: dict[str, Any] = {
            "Name": self.name,
            "AttributeDataType": self.type,
            "DeveloperOnlyAttribute": self.developer_only,
            "Mutable": self.mutable,
            "Required": self.required,
        }
        kind = {"String": "Length", "Number": "Value"}.get(self.type)
        if kind:
            bounds = {f"Min{kind}": self.minimum, f"Max{kind}": self.maximum}
            entry[f"{self.type}AttributeConstraints"] = {k: v for k, v in bounds.items() if v is not None}
        return entry


Schema = Mapping[str, AttributeSpec]

_TEXT = ("name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
         "website", "email", "gender", "zoneinfo", "locale", "phone_number", "address")  # fmt: skip
_ORDER = ("sub", "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile",
          "picture", "website", "email", "email_verified", "gender", "birthdate", "zoneinfo", "locale",
          "phone_number", "phone_number_verified", "address", "updated_at", "identities")  # fmt: skip


def _standard(name: str) -> AttributeSpec:
    if name == "sub":
        return AttributeSpec(name, mutable=False, required=True, minimum="1", maximum="2048")
    if name in _TEXT:
        return AttributeSpec(name, minimum="0", maximum="2048")
    if name == "birthdate":
        return AttributeSpec(name, minimum="10", maximum="10")
    if name == "updated_at":
        return AttributeSpec(name, type="Number", minimum="0")
    if name in VERIFIED_FLAGS:
        return AttributeSpec(name, type="Boolean")
    return AttributeSpec(name)  # identities


STANDARD: Schema = {name: _standard(name) for name in _ORDER}


def is_email(value: str) -> bool:
    return _EMAIL.fullmatch(value) is not None


def is_phone(value: str) -> bool:
    return _PHONE.fullmatch(value) is not None


def pairs(attributes: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """Read wire attributes (`[{"Name": …, "Value": …}]`) as a dict.

    A later one replaces an earlier one.
    """
    return {item["Name"]: item.get("Value", "") for item in attributes or ()}


def wire(attributes: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Return attributes as the wire lists them."""
    return [{"Name": name, "Value": value} for name, value in attributes]


def shared(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return a user's attributes, whose flags are one object for all users.

    Each request brings a text of its own for them: a pair and its value take 128 bytes of each user.
    """
    return tuple([_FLAGS.get(pair, pair) for pair in pairs])


def kept(schema: Schema, attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes that have a value, by the schema's own names.

    The attributes of all users share the names: each request brings texts of its own.
    """
    return {schema[name].name: value for name, value in attributes.items() if value}


def check_format(attributes: Mapping[str, str]) -> None:
    """Refuse a malformed e-mail address or phone number.

    Raises:
        InvalidParameter
    """
    email, phone = attributes.get("email"), attributes.get("phone_number")
    if email and not is_email(email):
        raise errors.InvalidParameter("Invalid email address format.").because("users.attribute-format", value="email")
    if phone and not is_phone(phone):
        raise errors.InvalidParameter("Invalid phone number format.").because(
            "users.attribute-format", value="phone_number"
        )


def problems(schema: Schema, attributes: Mapping[str, str]) -> list[tuple[str, str]]:
    """List (attribute, problem) for values that break the schema.

    Empty values are deletions and not checked.
    """
    found = []
    for name, value in attributes.items():
        spec = schema.get(name)
        if spec is None:
            found.append((name, "Attribute does not exist in the schema."))
        elif value:
            text = _value_problem(spec, value)
            if text:
                found.append((name, text))
    return found


def _value_problem(spec: AttributeSpec, value: str) -> str | None:
    if spec.type == "String":
        return _length_problem(spec, value)
    if spec.type == "Number":
        return _number_problem(spec, value)
    if spec.type == "Boolean":
        return None if value.lower() in ("true", "false") else "Attribute value must be true or false"
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return None if value.isdecimal() and value.isascii() else "Attribute value must be a date and time"
    return None


def _length_problem(spec: AttributeSpec, value: str) -> str | None:
    if spec.minimum is not None and len(value) < int(spec.minimum):
        return f"String must be no shorter than {spec.minimum} characters"
    longest = MAX_VALUE if spec.maximum is None else int(spec.maximum)
    if len(value) > longest:
        return f"String must be no longer than {longest} characters"
    return None


def _number_problem(spec: AttributeSpec, value: str) -> str | None:
    if re.fullmatch(r"[+-]?[0-9]{1,300}(\.[0-9]{1,300})?", value) is None:
        return "Attribute value must be a number"
    if spec.minimum is not None and float(value) < float(spec.minimum):
        return f"Number must be no less than {spec.minimum}"
    if spec.maximum is not None and float(value) > float(spec.maximum):
        return f"Number must be no greater than {spec.maximum}"
    return None


def missing_required(schema: Schema, present: Iterable[str]) -> list[str]:
    """List the required attributes that are not `present`, in schema order.

    sub is not among them.
    """
    required = [spec.name for spec in schema.values() if spec.required and spec.name != "sub"]
    have = set(present) if required else ()  # most pools require none
    return [name for name in required if name not in have]


def _check_own(attributes: Iterable[str]) -> None:
    """Refuse to write `sub` or `identities`, which the pool alone writes.

    Raises:
        InvalidParameter: the schema has identities as mutable, but a user who could write it could claim any linked
            identity [assumed].
    """
    for name in ("sub", "identities"):
        if name in attributes:
            raise errors.InvalidParameter(f"Cannot modify the non-mutable attribute {name}").because(
                "users.attribute-immutable", value=name
            )


def check_new_user(schema: Schema, attributes: Mapping[str, str], *, required: bool) -> None:
    """Check the attributes of a new user.

    With `required` the required ones have to be there (SignUp).

    Raises:
        InvalidParameter: `Attributes did not conform to the schema: …`, one line for each problem.
    """
    _check_own(attributes)
    check_format(attributes)
    found = problems(schema, attributes)
    if required:
        present = [name for name, value in attributes.items() if value]
        found += [(name, "The attribute is required") for name in missing_required(schema, present)]
    if found:
        lines = "".join(f"{name}: {text}\n" for name, text in found)
        raise errors.InvalidParameter(f"Attributes did not conform to the schema: {lines}").because(
            "users.attribute-schema", setting="Schema", value=[name for name, _ in found]
        )


def check_verified(given: Mapping[str, str], present: Mapping[str, str]) -> None:
    """Refuse to mark an address as verified that the user does not have.

    `present` are the attributes after the change [docs: AdminCreateUser; own wording].

    Raises:
        InvalidParameter
    """
    for name, (flag, _) in UNVERIFIED.items():
        if is_true(given.get(flag)) and not present.get(name):
            raise errors.InvalidParameter(f"{flag} cannot be true: the user has no {name}.").because(
                "users.verified-flag", value=flag
            )


def check_update(schema: Schema, attributes: Mapping[str, str]) -> None:
    """Check the attributes of an update.

    Raises:
        InvalidParameter: `user.<name>: Attribute cannot be updated.` for immutable ones [observed: amplify-swift#3981],
            else `Invalid user attributes: …`, one line for each problem.
    """
    _check_own(attributes)
    check_format(attributes)
    unknown = [name for name in attributes if name not in schema]
    if unknown:
        lines = "".join(f"user.{name}: Attribute does not exist in the schema.\n" for name in unknown)
        raise errors.InvalidParameter(f"Invalid user attributes: {lines}").because(
            "users.attribute-unknown", setting="Schema", value=unknown
        )
    fixed = [name for name in attributes if not schema[name].mutable]
    if fixed:
        raise errors.InvalidParameter(
            "".join(f"user.{name}: Attribute cannot be updated.\n" for name in fixed)
        ).because("users.attribute-immutable", setting="Schema", value=fixed)
    found = problems(schema, attributes)
    if found:
        raise errors.InvalidParameter(
            "Invalid user attributes: " + "".join(f"{n}: {text}\n" for n, text in found)
        ).because("users.attribute-schema", setting="Schema", value=[name for name, _ in found])
    emptied = [name for name, value in attributes.items() if not value and schema[name].required]
    if emptied:
        raise errors.InvalidParameter("".join(f"user.{name}: The attribute is required\n" for name in emptied)).because(
            "users.attribute-required", setting="Schema", value=emptied
        )


def normalized(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes with flags in lower case.

    Only imports change them: the operations keep a value as it was sent, and triggers and GetUser show "True" so
    [observed: amplify-js#5834, amplify-js#7917, amplify-js#8205].
    """
    return {name: value.lower() if name in VERIFIED_FLAGS else value for name, value in attributes.items()}

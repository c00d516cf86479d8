"""Attribute values against the schema of a pool."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools import attributes
from cognito_emulator.domain.pools.attributes import STANDARD, AttributeSpec, Schema

SCHEMA: Schema = {
    **STANDARD,
    "custom:code": AttributeSpec("custom:code", minimum="2", maximum="4"),
    "custom:size": AttributeSpec("custom:size", "Number", minimum="-1", maximum="10"),
    "custom:flag": AttributeSpec("custom:flag", "Boolean"),
    "custom:when": AttributeSpec("custom:when", "DateTime"),
    "custom:fixed": AttributeSpec("custom:fixed", mutable=False),
}


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("ann@example.com", True),
        ("a.b+c@sub.example.co", True),
        ("änn@exämple.com", True),
        ("ann", False),
        ("ann@example", False),
        ("@example.com", False),
        ("ann@", False),
        ("ann@@example.com", False),
        ("a b@example.com", False),
        ("ann@example..com", False),
        ("ann@.example.com", False),
        ("ann@example.com\n", False),
        ("", False),
    ],
)
def test_email_addresses(value: str, fits: bool) -> None:
    assert attributes.is_email(value) is fits


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("+15551234567", True),
        ("+12", True),
        ("+123456789012345", True),
        ("+1234567890123456", False),
        ("15551234567", False),
        ("+05551234567", False),
        ("+1 555 1234567", False),
        ("+1555123456٧", False),
        ("+15551234567\n", False),
        ("+", False),
        ("", False),
    ],
)
def test_phone_numbers(value: str, fits: bool) -> None:
    assert attributes.is_phone(value) is fits


def test_long_values_are_judged_at_once() -> None:
    for value in ("a" * 100_000 + "@", "a@" + "a." * 50_000, "+" + "1" * 100_000, "a@" * 50_000):
        assert not attributes.is_email(value)
        assert not attributes.is_phone(value)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("name", "Ann", None),
        ("name", "x" * 2048, None),
        ("name", "x" * 2049, "String must be no longer than 2048 characters"),
        ("name", "", None),
        ("birthdate", "2000-01-01", None),
        ("birthdate", "2000", "String must be no shorter than 10 characters"),
        ("birthdate", "2000-01-01x", "String must be no longer than 10 characters"),
        ("nope", "x", "Attribute does not exist in the schema."),
        ("custom:nope", "x", "Attribute does not exist in the schema."),
        ("custom:code", "ab", None),
        ("custom:code", "a", "String must be no shorter than 2 characters"),
        ("custom:code", "abcde", "String must be no longer than 4 characters"),
        ("custom:size", "7", None),
        ("custom:size", "-1", None),
        ("custom:size", "9.5", None),
        ("custom:size", "-2", "Number must be no less than -1"),
        ("custom:size", "11", "Number must be no greater than 10"),
        ("custom:size", "seven", "Attribute value must be a number"),
        ("custom:size", "1e1", "Attribute value must be a number"),
        ("custom:size", "٧", "Attribute value must be a number"),
        ("custom:size", "nan", "Attribute value must be a number"),
        ("custom:size", "1" * 301, "Attribute value must be a number"),
        ("custom:flag", "true", None),
        ("custom:flag", "False", None),
        ("custom:flag", "yes", "Attribute value must be true or false"),
        ("custom:when", "2026-09-05T09:03:02Z", None),
        ("custom:when", "2026-09-05", None),
        ("custom:when", "1700000000", None),
        ("custom:when", "yesterday", "Attribute value must be a date and time"),
        ("custom:when", "١٧", "Attribute value must be a date and time"),
        ("email_verified", "maybe", "Attribute value must be true or false"),
    ],
)
def test_one_value(name: str, value: str, problem: str | None) -> None:
    assert attributes.problems(SCHEMA, {name: value}) == ([] if problem is None else [(name, problem)])


@settings(derandomize=True)
@given(st.dictionaries(st.sampled_from(sorted(SCHEMA)), st.text() | st.from_regex(r"[-+0-9.eE]{1,20}", fullmatch=True)))
def test_no_value_does_harm(values: dict[str, str]) -> None:
    for name, text in attributes.problems(SCHEMA, values):
        assert name in values
        assert text


def test_a_new_users_attributes() -> None:
    required = {**SCHEMA, "name": replace(STANDARD["name"], required=True)}
    attributes.check_new_user(required, {"name": "Ann"}, required=True)
    attributes.check_new_user(required, {}, required=False)
    for given_ in ({}, {"name": ""}):
        with pytest.raises(errors.InvalidParameter) as caught:
            attributes.check_new_user(required, given_, required=True)
        text = "Attributes did not conform to the schema: name: The attribute is required\n"
        assert caught.value.message == text


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(errors.InvalidParameter) as caught:
        attributes.check_new_user(SCHEMA, {"custom:code": "a", "nope": "x"}, required=False)
    assert caught.value.message == (
        "Attributes did not conform to the schema: "
        "custom:code: String must be no shorter than 2 characters\nnope: Attribute does not exist in the schema.\n"
    )


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"email": "ann"}, "Invalid email address format."),
        ({"phone_number": "555"}, "Invalid phone number format."),
        ({"sub": "x"}, "Cannot modify the non-mutable attribute sub"),
        ({"nope": "x"}, "Invalid user attributes: user.nope: Attribute does not exist in the schema.\n"),
        ({"custom:fixed": "x"}, "user.custom:fixed: Attribute cannot be updated.\n"),
        ({"custom:code": "a"}, "Invalid user attributes: custom:code: String must be no shorter than 2 characters\n"),
        ({"name": ""}, "user.name: The attribute is required\n"),
    ],
)
def test_an_update_that_is_refused(changes: dict[str, str], text: str) -> None:
    schema = {**SCHEMA, "name": replace(STANDARD["name"], required=True)}
    with pytest.raises(errors.InvalidParameter) as caught:
        attributes.check_update(schema, changes)
    assert caught.value.message == text


def test_an_update_that_is_fine() -> None:
    attributes.check_update(SCHEMA, {"email": "new@example.com", "name": "", "custom:size": "3"})


def test_flags_of_an_import_are_kept_in_lower_case() -> None:
    changes = {"email_verified": "TRUE", "phone_number_verified": "False", "name": "ANN"}
    assert attributes.normalized(changes) == {"email_verified": "true", "phone_number_verified": "false", "name": "ANN"}


def test_wire_form() -> None:
    listed = [{"Name": "a", "Value": "1"}, {"Name": "b"}, {"Name": "a", "Value": "2"}]
    assert attributes.pairs(listed) == {"a": "2", "b": ""}
    assert attributes.pairs(None) == {}
    assert attributes.wire([("a", "1")]) == [{"Name": "a", "Value": "1"}]


def test_the_standard_schema_is_described_as_cognito_does() -> None:
    assert len(STANDARD) == 21
    assert STANDARD["sub"].describe() == {
        "Name": "sub",
        "AttributeDataType": "String",
        "DeveloperOnlyAttribute": False,
        "Mutable": False,
        "Required": True,
        "StringAttributeConstraints": {"MinLength": "1", "MaxLength": "2048"},
    }
    assert STANDARD["updated_at"].describe()["NumberAttributeConstraints"] == {"MinValue": "0"}
    assert "StringAttributeConstraints" not in STANDARD["email_verified"].describe()
    assert STANDARD["identities"].describe()["StringAttributeConstraints"] == {}

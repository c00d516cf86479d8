"""The attribute schema of a new pool."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain.errors import InvalidParameter
from cognito_emulator.domain.pools.attributes import STANDARD
from cognito_emulator.domain.pools.schema import build


def text(**entry: Any) -> dict[str, Any]:
    return {"AttributeDataType": "String", **entry}


def test_no_entries_leave_the_standard_schema() -> None:
    assert build([]) == STANDARD


def test_override_of_a_standard_attribute() -> None:
    bounds = {"MinLength": "5", "MaxLength": "10"}
    entry = {"Name": "email", "Required": True, "Mutable": True, "StringAttributeConstraints": bounds}
    schema = build([entry])
    assert schema["email"].describe() == {**entry, "AttributeDataType": "String", "DeveloperOnlyAttribute": False}
    assert list(schema) == list(STANDARD)


def test_a_named_attribute_is_immutable_and_optional_unless_it_says_otherwise() -> None:
    spec = build([{"Name": "email"}])["email"]
    assert (spec.mutable, spec.required, spec.minimum, spec.maximum) == (False, False, "0", "2048")


def test_custom_and_developer_attributes_come_last() -> None:
    entries = [
        text(Name="plan", Mutable=True),
        {"Name": "age", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MinValue": "-1.5"}},
        text(Name="note", DeveloperOnlyAttribute=True),
        text(Name="custom:x"),
    ]
    schema = build(entries)
    assert list(schema)[len(STANDARD) :] == ["custom:plan", "custom:age", "dev:custom:note", "custom:custom:x"]
    assert schema["custom:plan"].describe()["StringAttributeConstraints"] == {}
    assert schema["custom:age"].describe() == {
        "Name": "custom:age",
        "AttributeDataType": "Number",
        "DeveloperOnlyAttribute": False,
        "Mutable": False,
        "Required": False,
        "NumberAttributeConstraints": {"MinValue": "-1.5"},
    }
    assert schema["dev:custom:note"].developer_only


NO_LENGTH = "user.custom:x: Min and max length must be numbers."
STANDARD_TYPE = "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute email"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (text(Name="x", Required=True), "Required custom attributes are not supported currently."),
        ({"Name": "x"}, "Invalid AttributeDataType input, consider using the provided AttributeDataType enum."),
        ({"AttributeDataType": "String"}, "Invalid schema: an attribute has no Name."),
        ({"Name": "email", "AttributeDataType": "Number"}, STANDARD_TYPE),
        ({"Name": "email", "DeveloperOnlyAttribute": True}, STANDARD_TYPE),
        (
            text(Name="x", StringAttributeConstraints={"MinLength": "3", "MaxLength": "2"}),
            "user.custom:x: Max length cannot be less than min length.",
        ),
        (
            {
                "Name": "x",
                "AttributeDataType": "Number",
                "NumberAttributeConstraints": {"MinValue": "3", "MaxValue": "2.5"},
            },
            "user.custom:x: Max value cannot be less than min value.",
        ),
        (
            text(Name="x", StringAttributeConstraints={"MaxLength": "2049"}),
            "user.custom:x: String attributes cannot have a length of more than 2048",
        ),
        (
            text(Name="x", StringAttributeConstraints={"MaxLength": "9" * 100_000}),
            "user.custom:x: String attributes cannot have a length of more than 2048",
        ),
        (text(Name="x", StringAttributeConstraints={"MinLength": "-1"}), NO_LENGTH),
        (text(Name="x", StringAttributeConstraints={"MinLength": "٣"}), NO_LENGTH),
        (
            {"Name": "x", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MaxValue": "9" * 309}},
            "user.custom:x: Min and max value must be numbers.",
        ),
    ],
)  # fmt: skip
def test_refused(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        build([entry])
    assert caught.value.message == message


def test_what_is_said_of_sub_changes_nothing() -> None:
    for said in ({}, {"Required": True, "Mutable": True}, {"Mutable": False}):
        assert build([{"Name": "sub", **said}])["sub"] == STANDARD["sub"]


def test_constraints_of_another_type_are_dropped() -> None:
    both = {
        "NumberAttributeConstraints": {"MinValue": "1", "MaxValue": "9"},
        "StringAttributeConstraints": {"MinLength": "12", "MaxLength": "3"},
    }
    (number,) = [build([{"Name": "x", "AttributeDataType": "Number", **both}])["custom:x"].describe()]
    assert number["NumberAttributeConstraints"] == {"MinValue": "1", "MaxValue": "9"}
    assert "StringAttributeConstraints" not in number
    flag = build([{"Name": "x", "AttributeDataType": "Boolean", **both}])["custom:x"].describe()
    assert not {"NumberAttributeConstraints", "StringAttributeConstraints"} & flag.keys()
    assert build([text(Name="x", NumberAttributeConstraints={"MinValue": "1"})])["custom:x"].minimum is None


def test_each_name_once() -> None:
    with pytest.raises(InvalidParameter) as caught:
        build([text(Name="x", DeveloperOnlyAttribute=True), text(Name="x", DeveloperOnlyAttribute=True)])
    assert caught.value.message == "custom:x: Existing attribute already has name dev:custom:x."
    with pytest.raises(InvalidParameter) as caught:
        build([text(Name="x"), text(Name="x", Mutable=True)])
    assert caught.value.message == "custom:x: Existing attribute already has name custom:x."
    with pytest.raises(InvalidParameter):
        build([{"Name": "email"}, {"Name": "email"}])


def test_the_largest_number_that_is_documented() -> None:
    bounds = {"MaxValue": str(2**1023)}
    entry = {"Name": "x", "AttributeDataType": "Number", "NumberAttributeConstraints": bounds}
    assert build([entry])["custom:x"].maximum == bounds["MaxValue"]

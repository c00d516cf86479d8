"""The columns of a file for user import."""

from __future__ import annotations

from emulator.domain import schema
from emulator.domain.attributes import STANDARD
from emulator.domain.user_csv import header


def test_the_standard_attributes_that_a_file_can_give_are_columns() -> None:
    made_here = {"sub", "identities"}
    assert set(header(STANDARD)) == set(STANDARD) - made_here | {"cognito:mfa_enabled", "cognito:username"}


def test_custom_attributes_stand_before_the_last_two() -> None:
    built = schema.build(
        [
            {"Name": "zoo", "AttributeDataType": "String"},
            {"Name": "email", "AttributeDataType": "String", "Required": True},
            {"Name": "age", "AttributeDataType": "Number"},
            {"Name": "old", "AttributeDataType": "String", "DeveloperOnlyAttribute": True},
        ]
    )
    assert header(built)[-4:] == ["custom:zoo", "custom:age", "cognito:mfa_enabled", "cognito:username"]
    assert header(built)[:-4] == header(STANDARD)[:-2]

"""User import from CSV files."""

from __future__ import annotations

from typing import Any

from tests.build import refused, setup
from tests.harness import Running

# Recorded for a pool without custom attributes.
COLUMNS = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "email_verified",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "address",
    "updated_at",
    "cognito:mfa_enabled",
    "cognito:username",
]


def test_header(running: Running, idp: Any) -> None:
    pool = setup(running).pool
    answer = idp.get_csv_header(UserPoolId=pool)
    assert (answer["UserPoolId"], answer["CSVHeader"]) == (pool, COLUMNS)


def test_header_has_attributes_added_later(running: Running, idp: Any) -> None:
    pool = setup(running, Schema=[{"Name": "zoo", "AttributeDataType": "String"}]).pool
    running.call(
        "AddCustomAttributes", UserPoolId=pool, CustomAttributes=[{"Name": "age", "AttributeDataType": "Number"}]
    )
    expected = [*COLUMNS[:-2], "custom:zoo", "custom:age", *COLUMNS[-2:]]
    assert idp.get_csv_header(UserPoolId=pool)["CSVHeader"] == expected


def test_header_of_no_pool(idp: Any) -> None:
    with refused("ResourceNotFoundException", "User pool us-east-1_nothing does not exist."):
        idp.get_csv_header(UserPoolId="us-east-1_nothing")

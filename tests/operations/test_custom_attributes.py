"""AddCustomAttributes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import refused, setup, user
from tests.helpers.harness import Running


@pytest.fixture
def pool(running: Running) -> str:
    schema = [{"Name": "first", "AttributeDataType": "String"}]
    return str(running.call("CreateUserPool", PoolName="p", Schema=schema)["UserPool"]["Id"])


def add(idp: Any, pool: str, *entries: dict[str, Any]) -> None:
    idp.add_custom_attributes(UserPoolId=pool, CustomAttributes=list(entries))


def text(name: str, **members: Any) -> dict[str, Any]:
    return {"Name": name, "AttributeDataType": "String", **members}


def schema(idp: Any, pool: str) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = idp.describe_user_pool(UserPoolId=pool)["UserPool"]["SchemaAttributes"]
    return shown


def test_attributes_are_described(running: Running, idp: Any, pool: str) -> None:
    before = schema(idp, pool)
    running.world.clock.advance(60)
    number = {
        "Name": "level",
        "AttributeDataType": "Number",
        "Mutable": True,
        "NumberAttributeConstraints": {"MinValue": "1", "MaxValue": "9"},
    }
    add(idp, pool, number, text("note", DeveloperOnlyAttribute=True, StringAttributeConstraints={"MaxLength": "5"}))
    described = idp.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert described["SchemaAttributes"] == [
        *before,
        {**number, "Name": "custom:level", "DeveloperOnlyAttribute": False, "Required": False},
        {
            "Name": "dev:custom:note",
            "AttributeDataType": "String",
            "DeveloperOnlyAttribute": True,
            "Mutable": False,
            "Required": False,
            "StringAttributeConstraints": {"MaxLength": "5"},
        },
    ]
    assert (described["LastModifiedDate"] - described["CreationDate"]).total_seconds() >= 60


def test_users_can_have_them(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    change = {"UserPoolId": at.pool, "Username": "ann", "UserAttributes": [{"Name": "custom:x", "Value": "toolong"}]}
    unknown = "Invalid user attributes: user.custom:x: Attribute does not exist in the schema.\n"
    with refused("InvalidParameterException", unknown):
        idp.admin_update_user_attributes(**change)
    add(idp, at.pool, text("x", Mutable=True, StringAttributeConstraints={"MaxLength": "5"}))
    with refused(
        "InvalidParameterException",
        "Invalid user attributes: custom:x: String must be no longer than 5 characters\n",
    ):
        idp.admin_update_user_attributes(**change)
    change["UserAttributes"] = [{"Name": "custom:x", "Value": "short"}]
    idp.admin_update_user_attributes(**change)
    got = idp.admin_get_user(UserPoolId=at.pool, Username="ann")["UserAttributes"]
    assert {"Name": "custom:x", "Value": "short"} in got


def test_standard_and_prefixed_names(idp: Any, pool: str) -> None:
    standard = schema(idp, pool)[:21]
    add(idp, pool, text("email"), text("custom:x"))
    after = schema(idp, pool)
    assert after[:21] == standard
    assert [entry["Name"] for entry in after[21:]] == ["custom:first", "custom:email", "custom:custom:x"]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (text("first"), "custom:first: Existing attribute already has name custom:first."),
        (text("x", Required=True), "Required custom attributes are not supported currently."),
        (
            {"Name": "x"},
            "Invalid AttributeDataType input, consider using the provided AttributeDataType enum.",
        ),
        ({"AttributeDataType": "String"}, "Invalid schema: an attribute has no Name."),
        (
            text("x", StringAttributeConstraints={"MinLength": "9", "MaxLength": "5"}),
            "user.custom:x: Max length cannot be less than min length.",
        ),
    ],
)
def test_refusals_change_nothing(idp: Any, pool: str, entry: dict[str, Any], message: str) -> None:
    before = schema(idp, pool)
    with refused("InvalidParameterException", message):
        add(idp, pool, text("fine"), entry)
    assert schema(idp, pool) == before


def test_the_same_name_twice(idp: Any, pool: str) -> None:
    with refused("InvalidParameterException", "custom:x: Existing attribute already has name custom:x."):
        add(idp, pool, text("x"), text("x"))


def test_at_most_50(idp: Any, pool: str) -> None:
    add(idp, pool, *(text(f"a{number}") for number in range(25)))
    add(idp, pool, *(text(f"b{number}") for number in range(24)))
    with refused("InvalidParameterException", "The limit of 50 custom attributes per user pool is reached."):
        add(idp, pool, text("c"))
    assert len(schema(idp, pool)) == 21 + 50


def test_unknown_pool(idp: Any) -> None:
    with refused("ResourceNotFoundException", "User pool us-east-1_000000000 does not exist."):
        add(idp, "us-east-1_000000000", text("x"))

"""JSON types that do not fit the model: SerializationException with the service's texts, `Message` in capitals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cognito_emulator.wire.model import Shape
from cognito_emulator.wire.validate import SerializationError, convert
from tests.helpers.harness import Running
from tests.helpers.raw import IDENTITY_TARGET, post

MAP = "Start of structure or map found where not expected."
LIST = "Start of list found where not expected"


@pytest.mark.parametrize(
    ("operation", "body", "text"),
    [
        ("CreateUserPool", "[]", LIST),
        ("CreateUserPool", '"x"', "Expected map or null"),
        ("CreateUserPool", "7", "Expected map or null"),
        ("CreateUserPool", '{"PoolName": {}}', MAP),
        ("CreateUserPool", '{"PoolName": []}', LIST),
        ("CreateUserPool", '{"PoolName": 1}', "NUMBER_VALUE can not be converted to a String"),
        ("CreateUserPool", '{"PoolName": 1.5}', "NUMBER_VALUE can not be converted to a String"),
        ("CreateUserPool", '{"PoolName": true}', "TRUE_VALUE can not be converted to a String"),
        ("CreateUserPool", '{"PoolName": false}', "FALSE_VALUE can not be converted to a String"),
        ("CreateUserPool", '{"PoolName": "p", "AliasAttributes": "email"}', "Unexpected field type"),
        ("CreateUserPool", '{"PoolName": "p", "AliasAttributes": {}}', MAP),
        ("CreateUserPool", '{"PoolName": "p", "AliasAttributes": [["email"]]}', LIST),
        ("CreateUserPool", '{"PoolName": "p", "Policies": []}', LIST),
        ("CreateUserPool", '{"PoolName": "p", "Policies": "x"}', "Expected map or null"),
        ("CreateUserPool", '{"PoolName": "p", "UserPoolTags": {"a": 1}}',
         "NUMBER_VALUE can not be converted to a String"),
        ("ListUserPools", '{"MaxResults": "1"}', "STRING_VALUE can not be converted to an Integer"),
        ("ListUserPools", '{"MaxResults": true}', "TRUE_VALUE can not be converted to an Integer"),
        ("ListUserPools", '{"MaxResults": 2147483648}', "NUMBER_VALUE can not be converted to an Integer"),
        ("ListUserPools", '{"MaxResults": -2147483649}', "NUMBER_VALUE can not be converted to an Integer"),
        ("ListUserPools", '{"MaxResults": 1e999}', "NUMBER_VALUE can not be converted to an Integer"),
        ("ListUserPools", '{"MaxResults": -1e999}', "NUMBER_VALUE can not be converted to an Integer"),
        ("ListUserPools", '{"MaxResults": 1' + "0" * 400 + "}", "NUMBER_VALUE can not be converted to an Integer"),
        ("ListUserPools", '{"MaxResults": []}', LIST),
        ("AdminSetUserPassword", '{"Permanent": 1}', "NUMBER_VALUE can not be converted to a Boolean"),
        ("SetUICustomization", '{"ImageFile": "*"}', "Invalid base64 value"),
        ("SetUICustomization", '{"ImageFile": "é"}', "Invalid base64 value"),
        ("SetUICustomization", '{"ImageFile": 1}', "NUMBER_VALUE can not be converted to a String"),
        ("AdminUpdateUserAttributes", '{"UserAttributes": [{"Name": "a", "Value": true}]}',
         "TRUE_VALUE can not be converted to a String"),
    ],
)  # fmt: skip
def test_a_type_that_does_not_fit(running: Running, operation: str, body: str, text: str) -> None:
    answer = post(running, operation, body)
    assert answer.status == 400
    assert answer.json == {"__type": "SerializationException", "Message": text}
    assert answer.headers["x-amzn-errortype"] == "SerializationException:"
    assert answer.headers["x-amzn-errormessage"] == text


def test_types_are_judged_before_constraints(running: Running) -> None:
    assert post(running, "CreateUserPool", {"PoolName": "", "AliasAttributes": 1}).error[0] == "SerializationException"


@pytest.fixture
def group(running: Running) -> dict[str, Any]:
    pool = running.call("CreateUserPool", PoolName="p")["UserPool"]["Id"]
    return {"UserPoolId": pool, "GroupName": "g"}


def test_null_is_absent(running: Running, group: dict[str, Any]) -> None:
    answer = post(running, "CreateGroup", {**group, "Description": None, "Precedence": None, "RoleArn": None})
    assert answer.status == 200
    assert "Description" not in answer.json["Group"]
    answer = post(running, "CreateGroup", {"UserPoolId": group["UserPoolId"], "GroupName": None})
    assert "Value null at 'groupName'" in answer.json["message"]


def test_null_inside_is_absent_too(running: Running) -> None:
    body = {
        "PoolName": "p",
        "AliasAttributes": [None],
        "Policies": {"PasswordPolicy": None},
        "UserPoolTags": {"gone": None, "kept": "x"},
        "AdminCreateUserConfig": None,
    }
    answer = post(running, "CreateUserPool", body)
    assert answer.status == 200, answer.body
    assert answer.json["UserPool"]["UserPoolTags"] == {"kept": "x"}


def test_unknown_members_are_ignored(running: Running, group: dict[str, Any]) -> None:
    unknown = {"Nope": 1, "groupName": "h", "description": "lower case", "": [], "x" * 1000: {}, "GroupNAME": 3}
    answer = post(running, "CreateGroup", {**group, **unknown})
    assert answer.status == 200, answer.body
    assert answer.json["Group"]["GroupName"] == "g"
    assert "Description" not in answer.json["Group"]


@pytest.mark.parametrize(("sent", "permanent"), [("true", True), ("TRUE", True), ("yes", False), ("", False)])
def test_a_string_for_a_boolean_is_read_as_java_does(running: Running, sent: str, permanent: bool) -> None:
    pool = running.call("CreateUserPool", PoolName="p")["UserPool"]["Id"]
    running.call("AdminCreateUser", UserPoolId=pool, Username="ann")
    body = {"UserPoolId": pool, "Username": "ann", "Password": "Correct-horse-7", "Permanent": sent}
    assert post(running, "AdminSetUserPassword", body).status == 200
    status = running.call("AdminGetUser", UserPoolId=pool, Username="ann")["UserStatus"]
    assert status == ("CONFIRMED" if permanent else "FORCE_CHANGE_PASSWORD")


def test_a_fraction_is_cut_off(running: Running, group: dict[str, Any]) -> None:
    answer = post(running, "CreateGroup", json.dumps({**group, "Precedence": 7.9}))
    assert answer.json["Group"]["Precedence"] == 7


def test_the_same_holds_for_the_other_service(running: Running) -> None:
    answer = post(running, "GetId", '{"Logins": []}', prefix=IDENTITY_TARGET, signed=False)
    assert answer.error == ("SerializationException", LIST)


@pytest.mark.parametrize("value", [10**400, -(10**400), float("inf"), float("nan"), "1", True])
def test_numbers_that_are_none(value: Any) -> None:
    for type_ in ("integer", "long", "double", "float", "timestamp"):
        with pytest.raises(SerializationError):
            convert(Shape("N", type_), value)


def test_numbers_at_their_bounds() -> None:
    assert convert(Shape("I", "integer"), 2**31 - 1) == 2**31 - 1
    assert convert(Shape("I", "integer"), -(2**31)) == -(2**31)
    assert convert(Shape("L", "long"), 2**63 - 1) == 2**63 - 1
    with pytest.raises(SerializationError, match="NUMBER_VALUE can not be converted to a Long"):
        convert(Shape("L", "long"), 2**63)
    assert convert(Shape("D", "double"), 10**300) == 1e300
    with pytest.raises(SerializationError, match="NUMBER_VALUE can not be converted to a Double"):
        convert(Shape("D", "double"), 10**309)


def test_blobs_are_bytes() -> None:
    assert convert(Shape("B", "blob"), "AAEC") == b"\x00\x01\x02"


def test_documents_pass_as_they_are() -> None:
    value = {"a": [None, 1, {"b": True}]}
    assert convert(Shape("Document", "structure", document=True), value) is value

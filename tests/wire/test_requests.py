"""What is refused before an operation sees its input: content type, target, size, JSON."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.helpers.harness import Running
from tests.helpers.raw import IDENTITY_TARGET, JSON_1_1, post

CORAL = {
    "Output": {"__type": "com.amazon.coral.service#UnknownOperationException", "message": None},
    "Version": "1.0",
}


# --- content type and target ------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", [JSON_1_1, JSON_1_1 + "; charset=utf-8", JSON_1_1.upper()])
def test_the_content_type_may_have_parameters_and_any_case(running: Running, content_type: str) -> None:
    assert post(running, "ListUserPools", {"MaxResults": 1}, content_type=content_type).status == 200


@pytest.mark.parametrize("content_type", [None, "", "text/plain", "application/x-amz-json-1.0", "multipart/form-data"])
def test_another_content_type_is_an_unknown_operation(running: Running, content_type: str | None) -> None:
    answer = post(running, "ListUserPools", {"MaxResults": 1}, content_type=content_type)
    assert answer.status == 400
    assert answer.json == {"__type": "UnknownOperationException"}
    assert answer.headers["x-amzn-errortype"] == "UnknownOperationException:"
    assert "x-amzn-errormessage" not in answer.headers


def test_application_json_answers_200_with_an_error_inside(running: Running) -> None:
    answer = post(running, "CreateUserPool", {"PoolName": "p"}, content_type="application/json")
    assert (answer.status, answer.json) == (200, CORAL)
    assert post(running, "ListUserPools", {"MaxResults": 1}).json["UserPools"] == []


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "ListUserPools",
        "AWSCognitoIdentityProviderService",
        "AWSCognitoIdentityProviderService.",
        "AWSCognitoIdentityProviderService.Nope",
        "AWSCognitoIdentityProviderService.listUserPools",
        "AWSCognitoIdentityProviderService.ListUserPools.x",
        "AWSCognitoIdentityProviderService.GetId",
        "AWSCognitoIdentityService.ListUserPools",
        "DynamoDB_20120810.ListTables",
    ],
)
def test_an_unknown_target(running: Running, target: str | None) -> None:
    answer = post(running, None, {"MaxResults": 1}, x_amz_target=target)
    assert (answer.status, answer.json) == (400, {"__type": "UnknownOperationException"})


def test_the_same_name_belongs_to_two_services(running: Running) -> None:
    """TagResource, UntagResource and ListTagsForResource are in both, with different inputs."""
    answer = post(running, "ListTagsForResource", {}, prefix=IDENTITY_TARGET, authorization=None, signed=False)
    assert answer.error[0] == "MissingAuthenticationTokenException"


# --- size ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> Iterator[Running]:
    """A server that takes 1,000 bytes."""
    running = Running(World(Settings(port=0, max_body=1000)))
    yield running
    running.stop()


def _sized(size: int) -> bytes:
    head = b'{"MaxResults":1,"Ignored":"'
    return head + b"x" * (size - len(head) - 2) + b'"}'


def test_a_body_of_the_limit_is_taken(small: Running) -> None:
    assert post(small, "ListUserPools", _sized(1000)).status == 200
    assert post(small, "ListUserPools", iter([_sized(1000)[:500], _sized(1000)[500:]])).status == 200


@pytest.mark.parametrize("size", [1001, 3_000_000])
def test_a_larger_body_is_refused(small: Running, size: int) -> None:
    answer = post(small, "ListUserPools", _sized(size))
    assert answer.status == 413
    assert answer.error == ("RequestEntityTooLargeException", "The request body is larger than 1000 bytes.")


def test_a_larger_body_without_a_length_is_refused(small: Running) -> None:
    answer = post(small, "ListUserPools", iter([b"x" * 600] * 3))
    assert answer.status == 413
    assert answer.error == ("RequestEntityTooLargeException", "The request body is larger than 1000 bytes.")


# --- JSON ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"  \r\n", b"{}", b"null"])
def test_no_input_is_an_empty_input(running: Running, body: bytes) -> None:
    answer = post(running, "CreateUserPool", body)
    text = "1 validation error detected: Value null at 'poolName' failed to satisfy constraint: Member must not be null"
    assert answer.error == ("InvalidParameterException", text)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'PoolName': 'p'}",
        b'{"PoolName": "p"} x',
        b'{"PoolName": "a\nb"}',
        b'{"PoolName": NaN}',
        b'{"PoolName": Infinity}',
        b'{"PoolName": -Infinity}',
        b'{"PoolName": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"PoolName": "\xff"}',
        b'{"PoolName": "\xed\xa0\x80"}',  # a surrogate in what looks like UTF-8
        '{"PoolName": "p"}'.encode("utf-16"),
        '{"PoolName": "p"}'.encode("utf-32-le"),
        b'\xef\xbb\xbf{"PoolName": "p"}',
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"A":' * 50_000 + b"1" + b"}" * 50_000,
        b'{"PoolName": ' + b"9" * 5_000 + b"}",
    ],
    ids=lambda body: repr(body[:24]),
)
def test_what_is_not_json_is_refused_without_a_text(running: Running, body: bytes) -> None:
    answer = post(running, "CreateUserPool", body)
    assert answer.status == 400
    assert answer.json == {"__type": "SerializationException"}
    assert answer.headers["x-amzn-errortype"] == "SerializationException:"


def test_json_is_read_before_the_target(running: Running) -> None:
    assert post(running, "Nope", b"{").json == {"__type": "SerializationException"}


def test_the_last_of_two_equal_names_counts(running: Running) -> None:
    assert post(running, "ListUserPools", b'{"MaxResults":0,"MaxResults":1}').status == 200


def test_pairs_of_surrogates_are_text(running: Running) -> None:
    answer = post(running, "SignUp", b'{"ClientId":"c","Username":"\\ud83c\\udf89","Password":"pass"}', signed=False)
    assert answer.error == ("ResourceNotFoundException", "User pool client c does not exist.")

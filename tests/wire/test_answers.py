"""The form of answers and errors: headers, bodies, status codes, CORS."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cognito_emulator.wire import render
from tests.helpers.harness import Running
from tests.helpers.raw import IDENTITY_TARGET, post, request

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def test_an_answer_has_the_services_headers(running: Running) -> None:
    answer = post(running, "CreateUserPool", {"PoolName": "p"})
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    assert UUID.fullmatch(answer.headers["x-amzn-requestid"])
    assert "date" in answer.headers
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert "x-amzn-errortype" not in answer.headers
    assert "x-amzn-errormessage" not in answer.headers


def test_each_answer_has_its_own_request_id(running: Running) -> None:
    ids = {post(running, "ListUserPools", {"MaxResults": 1}).headers["x-amzn-requestid"] for _ in range(5)}
    assert len(ids) == 5


def test_an_error_names_itself_in_body_and_headers(running: Running) -> None:
    answer = post(running, "DescribeUserPool", {"UserPoolId": "us-east-1_none"})
    text = "User pool us-east-1_none does not exist."
    assert answer.status == 400
    assert answer.json == {"__type": "ResourceNotFoundException", "message": text}
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    assert answer.headers["x-amzn-errortype"] == "ResourceNotFoundException:"
    assert answer.headers["x-amzn-errormessage"] == text
    assert UUID.fullmatch(answer.headers["x-amzn-requestid"])


def test_an_operation_without_output_answers_two_bytes(running: Running) -> None:
    pool = post(running, "CreateUserPool", {"PoolName": "p"}).json["UserPool"]["Id"]
    answer = post(running, "DeleteUserPool", {"UserPoolId": pool})
    assert (answer.status, answer.body) == (200, b"{}")


def test_times_are_numbers_in_seconds_with_milliseconds(running: Running) -> None:
    running.world.clock.freeze(1_548_099_495.42812)
    pool = post(running, "CreateUserPool", {"PoolName": "p"}).json["UserPool"]
    assert pool["CreationDate"] == 1_548_099_495.428
    assert b'"CreationDate":1548099495.428' in post(running, "DescribeUserPool", {"UserPoolId": pool["Id"]}).body


def test_members_without_a_value_are_left_out(running: Running) -> None:
    pool = post(running, "CreateUserPool", {"PoolName": "p"}).json["UserPool"]["Id"]
    answer = post(running, "CreateGroup", {"UserPoolId": pool, "GroupName": "g"})
    assert set(answer.json["Group"]) == {"GroupName", "UserPoolId", "LastModifiedDate", "CreationDate"}
    assert b"null" not in post(running, "ListGroups", {"UserPoolId": pool}).body
    assert "NextToken" not in post(running, "ListGroups", {"UserPoolId": pool}).json


def test_text_is_utf_8_and_not_escaped(running: Running) -> None:
    pool = post(running, "CreateUserPool", {"PoolName": "p"}).json["UserPool"]["Id"]
    group = {"UserPoolId": pool, "GroupName": "größe-☃", "Description": 'a"b\\c\n🎉'}
    answer = post(running, "CreateGroup", group)
    assert "größe-☃".encode() in answer.body
    assert answer.json["Group"]["Description"] == 'a"b\\c\n🎉'


def test_an_error_text_is_one_printable_line_in_its_header(running: Running) -> None:
    answer = post(running, "CreateUserPool", {"PoolName": "a\u0000b\r\nX-Evil: 1 \u2028 é\u007f!"})  # NUL, DEL
    assert answer.status == 400
    assert "x-evil" not in answer.headers
    assert re.fullmatch(r"[\x20-\x7e]+", answer.headers["x-amzn-errormessage"])
    assert "Value 'a b X-Evil: 1 ? !' at 'poolName'" in answer.headers["x-amzn-errormessage"]


def test_a_long_error_text_is_cut_in_its_header_only(running: Running) -> None:
    """Clients refuse a header of some kilobytes, and with it the whole answer."""
    answer = post(running, "CreateUserPool", {"PoolName": "x" * 200_000})
    assert len(answer.headers["x-amzn-errormessage"]) <= 1024
    assert len(answer.json["message"]) > 200_000


def test_cors_headers_are_on_answers_and_errors(running: Running) -> None:
    good = post(running, "ListUserPools", {"MaxResults": 1})
    bad = post(running, "ListUserPools", {"MaxResults": 0})
    for answer in (good, bad, post(running, None)):
        assert answer.headers["access-control-allow-origin"] == "*"
        exposed = answer.headers["access-control-expose-headers"].lower().split(",")
        assert {"x-amzn-requestid", "x-amzn-errortype", "x-amzn-errormessage", "date"} <= set(exposed)
        assert "access-control-allow-credentials" not in answer.headers
    assert (good.status, bad.status) == (200, 400)


def test_preflight_allows_what_amplify_asks_for(running: Running) -> None:
    wanted = "content-type,x-amz-target,x-amz-user-agent,cache-control,amz-sdk-invocation-id,amz-sdk-request"
    asked = {
        "Origin": "http://localhost:3000",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": wanted,
    }
    answer = request(running, "OPTIONS", "/", headers=asked)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"] == wanted
    assert answer.headers["access-control-max-age"] == "172800"


def test_the_other_service_answers_at_the_same_place(running: Running) -> None:
    answer = post(running, "GetId", {"IdentityPoolId": "us-east-1:0"}, prefix=IDENTITY_TARGET, signed=False)
    assert answer.status in (200, 400, 501)
    assert "__type" not in answer.json or answer.error[0] != "UnknownOperationException"


def test_boto3_reads_an_error(idp: Any) -> None:
    with pytest.raises(idp.exceptions.ResourceNotFoundException) as caught:
        idp.describe_user_pool(UserPoolId="us-east-1_none")
    assert caught.value.response["Error"]["Message"] == "User pool us-east-1_none does not exist."
    assert UUID.fullmatch(caught.value.response["ResponseMetadata"]["RequestId"])


def test_the_lines_of_an_answer_are_its_headers() -> None:
    headers = [*render.headers("id", 12), *render.CORS]
    assert render.lines("id", 12) == b"".join(name + b": " + value + b"\r\n" for name, value in headers)

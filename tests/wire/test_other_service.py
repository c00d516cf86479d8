"""Calls of other services without --fallback: each SDK client shows a sentence that names the right variable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.parsers import PROTOCOL_PARSERS, create_parser

from cognito_emulator.wire.other_service import NotCognito, OtherCall, Protocol, find, render
from tests.helpers.console_site import newest
from tests.helpers.harness import Running
from tests.helpers.raw import JSON_1_1, authorization, post

VARIABLE = "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"
WEB_IDENTITY = b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
FORM = b"application/x-www-form-urlencoded; charset=utf-8"

CALLS: dict[str, Callable[[Any], Any]] = {
    "sts": lambda client: client.get_caller_identity(),  # Query
    "sns": lambda client: client.publish(TopicArn="arn:aws:sns:us-east-1:000000000000:t", Message="m"),
    "sqs": lambda client: client.list_queues(),  # JSON 1.0
    "events": lambda client: client.list_rules(),  # JSON 1.1
    "sesv2": lambda client: client.get_account(),  # REST-JSON
    "s3": lambda client: client.list_objects_v2(Bucket="bucket"),  # REST-XML
    "cloudfront": lambda client: client.list_distributions(),  # REST-XML, its errors in an envelope
}


@pytest.mark.parametrize("service", CALLS)
def test_boto3_shows_which_variable_is_meant(running: Running, service: str) -> None:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    client: Any = boto3.client(service, endpoint_url=running.url, region_name="us-east-1", **keys)
    with pytest.raises(ClientError) as refused:
        CALLS[service](client)
    answer = refused.value.response
    assert answer["Error"]["Code"] == "NotCognitoException"
    assert VARIABLE in answer["Error"]["Message"]
    assert "--fallback" in answer["Error"]["Message"]
    assert answer["ResponseMetadata"]["RetryAttempts"] == 0
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert answer["ResponseMetadata"]["RequestId"]


@pytest.mark.parametrize(("protocol", "parser"), [(Protocol.EC2, "ec2"), (Protocol.CBOR, "smithy-rpc-v2-cbor")])
def test_botocore_reads_the_errors_of_the_other_protocols(protocol: Protocol, parser: str) -> None:
    if parser not in PROTOCOL_PARSERS:
        pytest.skip(f"this botocore does not know {parser}")
    headers, body = render(protocol, NotCognito("<x>"), "request-1")
    given = {name.decode(): value.decode() for name, value in headers}
    parsed = create_parser(parser).parse({"headers": given, "body": body, "status_code": 400}, None)
    assert parsed["Error"]["Code"] == "NotCognitoException"
    assert parsed["Error"]["Message"] == NotCognito("<x>").message


def test_it_is_seen_in_the_journal_with_its_rule(running: Running) -> None:
    answer = post(running, None, WEB_IDENTITY, signed=False, content_type=FORM.decode())
    assert answer.status == 400
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-emulator-why"].startswith(f"{running.url}/_emulator/requests/")
    assert VARIABLE in answer.body.decode()
    entry = newest(running)
    assert (entry.error, entry.reason and entry.reason.rule) == ("NotCognitoException", "api.other-service")


def test_a_body_that_is_not_read_is_dropped(running: Running) -> None:
    for _ in range(2):
        answer = post(running, None, b"x" * 300_000, authorization=authorization(service="s3"), content_type=None)
        assert answer.status == 400
        assert VARIABLE in answer.body.decode()


def test_targets_of_cognito_are_refused_as_ever(running: Running) -> None:
    """Its own targets with a signature for another service, and unknown targets signed for Cognito."""
    wrong = post(running, "ListUserPools", {"MaxResults": 1}, authorization=authorization(service="dynamodb"))
    assert wrong.error == (
        "InvalidSignatureException",
        "Credential should be scoped to correct service: 'cognito-idp'.",
    )
    unknown = post(running, None, {}, x_amz_target="DynamoDB_20120810.ListTables")
    assert unknown.json == {"__type": "UnknownOperationException"}
    assert post(running, None, {}, prefix="", x_amz_target="TrentService.ListKeys").status == 501


def header(service: str, key: str = "AKID") -> dict[bytes, bytes]:
    return {b"authorization": authorization(key, service=service).encode()}


@pytest.mark.parametrize(
    ("method", "path", "headers", "query", "expected"),
    [
        ("GET", "/bucket/key", header("s3"), b"", OtherCall("s3", Protocol.S3)),
        ("GET", "/bucket/key", header("s3", "any/key+of:a-form"), b"", OtherCall("s3", Protocol.S3)),
        ("GET", "/", header("s3"), b"", OtherCall("s3", Protocol.S3)),
        ("POST", "/eu-west-1", {b"content-type": FORM}, b"", OtherCall("", Protocol.QUERY)),
        ("POST", "/", {**header("ec2"), b"content-type": FORM}, b"", OtherCall("ec2", Protocol.EC2)),
        (
            "GET",
            "/",
            {},
            b"Action=GetCallerIdentity&X-Amz-Credential=AKID%2F20260905%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=1",
            OtherCall("sts", Protocol.QUERY),
        ),
        (
            "POST",
            "/",
            {b"authorization": b"AWS4-ECDSA-P256-SHA256 Credential=AKID/20260905/s3/aws4_request, SignedHeaders=host"},
            b"",
            OtherCall("s3", Protocol.S3),
        ),
        ("POST", "/service/x", {**header("monitoring"), b"smithy-protocol": b"rpc-v2-cbor"}, b"",
         OtherCall("monitoring", Protocol.CBOR)),
        # Not another service's:
        ("GET", "/bucket/key", {}, b"", None),
        ("POST", "/login", {b"content-type": FORM}, b"", None),
        ("POST", "/oauth2/token", {b"content-type": FORM}, b"", None),
        ("POST", "/", header("cognito-idp"), b"", None),
        ("POST", "/", header("cognito-identity"), b"", None),
        ("POST", "/", {b"authorization": b"Bearer Credential=AKID/20260905/us-east-1/s3/aws4_request"}, b"", None),
        ("PUT", "/_import/1", {}, b"X-Amz-Credential=AKID%2F20260905%2Fus-east-1%2Fs3%2Faws4_request", None),
        ("GET", "/_emulator/info", header("s3"), b"", None),
        ("POST", "/", {**header("kms"), b"x-amz-target": b"TrentService.ListKeys"}, b"", None),
        ("POST", "/", {b"content-type": JSON_1_1.encode()}, b"", None),
    ],
)  # fmt: skip
def test_what_is_another_service_s(
    method: str, path: str, headers: dict[bytes, bytes], query: bytes, expected: OtherCall | None
) -> None:
    assert find(method, path, headers, query) == expected

"""`/_localstack/chaos/faults`: rules in LocalStack's form."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.helpers.control_api import CLIENT, POOL, Control
from tests.helpers.raw_control import raw

PATH = "/_localstack/chaos/faults"
DOWN = {"service": "cognito-idp", "region": "us-east-1"}


def failure(control: Control, region: str = "us-east-1", service: str = "cognito-idp") -> tuple[str, int, str] | None:
    """How a signed call ends in a Region."""
    config = Config(retries={"total_max_attempts": 1})
    client = control.emulator.client(service, region, config=config)
    try:
        if service == "cognito-idp":
            client.list_user_pools(MaxResults=1)
        else:
            client.list_identity_pools(MaxResults=1)
    except ClientError as error:
        answer = error.response
        return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]
    return None


def test_an_outage_of_everything(control: Control) -> None:
    assert control("POST", PATH, [{}]).json == [{}]
    expected = ("ServiceUnavailable", 503, "Operation failed due to a simulated fault")
    assert failure(control) == failure(control, "eu-west-1") == failure(control, service="cognito-identity") == expected
    assert control("POST", PATH, []).json == []
    assert failure(control) is None


def test_services_regions_and_operations(control: Control) -> None:
    control("POST", PATH, [DOWN])
    assert failure(control)
    assert failure(control, "eu-west-1") is None
    assert failure(control, service="cognito-identity") is None
    control("POST", PATH, [{"service": "cognito_identity"}, {"service": "s3"}, {"operation": "DescribeUserPool"}])
    assert failure(control, service="cognito-identity")
    assert failure(control) is None
    control("POST", PATH, [{"operation": "ListUserPools", "error": {"statusCode": 450, "code": "TeaPotError"}}])
    assert failure(control) == ("TeaPotError", 450, "Operation failed due to a simulated fault")


def test_an_unsigned_call_is_of_the_settings_region(control: Control) -> None:
    client = control.emulator.client(config=Config(retries={"total_max_attempts": 1}))
    control("POST", PATH, [{"region": "eu-west-1"}])
    client.forgot_password(ClientId=CLIENT, Username="ann")
    control("POST", PATH, [DOWN])
    with pytest.raises(ClientError, match="simulated fault"):
        client.forgot_password(ClientId=CLIENT, Username="ann")


def test_probability(control: Control) -> None:
    control("POST", PATH, [{"probability": 0.0}])
    assert failure(control) is None
    control("POST", PATH, [{"probability": 0.5}])
    found = {failure(control) is None for _ in range(40)}
    assert found == {True, False}


def test_methods(control: Control) -> None:
    one, two = {"region": "us-east-1", "service": "kms", "description": "text"}, {"service": "kms"}
    own = control("PATCH", "/_emulator/faults", {"id": "own", "operation": "SignUp", "error": 500}).json["faults"]
    assert control("POST", PATH, [one]).json == [one]
    assert control("PATCH", PATH, [two]).json == [one, two]
    assert control("GET", PATH).json == [one, two]
    assert control("DELETE", PATH, [one]).json == [two]
    assert control("DELETE", PATH, [one]).json == [two]
    assert control("POST", PATH, [one]).json == [one]
    assert control("DELETE", PATH, []).json == []
    assert control("GET", "/_emulator/faults").json["faults"] == own, "the others stay"
    control("POST", PATH, [DOWN])
    control("POST", "/_emulator/reset")
    assert control("GET", PATH).json == []


@pytest.mark.parametrize(
    ("rules", "text"),
    [
        ([{"region": "us*"}], "'region' must be a text of the form [a-z0-9-]+."),
        ([{"region": ""}], "'region' must be"),
        ([{"operation": "Put42Items"}], "'operation' must be a text of the form [A-Za-z]+."),
        ([{"operation": 7}], "'operation' must be"),
        ([{}, {"service": ""}], "Rule 2: 'service' must be"),
        ([{"probability": 1.1}], "'probability' must be a number from 0 to 1."),
        ([{"probability": True}], "'probability' must be"),
        ([{"error": {"blah": 814}}], "Unknown member 'blah' in 'error'; known: statusCode, code."),
        ([{"error": {"statusCode": 300}}], "'statusCode' must be a whole number from 400 to 599."),
        ([{"error": {"code": ""}}], "'code' must be"),
        ([{"error": {"code": "a\r\nb"}}], "'code' must be"),
        ([{"error": 7}], "'error' must be an object"),
        ([{"description": 7}], "'description' must be a text."),
        ([{"foo": 1}], "Unknown member 'foo'; known: region, service, operation, probability, error, description."),
        ([7], "A rule must be a JSON object."),
        ({}, "The body must be a JSON array of rules."),
        ([{}] * 1001, "There may be 1000 rules at most."),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_what_is_wrong_changes_nothing(control: Control, method: str, rules: Any, text: str) -> None:
    control("POST", PATH, [{"service": "kms"}])
    answer = control(method, PATH, rules)
    assert answer.status == 400
    assert answer.json["message"].startswith(text)
    assert control("GET", PATH).json == [{"service": "kms"}]


def test_it_is_guarded_as_the_control_api_is(control: Control) -> None:
    host = f"localhost:{control.emulator.port}"
    assert raw(control, "POST", PATH, {"host": host, "content-type": "text/plain"}, "[{}]")[0] == 415
    headers = {"host": host, "content-type": "application/json", "origin": "http://evil.example"}
    assert raw(control, "POST", PATH, headers, "[{}]")[0] == 403
    assert raw(control, "GET", PATH, {"host": "evil.example"})[0] == 403
    assert control.emulator.client().describe_user_pool(UserPoolId=POOL)

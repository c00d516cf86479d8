"""Triggers whose functions are behind a Lambda API, from the sign-in to the endpoint and back."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from cognito_emulator.server import Emulator
from tests.helpers.build import refused
from tests.helpers.lambda_server import Answer, LambdaServer, Request

NO_JSON = "Invalid lambda function output : Invalid JSON"
ARN = "arn:aws:lambda:us-east-1:000000000000:function:before"
SEED = {
    "UserPools": [
        {
            "PoolName": "local",
            "Id": "us-east-1_local",
            "LambdaConfig": {"PreAuthentication": ARN},
            "Clients": [{"ClientName": "web", "ClientId": "web", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]}],
            "Users": [{"Username": "ann", "Password": "Password-1"}],
        }
    ]
}


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[LambdaServer, Emulator]]:
    server = LambdaServer()
    with Emulator(seed=SEED, lambda_endpoint=server.url) as emulator:
        yield server, emulator
    server.stop()


@pytest.fixture
def server(both: tuple[LambdaServer, Emulator]) -> LambdaServer:
    both[0].requests.clear()
    both[0].answer = lambda request: Answer(body=request.body)
    return both[0]


@pytest.fixture
def emulator(both: tuple[LambdaServer, Emulator]) -> Emulator:
    return both[1]


def sign_in(emulator: Emulator) -> Any:
    return emulator.client().initiate_auth(
        ClientId="web", AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "ann", "PASSWORD": "Password-1"}
    )["AuthenticationResult"]


def test_the_function_lets_the_user_in(server: LambdaServer, emulator: Emulator) -> None:
    assert sign_in(emulator)
    (request,) = server.requests
    assert request.path == "/2015-03-31/functions/before/invocations"
    assert json.loads(request.body)["triggerSource"] == "PreAuthentication_Authentication"


@pytest.mark.parametrize(
    ("answer", "code", "message"),
    [
        (Answer(200, b'{"errorMessage": "no e-mail", "errorType": "Error"}', {"X-Amz-Function-Error": "Unhandled"}),
         "UserLambdaValidationException", "PreAuthentication failed with error no e-mail."),
        (Answer(200, b"null"), "InvalidLambdaResponseException", NO_JSON),
        (Answer(200, b""), "InvalidLambdaResponseException", NO_JSON),
        (Answer(200, b"<html>"), "InvalidLambdaResponseException", NO_JSON),
        (Answer(200, b"{}"), "InvalidLambdaResponseException", "Unrecognizable lambda output"),
        (Answer(200, b'"text"'), "InvalidLambdaResponseException", "Unrecognizable lambda output"),
        (Answer(403, b"{}"), "UnexpectedLambdaException",
         "PreAuthentication invocation failed due to error AccessDeniedException."),
        (Answer(404, b"{}"), "UnexpectedLambdaException",
         "PreAuthentication invocation failed due to error ResourceNotFoundException."),
        (Answer(500, b"{}"), "UnexpectedLambdaException",
         "PreAuthentication invocation failed due to error ServiceException."),
    ],
)  # fmt: skip
def test_the_function_does_not(
    server: LambdaServer, emulator: Emulator, answer: Answer, code: str, message: str
) -> None:
    server.answer = lambda _: answer
    with refused(code, message):
        sign_in(emulator)
    assert len(server.requests) == 1


def test_the_function_does_not_answer(
    server: LambdaServer, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(_: Request) -> Answer:
        go_on.wait(10)
        return Answer()

    server.answer = slow
    monkeypatch.setattr(emulator.world.triggers, "limit", 0.05)
    text = "PreAuthentication invocation failed due to error Socket timeout while invoking Lambda function."
    with refused("UnexpectedLambdaException", text):
        sign_in(emulator)
    go_on.set()
    assert len(server.requests) <= 1  # none, if the limit was over before the connection was there


def test_the_function_calls_back(server: LambdaServer, emulator: Emulator) -> None:
    def look_up(request: Request) -> Answer:
        event = json.loads(request.body)
        found = emulator.client().admin_get_user(UserPoolId=event["userPoolId"], Username=event["userName"])
        assert found["UserStatus"] == "CONFIRMED"
        return Answer(body=request.body)

    server.answer = look_up
    assert sign_in(emulator)


def test_the_limit_is_five_seconds(emulator: Emulator) -> None:
    """Developer guide: "must respond within 5 seconds"."""
    assert emulator.world.triggers.limit == 5

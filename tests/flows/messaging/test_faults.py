"""Faults of triggers and of the delivery of messages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cognito_emulator.ports.lambda_callable import CallableFunction
from cognito_emulator.ports.triggers import Router
from tests.helpers.build import PASSWORD, setup, user
from tests.helpers.faults import entry_of, fail, struck
from tests.helpers.harness import Running
from tests.helpers.site import EMAIL, site

ARN = "arn:aws:lambda:us-east-1:000000000000:function:f"
SOCKET = "invocation failed due to error Socket timeout while invoking Lambda function."
FLOW = "USER_PASSWORD_AUTH"


def refusal(call: Any, **members: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**members)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.fixture
def called(running: Running) -> Iterator[list[Any]]:
    """The events of the function ARN, which changes nothing."""
    events: list[Any] = []

    def function(event: Any, _: Any) -> Any:
        events.append(event)
        return event

    async def bind() -> None:
        running.world.triggers.bind(ARN, CallableFunction(function))

    running.run(bind())
    yield events
    running.world.triggers.unbind(ARN)


# --- triggers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effect", "refused"),
    [
        ({"error": "timeout"}, ("UnexpectedLambdaException", f"PreAuthentication {SOCKET}")),
        ({"error": {"code": "failed", "message": "no"}},
         ("UserLambdaValidationException", "PreAuthentication failed with error no.")),
        ({"error": "unreachable"},
         ("UnexpectedLambdaException", "PreAuthentication invocation failed due to error ServiceException.")),
        ({"drop": True},
         ("UnexpectedLambdaException", "PreAuthentication invocation failed due to error ServiceException.")),
        ({"error": "TooManyRequestsException"},
         ("UnexpectedLambdaException", "PreAuthentication invocation failed due to error TooManyRequestsException.")),
        ({"error": "bad_answer"},
         ("InvalidLambdaResponseException", "Invalid lambda function output : Invalid JSON")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("operation", ["PreAuthentication", "PreAuthentication_Authentication", "*"])
def test_a_trigger_that_fails(
    running: Running, idp: Any, called: list[Any], effect: dict[str, Any], refused: tuple[str, str], operation: str
) -> None:
    at = setup(running, LambdaConfig={"PreAuthentication": ARN})
    user(running, at.pool)
    rule = fail(
        running, target="trigger", operation=operation, times=1, match={"pool": at.pool, "user": "ann"}, **effect
    )
    members = {"ClientId": at.client, "AuthFlow": FLOW, "AuthParameters": {"USERNAME": "ann", "PASSWORD": PASSWORD}}
    assert refusal(idp.initiate_auth, **members) == refused
    assert not called, "the function itself was not called"
    entry = entry_of(running, rule)
    assert [bool(call.error) for call in entry.triggers] == [True]
    assert "AuthenticationResult" in idp.initiate_auth(**members)
    assert len(called) == 1


def test_other_triggers_go_on(running: Running, idp: Any, called: list[Any]) -> None:
    at = setup(running, LambdaConfig={"PreAuthentication": ARN})
    user(running, at.pool)
    for rule in ({"operation": "PostAuthentication"}, {"match": {"user": "bob"}}, {"match": {"client": "other"}}):
        fail(running, target="trigger", error="timeout", **rule)
    members = {"ClientId": at.client, "AuthFlow": FLOW, "AuthParameters": {"USERNAME": "ann", "PASSWORD": PASSWORD}}
    assert "AuthenticationResult" in idp.initiate_auth(**members)
    assert called


def test_the_token_trigger_is_called_by_its_name_in_lambda_config(
    running: Running, idp: Any, called: list[Any]
) -> None:
    at = setup(running, LambdaConfig={"PreTokenGeneration": ARN})
    user(running, at.pool)
    rule = fail(running, target="trigger", operation="PreTokenGeneration", error="timeout")
    members = {"ClientId": at.client, "AuthFlow": FLOW, "AuthParameters": {"USERNAME": "ann", "PASSWORD": PASSWORD}}
    assert refusal(idp.initiate_auth, **members)[0] == "UnexpectedLambdaException"
    assert struck(running, rule) == 1


def test_a_slow_trigger_uses_up_its_time(
    running: Running, idp: Any, called: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running.world.triggers, "limit", 0.2)
    at = setup(running, LambdaConfig={"PreAuthentication": ARN})
    user(running, at.pool)
    fail(running, target="trigger", latency_ms=400, times=1)
    fail(running, target="trigger", latency_ms=20, times=1)
    members = {"ClientId": at.client, "AuthFlow": FLOW, "AuthParameters": {"USERNAME": "ann", "PASSWORD": PASSWORD}}
    assert refusal(idp.initiate_auth, **members)[1] == f"PreAuthentication {SOCKET}"
    assert not called
    answer = idp.initiate_auth(**members)
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-emulator-fault"]
    assert called


def test_a_second_attempt_may_pass(
    running: Running, idp: Any, called: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running.world.triggers, "_attempts", 2)
    at = setup(running, LambdaConfig={"PreAuthentication": ARN})
    user(running, at.pool)
    rule = fail(running, target="trigger", error="timeout", times=1)
    members = {"ClientId": at.client, "AuthFlow": FLOW, "AuthParameters": {"USERNAME": "ann", "PASSWORD": PASSWORD}}
    assert "AuthenticationResult" in idp.initiate_auth(**members)
    assert (len(called), struck(running, rule)) == (1, 1)


def test_a_custom_sender_that_cannot_be_reached(running: Running, idp: Any, called: list[Any]) -> None:
    sender = {"LambdaArn": ARN, "LambdaVersion": "V1_0"}
    key = "arn:aws:kms:us-east-1:000000000000:key/k"
    at = setup(running, LambdaConfig={"CustomEmailSender": sender, "KMSKeyID": key}, **EMAIL)
    user(running, at.pool, email="ann@example.com", email_verified="true")
    rule = fail(running, target="trigger", operation="CustomEmailSender", error="failed", times=1)
    idp.forgot_password(ClientId=at.client, Username="ann")
    running.run(running.world.triggers.settled())
    assert (len(called), struck(running, rule)) == (0, 1)
    idp.forgot_password(ClientId=at.client, Username="ann")
    running.run(running.world.triggers.settled())
    assert len(called) == 1


def test_a_router_of_its_own_has_no_rules() -> None:
    async def call() -> Any:
        router = Router()
        router.bind(ARN, CallableFunction(lambda event, _: event))
        return await router.invoke(ARN, {"a": 1})

    assert asyncio.run(call()) == {"a": 1}


# --- messages ------------------------------------------------------------------------------------------------


def sent(running: Running) -> list[str]:
    return [message.purpose for message in running.world.outbox.all()]


def test_a_code_that_is_not_delivered(running: Running, idp: Any) -> None:
    at = setup(running, **EMAIL)
    rule = fail(running, target="delivery", error="CodeDeliveryFailureException", times=2)
    members = {"ClientId": at.client, "Username": "ann", "Password": PASSWORD}
    members["UserAttributes"] = [{"Name": "email", "Value": "ann@example.com"}]  # type: ignore[assignment]
    code, _ = refusal(idp.sign_up, **members)
    assert code == "CodeDeliveryFailureException"
    assert entry_of(running, rule).error == code
    assert idp.admin_get_user(UserPoolId=at.pool, Username="ann")["UserStatus"] == "UNCONFIRMED"
    assert refusal(idp.resend_confirmation_code, ClientId=at.client, Username="ann")[0] == code
    assert sent(running) == []
    idp.resend_confirmation_code(ClientId=at.client, Username="ann")
    assert sent(running) == ["resend"]


def test_an_operation_that_models_no_such_error_says_nothing(running: Running, idp: Any) -> None:
    at = setup(running, **EMAIL)
    user(running, at.pool, email="ann@example.com", email_verified="true")
    rule = fail(running, target="delivery", operation="recovery", match={"user": "ann@example.com"}, error=UNDELIVERED)
    answer = idp.admin_reset_user_password(UserPoolId=at.pool, Username="ann")
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-emulator-fault"] == rule
    assert sent(running) == []


UNDELIVERED = {"message": "lost"}


@pytest.mark.parametrize("rule", [{"operation": "SMS"}, {"operation": "mfa"}, {"match": {"user": "bob"}}])
def test_other_messages_arrive(running: Running, idp: Any, rule: dict[str, Any]) -> None:
    at = setup(running, **EMAIL)
    user(running, at.pool, email="ann@example.com", email_verified="true")
    fail(running, target="delivery", drop=True, **rule)
    idp.forgot_password(ClientId=at.client, Username="ann")
    assert sent(running) == ["recovery"]


def test_a_message_that_is_lost_without_a_word(running: Running, idp: Any) -> None:
    at = setup(running, **EMAIL)
    user(running, at.pool, email="ann@example.com", email_verified="true")
    rule = fail(running, target="delivery", operation="EMAIL", drop=True, match={"pool": at.pool, "client": at.client})
    assert "CodeDeliveryDetails" in idp.forgot_password(ClientId=at.client, Username="ann")
    assert (sent(running), struck(running, rule)) == ([], 1)


def test_a_late_message_arrives(running: Running, idp: Any) -> None:
    at = setup(running, **EMAIL)
    user(running, at.pool, email="ann@example.com", email_verified="true")
    fail(running, target="delivery", latency_ms=30)
    idp.forgot_password(ClientId=at.client, Username="ann")
    assert sent(running) == ["recovery"]


def test_the_pool_exports_what_was_not_delivered(running: Running, idp: Any) -> None:
    at = setup(running, **EMAIL)
    user(running, at.pool, email="ann@example.com", email_verified="true")
    group = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/vendedlogs/cognito"
    target = {
        "LogLevel": "ERROR",
        "EventSource": "userNotification",
        "CloudWatchLogsConfiguration": {"LogGroupArn": group},
    }
    idp.set_log_delivery_configuration(UserPoolId=at.pool, LogConfigurations=[target])
    fail(running, target="delivery", drop=True)
    idp.forgot_password(ClientId=at.client, Username="ann")
    assert len(running.world.exported_logs.all()) == 1


def test_a_page_tells_the_user(running: Running) -> None:
    at = site(running, **EMAIL)
    user(running, at.pool, email="ann@example.com", email_verified="true")
    fail(running, target="delivery", error={"message": "It could not be sent."}, times=1)
    browser = at.at("/forgotPassword")
    assert browser.submit(username="ann").error is not None
    assert sent(running) == []
    browser.submit(username="ann")
    assert sent(running) == ["recovery"]


def test_nothing_made_by_hand_is_struck(running: Running) -> None:
    at = setup(running, **EMAIL)
    fail(running, target="delivery", drop=True)
    attributes = [{"Name": "email", "Value": "ann@example.com"}]
    running.call("AdminCreateUser", UserPoolId=at.pool, Username="ann", UserAttributes=attributes)
    assert sent(running) == ["invitation"], "it came by no request that faults are for"

"""Where a pool's logs go."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain.threats import log_delivery
from tests.helpers.build import refused
from tests.helpers.harness import Running

GROUP = {"LogGroupArn": "arn:aws:logs:us-east-1:000000000000:log-group:cognito"}
BUCKET = {"BucketArn": "arn:aws:s3:::logs"}
STREAM = {"StreamArn": "arn:aws:firehose:us-east-1:000000000000:deliverystream/logs"}
ERRORS = {"EventSource": "userNotification", "LogLevel": "ERROR", "CloudWatchLogsConfiguration": GROUP}
EVENTS = {"EventSource": "userAuthEvents", "LogLevel": "INFO"}


def pool(running: Running, tier: str = "ESSENTIALS") -> str:
    return str(running.call("CreateUserPool", PoolName="p", UserPoolTier=tier)["UserPool"]["Id"])


def put(idp: Any, pool_id: str, *entries: Any) -> Any:
    answer = idp.set_log_delivery_configuration(UserPoolId=pool_id, LogConfigurations=list(entries))
    return answer["LogDeliveryConfiguration"]


def get(idp: Any, pool_id: str) -> Any:
    return idp.get_log_delivery_configuration(UserPoolId=pool_id)["LogDeliveryConfiguration"]


def test_set_replaces_and_empties(running: Running, idp: Any) -> None:
    plus = pool(running, "PLUS")
    assert get(idp, plus) == {"UserPoolId": plus, "LogConfigurations": []}
    both = [ERRORS, {**EVENTS, "S3Configuration": BUCKET}]
    assert put(idp, plus, *both) == get(idp, plus) == {"UserPoolId": plus, "LogConfigurations": both}
    for target in (
        {"CloudWatchLogsConfiguration": GROUP},
        {"S3Configuration": BUCKET},
        {"FirehoseConfiguration": STREAM},
    ):
        put(idp, plus, {**EVENTS, **target})
        assert get(idp, plus)["LogConfigurations"] == [{**EVENTS, **target}]
    # What is shown can be sent back.
    assert put(idp, plus, *get(idp, plus)["LogConfigurations"]) == get(idp, plus)
    put(idp, plus)
    assert get(idp, plus)["LogConfigurations"] == []


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        ([ERRORS, ERRORS], "EventSource userNotification is given more than once."),
        ([{**ERRORS, "LogLevel": "INFO"}], "LogLevel must be ERROR for EventSource userNotification."),
        (
            [{**EVENTS, "LogLevel": "ERROR", "S3Configuration": BUCKET}],
            "LogLevel must be INFO for EventSource userAuthEvents.",
        ),
        ([EVENTS], "Exactly one log destination is required for EventSource userAuthEvents."),
        (
            [{**EVENTS, "S3Configuration": BUCKET, "FirehoseConfiguration": STREAM}],
            "Exactly one log destination is required for EventSource userAuthEvents.",
        ),
        (
            [{"EventSource": "userNotification", "LogLevel": "ERROR", "S3Configuration": BUCKET}],
            "EventSource userNotification can be delivered to CloudWatch Logs only.",
        ),
    ],
)
def test_refusals(running: Running, idp: Any, entries: Any, text: str) -> None:
    plus = pool(running, "PLUS")
    put(idp, plus, ERRORS)
    with refused("InvalidParameterException", text):
        put(idp, plus, *entries)
    assert get(idp, plus)["LogConfigurations"] == [ERRORS]


def test_user_activity_needs_plus(running: Running, idp: Any) -> None:
    essentials = pool(running)
    assert put(idp, essentials, ERRORS)["LogConfigurations"] == [ERRORS]
    text = (
        "The following features need to be disabled for the ESSENTIALS pricing tier configured: "
        "User Auth Events Log Export"
    )
    with refused("FeatureUnavailableInTierException", text):
        put(idp, essentials, {**EVENTS, "S3Configuration": BUCKET})
    assert get(idp, essentials)["LogConfigurations"] == [ERRORS]


def test_the_plan_sinks_only_without_user_activity(running: Running, idp: Any) -> None:
    plus = pool(running, "PLUS")
    put(idp, plus, ERRORS, {**EVENTS, "S3Configuration": BUCKET})
    for tier in ("ESSENTIALS", "LITE"):
        text = (
            f"The following features need to be disabled for the {tier} pricing tier configured: "
            "User Auth Events Log Export"
        )
        with refused("FeatureUnavailableInTierException", text):
            idp.update_user_pool(UserPoolId=plus, UserPoolTier=tier)
    put(idp, plus, ERRORS)
    idp.update_user_pool(UserPoolId=plus, UserPoolTier="ESSENTIALS")
    assert idp.describe_user_pool(UserPoolId=plus)["UserPool"]["UserPoolTier"] == "ESSENTIALS"


def test_a_destination_without_a_name_gets_nothing(running: Running, idp: Any) -> None:
    made = pool(running)
    nameless = {**ERRORS, "CloudWatchLogsConfiguration": {}}
    assert put(idp, made, nameless)["LogConfigurations"] == [nameless]
    logs = running.world.store.log_deliveries.get((made, "us-east-1"))
    assert log_delivery.destination(logs, "userNotification") is None


def test_unknown_pool(idp: Any) -> None:
    for call in (put, get):
        with refused("ResourceNotFoundException", "User pool us-east-1_000000000 does not exist."):
            call(idp, "us-east-1_000000000")


def test_deleting_the_pool(running: Running, idp: Any) -> None:
    made = pool(running)
    put(idp, made, ERRORS)
    idp.delete_user_pool(UserPoolId=made)
    assert len(running.world.store.log_deliveries) == 0

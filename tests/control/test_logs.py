"""`/_emulator/logs`: what SetLogDeliveryConfiguration exports."""

from __future__ import annotations

import json
import time
from http.client import HTTPConnection
from typing import Any

from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.helpers.build import PASSWORD, Setup, refused, setup, sign_in, user
from tests.helpers.control_api import POOL, Control
from tests.helpers.fingerprint import encoded
from tests.helpers.harness import Running
from tests.helpers.protected import HOME, configure, fix, from_, leak, locate, protected

GROUP = "arn:aws:logs:us-east-1:000000000000:log-group:exported"
BUCKET = "arn:aws:s3:::exported"
ACTIVITY = {
    "EventSource": "userAuthEvents",
    "LogLevel": "INFO",
    "S3Configuration": {"BucketArn": BUCKET},
}
NOTIFICATION = {
    "EventSource": "userNotification",
    "LogLevel": "ERROR",
    "CloudWatchLogsConfiguration": {"LogGroupArn": GROUP},
}


def ask(running: Running, method: str = "GET", query: str = "") -> list[Any]:
    connection = HTTPConnection("127.0.0.1", running.port)
    connection.request(method, f"/_emulator/logs{query}", headers={"content-type": "application/json"})
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    assert answer.status == 200, body
    found: list[Any] = body["logs"]
    return found


def exporting(running: Running, *configurations: Any, mode: str = "AUDIT") -> Setup:
    made = setup(running, UserPoolTier="PLUS", UserPoolAddOns={"AdvancedSecurityMode": mode})
    user(running, made.pool)
    running.call("SetLogDeliveryConfiguration", UserPoolId=made.pool, LogConfigurations=list(configurations))
    return made


def test_a_sign_in_is_exported(running: Running, idp: Any) -> None:
    made = exporting(running, ACTIVITY, NOTIFICATION)
    running.world.clock.freeze(1_721_237_155.5)
    sign_in(idp, made)
    (log,) = ask(running)
    assert log["destination"] == BUCKET
    message = log["entry"].pop("message")
    assert log["entry"] == {
        "eventTimestamp": "1721237155500",
        "eventSource": "USER_ACTIVITY",
        "logLevel": "INFO",
        "logSourceId": {"userPoolId": made.pool},
    }
    event = idp.admin_list_user_auth_events(UserPoolId=made.pool, Username="ann")["AuthEvents"][0]
    assert message["eventId"] == event["EventId"]
    assert message["creationDate"] == "Wed Jul 17 17:25:55 UTC 2024"
    assert (message["eventType"], message["eventResponse"], message["userName"]) == ("SignIn", "Pass", "ann")
    assert (message["clientId"], message["challenges"]) == (made.client, ["Password:Success"])


def test_the_risk_is_exported(running: Running, idp: Any) -> None:
    made = protected(running, client={"GenerateSecret": True})
    user(running, made.pool)
    running.call("SetLogDeliveryConfiguration", UserPoolId=made.pool, LogConfigurations=[ACTIVITY])
    names = ("riskLevel", "riskDecision", "compromisedCredentialDetected", "hasContextData", "deviceName", "ipAddress")
    locate(running, HOME, "Paris", "France")

    def newest() -> list[str]:
        message = ask(running)[-1]["entry"]["message"]
        return [message[name] for name in names]

    from_(idp, made)
    assert newest() == ["", "PASS", "false", "false", "Linux, Firefox", HOME]
    configure(running, made, "NO_ACTION")
    fix(running, "Medium")
    leak(running, PASSWORD)
    from_(idp, made, EncodedData=encoded({"DeviceId": "d-1", "DeviceName": "Pixel 9"}))
    assert newest() == ["Medium", "ACCOUNT_TAKEOVER", "true", "true", "Pixel 9", HOME]
    configure(running, made, "BLOCK")
    with refused("NotAuthorizedException"):
        from_(idp, made)
    assert newest()[:3] == ["Medium", "BLOCK", "true"]
    message = ask(running)[-1]["entry"]["message"]
    assert (message["city"], message["country"]) == ("Paris", "France")


def test_failures_and_other_pools(running: Running, idp: Any) -> None:
    made, other = exporting(running, ACTIVITY), exporting(running, ACTIVITY)
    with refused("NotAuthorizedException"):
        sign_in(idp, made, password="Wrong-horse-77")
    sign_in(idp, other)
    (log,) = ask(running, query=f"?pool={made.pool}")
    assert log["entry"]["message"]["eventResponse"] == "Fail"
    assert len(ask(running)) == 2
    assert ask(running, "DELETE") == [] == ask(running)


def test_nothing_is_exported_unasked(running: Running, idp: Any) -> None:
    sign_in(idp, exporting(running, NOTIFICATION))
    sign_in(idp, exporting(running, ACTIVITY, mode="OFF"))
    sign_in(idp, exporting(running))
    assert ask(running) == []


def test_a_mail_that_is_not_delivered_is_exported() -> None:
    running = Running(World(Settings(smtp_url="smtp://127.0.0.1:1")))
    try:
        made = setup(running, AutoVerifiedAttributes=["email"])
        running.call("SetLogDeliveryConfiguration", UserPoolId=made.pool, LogConfigurations=[NOTIFICATION])
        attributes = [{"Name": "email", "Value": "ann@example.com"}]
        running.call("SignUp", ClientId=made.client, Username="ann", Password=PASSWORD, UserAttributes=attributes)
        until = time.monotonic() + 10
        while not ask(running) and time.monotonic() < until:
            time.sleep(0.01)
        (log,) = ask(running)
    finally:
        running.stop()
    assert log["destination"] == GROUP
    assert (log["entry"]["eventSource"], log["entry"]["logLevel"]) == ("USER_NOTIFICATION", "ERROR")
    assert "refused" in log["entry"]["message"]["details"]


def test_a_reset_empties_it(control: Control) -> None:
    entry = {"logSourceId": {"userPoolId": POOL}}
    control.emulator.world.exported_logs.add(BUCKET, entry)
    assert control("GET", "/_emulator/logs").json["logs"] == [{"destination": BUCKET, "entry": entry}]
    control("POST", "/_emulator/reset", headers={"content-type": "application/json"})
    assert control("GET", "/_emulator/logs").json["logs"] == []

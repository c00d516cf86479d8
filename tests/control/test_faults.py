"""`/_emulator/faults`: rules by which API calls fail, wait or are cut off."""

from __future__ import annotations

import asyncio
import threading
import time
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import botocore.exceptions
import pytest
from botocore.config import Config

from cognito_emulator import Emulator
from tests.helpers.control_api import CLIENT, POOL, SEED, Control

PATH = "/_emulator/faults"
PASSWORD = "Ann-12345"
THROTTLED = {"operation": "InitiateAuth", "error": "TooManyRequestsException"}


def without_retries(control: Control) -> Any:
    return control.emulator.client(config=Config(retries={"total_max_attempts": 1}))


def sign_in(client: Any, user: str = "ann") -> Any:
    return client.initiate_auth(
        ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": user, "PASSWORD": PASSWORD}
    )


def outcome(call: Any) -> str:
    """The name of the error that a call ends with, "" for none."""
    try:
        call()
    except botocore.exceptions.ClientError as error:
        return str(error.response["Error"]["Code"])
    except botocore.exceptions.HTTPClientError as error:
        return type(error).__name__
    return ""


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long boto3 waits before it tries again, without waiting."""
    waits: list[float] = []
    monkeypatch.setattr(botocore.endpoint.time, "sleep", waits.append)
    return waits


@pytest.mark.parametrize(
    ("mode", "error"),
    [
        ("standard", "TooManyRequestsException"),
        ("standard", "ThrottlingException"),
        ("adaptive", "TooManyRequestsException"),
        ("legacy", "ThrottlingException"),
        ("legacy", 503),
    ],
)
def test_boto3_tries_again_until_it_is_right(control: Control, slept: list[float], mode: str, error: Any) -> None:
    control("PATCH", PATH, {"operation": "InitiateAuth", "error": error, "times": 2})
    client = control.emulator.client(config=Config(retries={"mode": mode, "total_max_attempts": 3}))
    answer = sign_in(client)
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert "AccessToken" in answer["AuthenticationResult"]
    (rule,) = control("GET", PATH).json["faults"]
    assert (rule["seen"], rule["struck"], rule["spent"]) == (3, 2, True)


def test_boto3s_legacy_retries_take_too_many_requests_for_an_error(control: Control) -> None:
    control("PATCH", PATH, {**THROTTLED, "times": 2})
    client = control.emulator.client(config=Config(retries={"mode": "legacy", "total_max_attempts": 3}))
    assert outcome(lambda: sign_in(client)) == "TooManyRequestsException"
    assert control("GET", PATH).json["faults"][0]["struck"] == 1


@pytest.mark.parametrize(
    ("error", "code", "status", "message"),
    [
        ("TooManyRequestsException", "TooManyRequestsException", 400, "Rate exceeded"),
        ("ThrottlingException", "ThrottlingException", 400, "Rate exceeded"),
        (500, "InternalErrorException", 500, "A fault that was asked of cognito-emulator."),
        ({"status": 503, "message": "down"}, "ServiceUnavailable", 503, "down"),
        ({"code": "UserNotFoundException", "message": "no"}, "UserNotFoundException", 400, "no"),
        ({"code": "ThrottlingException", "status": 429}, "ThrottlingException", 429, "Rate exceeded"),
    ],
)
def test_errors(control: Control, error: Any, code: str, status: int, message: str) -> None:
    rule = control("PUT", PATH, {"id": "one", "operation": "InitiateAuth", "error": error}).json["faults"][0]
    assert rule["id"] == "one"
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        sign_in(without_retries(control))
    answer = refused.value.response
    assert (answer["Error"]["Code"], answer["Error"]["Message"]) == (code, message)
    metadata = answer["ResponseMetadata"]
    assert metadata["HTTPStatusCode"] == status
    assert metadata["HTTPHeaders"]["x-emulator-fault"] == "one"
    entry = control("GET", f"/_emulator/requests/{metadata['RequestId']}").json
    assert (entry["fault"], entry["error"], entry["status"], entry["user"]) == ("one", code, status, "ann")


def test_it_strikes_before_the_input_is_looked_at(control: Control) -> None:
    control("PUT", PATH, {"operation": "InitiateAuth", "error": 500})
    client = control.emulator.client(config=Config(retries={"total_max_attempts": 1}, parameter_validation=False))
    assert outcome(lambda: client.initiate_auth(AuthFlow=7)) == "InternalErrorException"
    control("DELETE", PATH)
    assert outcome(lambda: client.initiate_auth(AuthFlow=7)) != "InternalErrorException"


def test_other_calls_are_as_ever(control: Control) -> None:
    control("PUT", PATH, THROTTLED)
    answer = control.emulator.client().describe_user_pool(UserPoolId=POOL)
    assert "x-emulator-fault" not in answer["ResponseMetadata"]["HTTPHeaders"]
    control("PUT", PATH, {"operation": ["DescribeUserPool", "InitiateAuth"], "error": 503})
    assert outcome(lambda: without_retries(control).describe_user_pool(UserPoolId=POOL)) == "ServiceUnavailable"
    assert outcome(lambda: without_retries(control).list_groups(UserPoolId=POOL)) == ""
    control("PUT", PATH, {"operation": "*", "error": 503})
    assert outcome(lambda: without_retries(control).list_groups(UserPoolId=POOL)) == "ServiceUnavailable"


@pytest.mark.parametrize(
    ("match", "strikes"),
    [
        ({"pool": POOL}, True),
        ({"pool": "us-east-1_other"}, False),
        ({"client": CLIENT}, True),
        ({"client": "other"}, False),
        ({"user": "ANN"}, True),
        ({"user": "ann@example.com"}, True),
        ({"user": "a0000000-0000-4000-8000-000000000001"}, True),
        ({"user": "bob"}, False),
        ({"pool": POOL, "client": CLIENT, "user": "ann"}, True),
        ({"pool": POOL, "client": CLIENT, "user": "bob"}, False),
    ],
)
def test_whom_it_is_about(control: Control, match: dict[str, str], strikes: bool) -> None:
    token = sign_in(control.emulator.client())["AuthenticationResult"]["AccessToken"]
    control("PUT", PATH, {"operation": "*", "error": 500, "match": match})
    expected = "InternalErrorException" if strikes else ""
    client = without_retries(control)
    assert outcome(lambda: sign_in(client)) == expected
    assert outcome(lambda: client.get_user(AccessToken=token)) == expected


def test_after_and_times(control: Control) -> None:
    control("PUT", PATH, {**THROTTLED, "after": 1, "times": 2})
    client = without_retries(control)
    found = [outcome(lambda: sign_in(client)) for _ in range(5)]
    assert found == ["", "TooManyRequestsException", "TooManyRequestsException", "", ""]


def test_a_probability_repeats_itself_with_its_seed(control: Control) -> None:
    client = without_retries(control)

    def run(seed: int | None) -> list[bool]:
        rule = {"operation": "ListGroups", "error": 500, "probability": 0.5}
        control("PUT", PATH, rule if seed is None else {**rule, "seed": seed})
        return [bool(outcome(lambda: client.list_groups(UserPoolId=POOL))) for _ in range(24)]

    first = run(7)
    assert {True, False} == set(first)
    assert run(7) == first
    assert run(8) != first
    chosen = run(None)
    assert run(control("GET", PATH).json["faults"][0]["seed"]) == chosen


def test_slow_answers_hold_nothing_else(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    go_on = asyncio.Event()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await go_on.wait()

    monkeypatch.setattr("cognito_emulator.ports.faults.asyncio", SimpleNamespace(sleep=sleep))
    control("PUT", PATH, {"operation": "ListGroups", "latency_ms": 700, "times": 1})
    done: list[str] = []

    def slow() -> None:
        answer = control.emulator.client().list_groups(UserPoolId=POOL)
        done.append(answer["ResponseMetadata"]["HTTPHeaders"]["x-emulator-fault"])

    thread = threading.Thread(target=slow)
    thread.start()
    while not control("GET", PATH).json["faults"][0]["struck"]:
        pass
    control.emulator.client().describe_user_pool(UserPoolId=POOL)
    assert not done, "another request is answered first"
    control.emulator.on_loop(go_on.set)
    thread.join(30)
    assert slept == [0.7]
    assert done[0].startswith("fault-")


def test_a_cut_connection_has_no_answer(control: Control, slept: list[float]) -> None:
    control("PUT", PATH, {"id": "cut", "operation": "InitiateAuth", "drop": True})
    assert outcome(lambda: sign_in(without_retries(control))) == "ConnectionClosedError"
    (entry,) = control("GET", "/_emulator/requests?operation=InitiateAuth&limit=1").json["requests"]
    assert (entry["status"], entry["fault"], entry["error"]) == (0, "cut", None)
    control("PUT", PATH, {"operation": "InitiateAuth", "drop": True, "times": 1})
    again = control.emulator.client(config=Config(retries={"mode": "standard", "total_max_attempts": 2}))
    assert sign_in(again)["ResponseMetadata"]["RetryAttempts"] == 1


def test_the_first_rule_that_strikes_counts(control: Control) -> None:
    control("PUT", PATH, [{**THROTTLED, "times": 1}, {"operation": "*", "error": 500}])
    client = without_retries(control)
    assert [outcome(lambda: sign_in(client)) for _ in range(2)] == [
        "TooManyRequestsException",
        "InternalErrorException",
    ]


def test_no_rule_strikes_the_control_api(control: Control) -> None:
    control("PUT", PATH, [{"operation": "*", "error": 500}, {"target": ["page", "token", "jwks"], "error": 503}])
    assert control("GET", "/_emulator/health").status == 200
    assert control("GET", "/health").status == 200
    assert control("GET", "/").status == 200
    seed = {"UserPools": [{"PoolName": "more", "Users": [{"Username": "x", "Password": "Xxx-12345"}]}]}
    assert control("POST", "/_emulator/seed", seed).status == 200
    assert control("POST", "/_emulator/reset").status == 200
    assert control("GET", PATH).json == {"faults": []}, "a reset forgets the rules"
    assert outcome(lambda: sign_in(without_retries(control))) == ""


# --- the rules ---------------------------------------------------------------------------------------------


def test_put_replaces_patch_adds_delete_removes(control: Control) -> None:
    def ids(answer: Any) -> list[str]:
        return [rule["id"] for rule in answer.json["faults"]]

    one, two, three = ({**THROTTLED, "id": name} for name in ("one", "two", "three"))
    assert ids(control("PUT", PATH, [one, two])) == ["one", "two"]
    assert ids(control("PUT", PATH, {"faults": [two]})) == ["two"]
    assert ids(control("PATCH", PATH, three)) == ["two", "three"]
    changed = control("PATCH", PATH, {**two, "times": 5})
    assert ids(changed) == ["two", "three"]
    assert changed.json["faults"][0]["times"] == 5
    assert ids(control("PATCH", PATH, [THROTTLED]))[2].startswith("fault-")
    assert ids(control("DELETE", f"{PATH}/two"))[0] == "three"
    assert ids(control("DELETE", PATH)) == []
    assert control("DELETE", PATH, {"id": "one"}).status == 400


def test_one_rule(control: Control) -> None:
    assert control("GET", f"{PATH}/one").status == 404
    made = control("PUT", f"{PATH}/one", {**THROTTLED, "times": 3}).json
    expected = {**THROTTLED, "id": "one", "target": ["api"], "times": 3, "seen": 0, "struck": 0, "spent": False}
    assert made == expected
    assert outcome(lambda: sign_in(without_retries(control))) == "TooManyRequestsException"
    assert control("GET", f"{PATH}/one").json == {**expected, "seen": 1, "struck": 1}
    changed = control("PATCH", f"{PATH}/one", {"error": 503, "times": None}).json
    assert (changed["error"], changed["struck"]) == (503, 0)
    assert "times" not in changed
    assert control("PATCH", f"{PATH}/one", {"error": 200}).status == 400
    assert control("GET", f"{PATH}/one").json == changed
    assert control("PUT", f"{PATH}/one", {**THROTTLED, "id": "two"}).json["message"].startswith("'id' must be 'one'")
    assert control("PATCH", f"{PATH}/two", {"times": 1}).status == 404
    assert control("DELETE", f"{PATH}/one").json == {"faults": []}
    assert control("DELETE", f"{PATH}/one").status == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_wrong_rule_changes_nothing(control: Control, method: str) -> None:
    before = control("PUT", PATH, {**THROTTLED, "id": "kept"}).json
    wrong = control(method, PATH, [{**THROTTLED, "id": "new"}, {"operation": "SignUpp", "error": 500}])
    assert wrong.status == 400
    assert wrong.json["message"] == "Rule 2: Unknown operation 'SignUpp'. Did you mean SignUp or ConfirmSignUp?"
    assert control("GET", PATH).json == before
    twice = control(method, PATH, [{**THROTTLED, "id": "a"}, {**THROTTLED, "id": "a"}])
    assert (twice.status, twice.json["message"]) == (400, "Two rules have the id 'a'.")
    assert control(method, PATH, "7").status == 400
    assert control(method, PATH, "").status == 400
    many = [THROTTLED] * 1_001
    assert control(method, PATH, many).json["message"] == "There may be 1000 rules at most."
    assert control("GET", PATH).json == before


def test_an_event_tells_of_each(control: Control) -> None:
    world = control.emulator.world
    reader = control.emulator.on_loop(lambda: world.events.subscribe(frozenset({"fault"})))
    try:
        control("PUT", PATH, {**THROTTLED, "id": "told"})
        sign_in_refused = outcome(lambda: sign_in(without_retries(control)))
        assert sign_in_refused == "TooManyRequestsException"
        (event,) = control.emulator.on_loop(lambda: list(reader.waiting))
        (entry,) = control("GET", "/_emulator/requests?operation=InitiateAuth&limit=1").json["requests"]
        assert event.data == {
            "fault": "told", "target": "api", "operation": "InitiateAuth", "pool": POOL, "request": entry["id"],
            "struck": 1,
        }  # fmt: skip
    finally:
        control.emulator.on_loop(lambda: world.events.unsubscribe(reader))


# --- Emulator ----------------------------------------------------------------------------------------------


def test_the_methods_of_the_emulator(control: Control) -> None:
    emulator, client = control.emulator, without_retries(control)
    made = emulator.fail("InitiateAuth", "ThrottlingException")
    assert [outcome(lambda: sign_in(client)) for _ in range(2)] == ["ThrottlingException", ""]
    emulator.fail(("InitiateAuth", "SignUp"), {"status": 503}, times=None, match={"user": "ann"})
    emulator.clear_faults(made)
    assert [outcome(lambda: sign_in(client)) for _ in range(2)] == ["ServiceUnavailable"] * 2
    emulator.clear_faults()
    emulator.fail("InitiateAuth", drop=True)
    assert outcome(lambda: sign_in(client)) == "ConnectionClosedError"
    emulator.slow("InitiateAuth", 0.05)
    started = time.perf_counter()
    sign_in(client)
    assert time.perf_counter() - started >= 0.05
    with pytest.raises(ValueError, match="'NoSuchException' is not an error of InitiateAuth; allowed: AccessDenied"):
        emulator.fail("InitiateAuth", "NoSuchException")


def test_faults_need_no_journal() -> None:
    with Emulator(seed=SEED, history=0) as emulator:
        control = Control(emulator)
        emulator.fail("InitiateAuth", 500)
        with pytest.raises(botocore.exceptions.ClientError) as refused:
            sign_in(without_retries(control))
        assert refused.value.response["ResponseMetadata"]["HTTPHeaders"]["x-emulator-fault"] == "fault-1"

"""`/_emulator/metrics`: what Amazon Cognito publishes to CloudWatch."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from cognito_emulator.ports.metric_times import MOST, Times
from tests.helpers.control_api import CLIENT, POOL, Control

PATH = "/_emulator/metrics"
PASSWORD = "Ann-12345"
HERE = {"UserPool": POOL, "UserPoolClient": CLIENT}


def points(control: Control, name: str) -> list[tuple[dict[str, str], int, int]]:
    """Dimensions, sum and number of a metric's data points."""
    found = control("GET", f"{PATH}?name={name}").json["metrics"]
    assert all(one["name"] == name and one["unit"] == "Count" for one in found)
    assert all(one["average"] == one["sum"] / one["sampleCount"] for one in found)
    return [(one["dimensions"], one["sum"], one["sampleCount"]) for one in found]


def calls(control: Control, name: str = "CallCount") -> dict[str, int]:
    found = points(control, name)
    for dimensions, _, _ in found:
        assert (dimensions["Service"], dimensions["Type"], dimensions["Class"]) == ("Cognito user pool", "API", "None")
    return {dimensions["Resource"]: total for dimensions, total, _ in found}


def tried(call: Any, **members: Any) -> Any:
    try:
        return call(**members)
    except ClientError:
        return None


def sign_in(control: Control, password: str = PASSWORD, client: str = CLIENT) -> Any:
    once = Config(retries={"total_max_attempts": 1})
    return tried(
        control.emulator.client(config=once).initiate_auth,
        ClientId=client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": password},
    )


def test_nothing_has_happened(control: Control) -> None:
    assert control("GET", PATH).json == {"metrics": []}


def test_sign_ins(control: Control) -> None:
    sign_in(control)
    sign_in(control, "Wrong-12345")
    sign_in(control, client="unknown")
    invalid = {"UserPool": "Invalid", "UserPoolClient": "Invalid"}
    assert points(control, "SignInSuccesses") == [(invalid, 0, 1), (HERE, 1, 2)]
    assert points(control, "SignInThrottles") == []
    assert calls(control) == {"UserAuthentication": 3}


def test_a_challenge_is_neither(control: Control) -> None:
    emulator = control.emulator
    idp = emulator.client()
    idp.admin_create_user(UserPoolId=POOL, Username="bob", TemporaryPassword="Bob-12345", MessageAction="SUPPRESS")
    parameters = {"USERNAME": "bob", "PASSWORD": "Bob-12345"}
    asked = idp.initiate_auth(ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    assert points(control, "SignInSuccesses") == []
    idp.respond_to_auth_challenge(
        ClientId=CLIENT,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "bob", "NEW_PASSWORD": "Bob-123456"},
    )
    assert points(control, "SignInSuccesses") == [(HERE, 1, 1)]
    assert calls(control) == {"UserAuthentication": 1, "UserAccountRecovery": 1, "UserCreation": 1}


def test_refreshes_are_no_sign_ins(control: Control) -> None:
    token = sign_in(control)["AuthenticationResult"]["RefreshToken"]
    idp = control.emulator.client()
    for parameters in ({"REFRESH_TOKEN": token}, {"REFRESH_TOKEN": "none"}):
        tried(idp.initiate_auth, ClientId=CLIENT, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)
    assert points(control, "TokenRefreshSuccesses") == [(HERE, 1, 2)]
    assert points(control, "SignInSuccesses") == [(HERE, 1, 1)]


def test_sign_ups(control: Control) -> None:
    idp = control.emulator.client()
    members = {"ClientId": CLIENT, "Username": "bob", "Password": "Bob-12345"}
    members |= {"UserAttributes": [{"Name": "email", "Value": "bob@example.com"}]}  # type: ignore[dict-item]
    idp.sign_up(**members)
    tried(idp.sign_up, **members)
    tried(idp.admin_create_user, UserPoolId=POOL, Username="eve", MessageAction="SUPPRESS")
    admin = {"UserPool": POOL, "UserPoolClient": "Admin"}
    assert points(control, "SignUpSuccesses") == [(admin, 1, 1), (HERE, 1, 2)]


def test_throttled_requests(control: Control) -> None:
    control.emulator.fail("*", "TooManyRequestsException", times=2)
    sign_in(control)
    once = control.emulator.client(config=Config(retries={"total_max_attempts": 1}))
    tried(once.list_users, UserPoolId=POOL)
    sign_in(control)
    assert points(control, "SignInThrottles") == [(HERE, 1, 1)]
    assert points(control, "SignInSuccesses") == [(HERE, 1, 2)]
    assert calls(control) == {"UserAuthentication": 2, "UserList": 1}
    assert calls(control, "ThrottleCount") == {"UserAuthentication": 1, "UserList": 1}


def test_identity_pools_have_no_categories(control: Control) -> None:
    identity = control.emulator.client("cognito-identity")
    tried(identity.list_tags_for_resource, ResourceArn="arn:aws:cognito-identity:us-east-1:000000000000:identitypool/x")
    assert calls(control) == {}


def test_risk(control: Control) -> None:
    idp = control.emulator.client()
    add_ons = {"AdvancedSecurityMode": "ENFORCED"}
    idp.update_user_pool(UserPoolId=POOL, UserPoolAddOns=add_ons, UserPoolTier="PLUS", AutoVerifiedAttributes=["email"])
    actions = {"HighAction": {"Notify": False, "EventAction": "BLOCK"}}
    idp.set_risk_configuration(
        UserPoolId=POOL,
        AccountTakeoverRiskConfiguration={"Actions": actions},
        CompromisedCredentialsRiskConfiguration={"EventFilter": ["SIGN_IN"], "Actions": {"EventAction": "BLOCK"}},
    )
    where = {"Operation": "SignIn", "UserPoolId": POOL}
    high = {**where, "RiskLevel": "high"}
    sign_in(control)
    assert points(control, "NoRisk") == [(where, 1, 1)]
    control.emulator.set_risk("High", user="ann")
    assert sign_in(control) is None
    assert points(control, "AccountTakeoverRisk") == [(high, 1, 1)]
    assert points(control, "OverrideBlock") == [(high, 1, 1)]
    assert points(control, "Risk") == [(where, 1, 1)]
    assert points(control, "NoRisk") == [(where, 1, 1)]
    control("DELETE", "/_emulator/risks")
    control.emulator.compromise(PASSWORD)
    assert sign_in(control) is None
    assert points(control, "CompromisedCredentialRisk") == [(high, 1, 1)]


# --- forms ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?name=SignInSuccesses"])
def test_prometheus(control: Control, query: str) -> None:
    sign_in(control)
    sign_in(control, "Wrong-12345")
    for path, accept in ((f"{PATH}{query}", "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"), (f"{PATH}{query}", "")):
        if not accept:
            path = f"{path}{'&' if query else '?'}format=prometheus"
        text, kind = text_of(control, path, accept)
        assert kind == "text/plain; version=0.0.4; charset=utf-8"
        labels = f'{{UserPool="{POOL}",UserPoolClient="{CLIENT}"}}'
        lines = text.splitlines()
        at = lines.index("# HELP SignInSuccesses AWS/Cognito, Count")
        assert lines[at + 1 : at + 4] == [
            "# TYPE SignInSuccesses summary",
            f"SignInSuccesses_sum{labels} 1",
            f"SignInSuccesses_count{labels} 2",
        ]
        assert ("CallCount" in text) is (query == "")
        assert text.endswith("\n")
    assert control("GET", f"{PATH}?format=json", headers={"accept": "text/plain"}).json["metrics"]


def text_of(control: Control, path: str, accept: str) -> tuple[str, str]:
    import urllib.request

    request = urllib.request.Request(control.emulator.url + path, headers={"accept": accept or "*/*"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode(), answer.headers["content-type"]


def test_resets_and_mistakes(control: Control) -> None:
    sign_in(control)
    assert control("DELETE", PATH).json == {"metrics": []}
    assert control("GET", PATH).json == {"metrics": []}
    sign_in(control)
    control("POST", "/_emulator/reset")
    assert control("GET", PATH).json == {"metrics": []}
    answer = control("GET", f"{PATH}?format=xml")
    assert (answer.status, answer.json["message"]) == (
        400,
        "Query parameter 'format' must be one of: json, prometheus.",
    )
    assert control("GET", f"{PATH}?x=1").status == 400
    assert control("DELETE", PATH, {"name": "x"}).status == 400


class TestWhenItCame:
    def of(self, control: Control, period: int, name: str = "SignInSuccesses") -> Any:
        found = control("GET", f"{PATH}?period={period}&name={name}").json["series"]
        assert [(one["name"], one["period"]) for one in found] == [(name, period)]
        return [(one["time"], one["sum"], one["sampleCount"]) for one in found[0]["points"]]

    def test_by_minute_and_by_hour(self, control: Control) -> None:
        control("PUT", "/_emulator/clock", {"freeze": "2030-01-01T12:00:30Z"})
        sign_in(control)
        sign_in(control, "Wrong-12345")
        control("PUT", "/_emulator/clock", {"advance": 60})
        sign_in(control)
        assert self.of(control, 60) == [("2030-01-01T12:00:00Z", 1, 2), ("2030-01-01T12:01:00Z", 1, 1)]
        assert self.of(control, 3600) == [("2030-01-01T12:00:00Z", 2, 3)]
        control("PUT", "/_emulator/clock", {"advance": 59 * 60})
        assert self.of(control, 60) == [("2030-01-01T12:01:00Z", 1, 1)]
        assert points(control, "SignInSuccesses") == [(HERE, 2, 3)]
        control("PUT", "/_emulator/clock", {"advance": 23 * 3600})
        assert self.of(control, 3600) == []
        control("DELETE", PATH, {})
        assert control("GET", f"{PATH}?period=60").json == {"metrics": [], "series": []}

    def test_which_periods_there_are(self, control: Control) -> None:
        for query in ("period=61", "period=", "period=60&format=prometheus"):
            answer = control("GET", f"{PATH}?{query}")
            assert answer.status == 400
            assert "'period'" in answer.json["message"]


def test_what_is_kept_of_minutes_is_bounded() -> None:
    times = Times()
    for minute in range(MOST + 5):
        times.add("x", 1, minute * 60)
    now = (MOST + 4) * 60
    assert len(times._minutes["x"]) == MOST
    assert len(times.periods("x", 60, now)) == 60
    assert [one.number for one in times.periods("x", 3600, now)] == [60] * 23 + [5]

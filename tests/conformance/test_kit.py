"""The kit itself: what it finds, what it refuses to send, what it leaves behind."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import __main__ as command
from tests.conformance import report, scenario
from tests.conformance.compare import Difference, differences
from tests.conformance.guards import Unsafe, check
from tests.conformance.normalise import Normaliser
from tests.conformance.recording import Recording, Step, read, recorded
from tests.conformance.run import run, run_one
from tests.conformance.scenario import Scenario
from tests.conformance.service import PASSWORD, PREFIX, Service
from tests.conformance.sweep import sweep
from tests.conformance.target import Target
from tests.helpers.doctored import doctored
from tests.helpers.harness import Running


def everyday(aws: Service) -> None:
    """Make calls of many kinds; expect nothing of them, so that a changed answer changes none of the calls."""
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.idp.sign_up(ClientId=client, Username="eve", Password=PASSWORD)
    for password in (PASSWORD, "Wrong-horse-7"):
        with aws.either():
            aws.sign_in(client, "eve", password)
        aws.create_user(pool, f"ann{len(password)}", email=f"ann{len(password)}@example.com", name="Ann")
    tokens = aws.sign_in(client, f"ann{len(PASSWORD)}")
    aws.idp.admin_get_user(UserPoolId=pool, Username="eve")
    aws.idp.get_user(AccessToken=tokens["AccessToken"])
    aws.idp.describe_user_pool_client(UserPoolId=pool, ClientId=client)
    aws.idp.list_users(UserPoolId=pool)
    with aws.either():
        aws.idp.admin_set_user_password(UserPoolId=pool, Username="eve", Password="short", Permanent=True)
    aws.idp.describe_user_pool(UserPoolId=pool)


EVERYDAY = Scenario("kit/everyday", "Calls of many kinds.", "none", everyday)


def without(name: str) -> Any:
    return lambda status, members: (status, {key: value for key, value in members.items() if key != name})


def with_(**more: Any) -> Any:
    return lambda status, members: (status, members | more)


def _other_token(status: int, members: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    result = members["AuthenticationResult"]
    header, claims, signature = result["IdToken"].split(".")
    found = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    del found["event_id"]
    claims = base64.urlsafe_b64encode(json.dumps(found | {"name": ["Ann"]}).encode()).decode().rstrip("=")
    return status, {**members, "AuthenticationResult": {**result, "IdToken": f"{header}.{claims}.{signature}"}}


def _backwards(status: int, members: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return status, members | {"UserAttributes": members["UserAttributes"][::-1]}


def _one_user_less(status: int, members: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return status, members | {"Users": members["Users"][:-1]}


def _in_client(**more: Any) -> Any:
    return lambda status, members: (status, {"UserPoolClient": members["UserPoolClient"] | more})


def _in_pool(**more: Any) -> Any:
    return lambda status, members: (status, {"UserPool": members["UserPool"] | more})


PLANTED: dict[tuple[str, int], Any] = {
    ("SignUp", 1): without("UserConfirmed"),
    ("InitiateAuth", 1): with_(__type="NotAuthorizedException"),
    ("InitiateAuth", 2): with_(message="User is not confirmed"),
    ("InitiateAuth", 3): _other_token,
    ("AdminGetUser", 1): with_(PreferredMfaSetting="SMS_MFA"),
    ("GetUser", 1): _backwards,
    ("DescribeUserPoolClient", 1): _in_client(RefreshTokenValidity="30"),
    ("ListUsers", 1): _one_user_less,
    ("AdminSetUserPassword", 3): lambda status, members: (200, {}),
    ("DescribeUserPool", 1): _in_pool(EstimatedNumberOfUsers=7, MfaConfiguration="ON"),
}
FOUND = [
    ("SignUp", ".UserConfirmed", "member"),
    ("InitiateAuth", ".code", "text"),
    ("InitiateAuth", ".message", "text"),
    ("InitiateAuth", ".AuthenticationResult.IdToken.<jwt>.claims.event_id", "member"),
    ("InitiateAuth", ".AuthenticationResult.IdToken.<jwt>.claims.name", "type"),
    ("AdminGetUser", ".PreferredMfaSetting", "member"),
    ("GetUser", ".UserAttributes", "order"),
    ("DescribeUserPoolClient", ".UserPoolClient.RefreshTokenValidity", "type"),
    ("ListUsers", ".Users[2]", "member"),
    ("AdminSetUserPassword", "", "outcome"),
    ("DescribeUserPool", ".UserPool.MfaConfiguration", "text"),
    ("DescribeUserPool", ".UserPool.EstimatedNumberOfUsers", "text"),
]


def test_what_differs_from_a_recording_is_found_and_nothing_else(running: Running, tmp_path: Path) -> None:
    [result] = run(Target(running.url), [EVERYDAY], "first", told=lambda each: None)
    result.recording.write(tmp_path)
    [again] = run(Target(running.url), [EVERYDAY], "again", against=tmp_path)
    assert (again.outcome, again.differences) == ("passed", [])
    with doctored(running.url, PLANTED) as url:
        [changed] = run(Target(url), [EVERYDAY], "changed", against=tmp_path)
    assert [(each.call, each.place, each.kind) for each in changed.differences] == FOUND
    assert ".message: text: recorded 'User is not confirmed.'" in report.line(changed)


def test_each_difference_is_found_alone(running: Running, tmp_path: Path) -> None:
    [result] = run(Target(running.url), [EVERYDAY], "first")
    for planted, change in PLANTED.items():
        with doctored(running.url, {planted: change}) as url:
            [changed] = run(Target(url), [EVERYDAY], "changed")
        found = differences(result.recording, changed.recording)
        assert {each.call for each in found} == {planted[0]}, planted


def test_calls_that_differ_are_one_difference() -> None:
    first = Recording("a", {}, [Step("SignUp", {}, {}), Step("GetUser", {}, {})])
    second = Recording("a", {}, [Step("SignUp", {}, {})])
    assert differences(first, second) == [Difference(2, "GetUser", "", "calls", "GetUser", None)]
    assert [each.kind for each in differences(second, first)] == ["calls"]


def test_a_recording_is_read_as_it_was_written(running: Running, tmp_path: Path) -> None:
    made = run_one(Target(running.url), EVERYDAY, "kept").recording
    path = made.write(tmp_path)
    assert recorded(tmp_path) == [path]
    assert differences(read(path), made) == []
    text = path.read_text("utf-8")
    for random in ("eyJ", running.url, "us-east-1_", PREFIX):
        assert random not in text


# --- normalised -------------------------------------------------------------------------------------------


def test_what_is_random_has_a_name_that_stays() -> None:
    names = Normaliser({"http://localhost:1": "<endpoint>"})
    pool, sub = "us-east-1_aBcDeFgHi", "5d1c1f6a-92b7-4dbb-a3a9-6b0f6a3a9c11"
    assert names.value({"Id": pool, "Arn": f"arn:aws:cognito-idp:us-east-1:123456789012:userpool/{pool}"}) == {
        "Id": "<pool 1>",
        "Arn": "arn:aws:cognito-idp:us-east-1:<account 1>:userpool/<pool 1>",
    }
    assert names.value([sub, sub, sub.replace("5d", "6d")]) == ["<uuid 1>", "<uuid 1>", "<uuid 2>"]
    assert names.value({"iss": f"http://localhost:1/{pool}"}) == {"iss": "<endpoint>/<pool 1>"}
    assert names.value({"UserCreateDate": datetime.now(UTC), "exp": 1800000000, "size": 3}) == {
        "UserCreateDate": "<time>",
        "exp": "<time>",
        "size": 3,
    }
    assert names.value({"Username": "ann", "enabled": True, "none": None}) == {
        "Username": "ann",
        "enabled": True,
        "none": None,
    }


# --- what is never sent -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("SignUp", {"UserAttributes": [{"Name": "email", "Value": "ann@gmail.com"}]}),
        ("SignUp", {"UserAttributes": [{"Name": "phone_number", "Value": "+12065551234"}]}),
        ("AdminCreateUser", {"UserPoolId": "us-east-1_made", "Username": "ann"}),
        ("ForgotPassword", {"ClientId": "c", "Username": "ann"}),
        ("AdminResetUserPassword", {"UserPoolId": "us-east-1_made", "Username": "ann"}),
        ("UpdateUserPool", {"UserPoolId": "us-east-1_others"}),
        ("AdminDeleteUser", {"UserPoolId": "us-east-1_others", "Username": "ann"}),
        ("DeleteIdentityPool", {"IdentityPoolId": "us-east-1_others"}),
        ("ListUserPools", {"MaxResults": 60}),
    ],
)
def test_a_call_that_could_reach_people_or_other_pools_is_refused(operation: str, members: dict[str, Any]) -> None:
    with pytest.raises(Unsafe):
        check(operation, members, {"us-east-1_made"})


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("SignUp", {"UserAttributes": [{"Name": "email", "Value": "ann@example.com"}]}),
        ("SignUp", {"UserAttributes": [{"Name": "phone_number", "Value": "+12065550100"}]}),
        ("AdminCreateUser", {"UserPoolId": "us-east-1_made", "Username": "ann", "MessageAction": "SUPPRESS"}),
        ("UpdateUserPool", {"UserPoolId": "us-east-1_made"}),
        ("UpdateUserPool", {"UserPoolId": "us-east-1_NoSuchPool"}),
    ],
)
def test_other_calls_are_sent(operation: str, members: dict[str, Any]) -> None:
    check(operation, members, {"us-east-1_made"})


# --- what is left behind ----------------------------------------------------------------------------------


def interrupted(aws: Service) -> None:
    pool = aws.create_pool(DeletionProtection="ACTIVE")
    aws.create_domain(pool)
    aws.create_identity_pool()
    raise KeyboardInterrupt


def test_an_interrupted_scenario_leaves_nothing(running: Running, idp: Any) -> None:
    before = idp.list_user_pools(MaxResults=60)["UserPools"]
    with pytest.raises(KeyboardInterrupt):
        run_one(Target(running.url), Scenario("kit/x", "x", "x", interrupted), "cut")
    assert idp.list_user_pools(MaxResults=60)["UserPools"] == before
    assert Target(running.url).client("cognito-identity").list_identity_pools(MaxResults=60)["IdentityPools"] == []


def test_what_an_earlier_run_left_is_deleted_and_nothing_else(running: Running, idp: Any) -> None:
    other = idp.create_user_pool(PoolName="kept")["UserPool"]["Id"]
    left = {
        idp.create_user_pool(PoolName=f"{PREFIX}old-{n}", DeletionProtection="ACTIVE")["UserPool"]["Id"]
        for n in range(61)
    }
    idp.create_user_pool_domain(UserPoolId=min(left), Domain=f"{PREFIX}old-1")
    assert set(sweep(Target(running.url))) == left
    kept = {pool["Id"] for pool in idp.list_user_pools(MaxResults=60)["UserPools"]}
    assert other in kept
    assert not kept & left


# --- the command ------------------------------------------------------------------------------------------


def test_scenarios_say_what_they_show_and_where_from() -> None:
    for each in scenario.scenarios():
        assert each.title.endswith("."), each.name
        assert each.sources, each.name


def test_a_failure_names_its_line(running: Running) -> None:
    def wrong(aws: Service) -> None:
        with aws.refused("NotAuthorizedException"):
            aws.create_pool()

    result = run_one(Target(running.url), Scenario("kit/x", "x", "x", wrong), "x")
    assert result.outcome == "failed"
    assert "expected NotAuthorizedException, but the call was answered" in result.detail


def test_an_operation_that_is_not_there_is_counted_apart(running: Running) -> None:
    gone = {("CreateUserPool", 1): lambda status, members: (501, {"__type": "NotImplemented", "message": "no"})}
    with doctored(running.url, gone) as url:
        assert run_one(Target(url), EVERYDAY, "x").outcome == "not offered"


def test_a_run_without_yes_sends_nothing_to_aws(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--aws", "--only", "sign_in/srp"]) == 2
    told = capsys.readouterr().out
    assert "1 scenarios" in told
    assert "CreateUserPool 1" in told
    assert "Nothing was sent." in told


def test_a_dry_run_prints_each_call(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--dry-run", "--only", "sign_in/srp"]) == 0
    told = capsys.readouterr().out
    assert [line.split()[1] for line in told.splitlines()[:-1]] == [
        "CreateUserPool",
        "CreateUserPoolClient",
        "AdminCreateUser",
        "AdminSetUserPassword",
        "InitiateAuth",
        "RespondToAuthChallenge",
        "GetUser",
    ]


def test_an_endpoint_is_recorded_and_compared(
    running: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = ["--endpoint", running.url, "--only", "sign_in/srp"]
    assert command.main([*chosen, "--record", str(tmp_path)]) == 0
    assert read(tmp_path / "sign_in" / "srp.json").made["region"] == "us-east-1"
    assert command.main([*chosen, "--against", str(tmp_path), "--json", str(tmp_path / "out.json")]) == 0
    assert json.loads((tmp_path / "out.json").read_text())[0]["outcome"] == "passed"
    with doctored(running.url, {("GetUser", 1): with_(PreferredMfaSetting="SMS_MFA")}) as url:
        assert command.main(["--endpoint", url, *chosen[2:], "--against", str(tmp_path)]) == 1
    assert "GetUser .PreferredMfaSetting: member" in capsys.readouterr().out

"""User activity events: what is recorded, how it is listed, feedback, and the setting that switches it on."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import jwt
import pytest

from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.threats.auth_event import KEPT, feedback_token
from cognito_emulator.flows.tokens import issue
from tests.helpers.attempts import make_attempt
from tests.helpers.build import PASSWORD, Setup, SrpClient, give_totp, refused, setup, sign_in, totp, user
from tests.helpers.harness import Running

AUDIT = {"UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"}}
NEEDS_PLUS = "The following features need to be disabled for the {} pricing tier configured: Threat Protection"


@pytest.fixture
def at(running: Running) -> Setup:
    return setup(running, **AUDIT)


def events(idp: Any, at: Setup, username: str = "ann", **members: Any) -> list[dict[str, Any]]:
    answer = idp.admin_list_user_auth_events(UserPoolId=at.pool, Username=username, **members)
    listed: list[dict[str, Any]] = answer["AuthEvents"]
    return listed


def begin(idp: Any, at: Setup, password: str = PASSWORD) -> Any:
    parameters = {"USERNAME": "ann", "PASSWORD": password}
    return idp.initiate_auth(ClientId=at.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)


def outcome(event: dict[str, Any]) -> tuple[str, str, dict[str, str]]:
    answered = {item["ChallengeName"]: item["ChallengeResponse"] for item in event["ChallengeResponses"]}
    assert len(answered) == len(event["ChallengeResponses"])
    return event["EventType"], event["EventResponse"], answered


# --- sign-in ---------------------------------------------------------------------------------------------


def test_sign_in_passes_under_the_event_id_of_its_tokens(running: Running, idp: Any, at: Setup) -> None:
    user(running, at.pool)
    assert events(idp, at) == []
    token = sign_in(idp, at)["AccessToken"]
    (event,) = events(idp, at)
    assert event["EventId"] == jwt.decode(token, options={"verify_signature": False})["event_id"]
    assert event.pop("CreationDate").timestamp() == pytest.approx(running.world.clock.now(), abs=5)
    told = event["EventContextData"]
    assert (told["IpAddress"], told["City"], told["Country"]) == ("127.0.0.1", "null", "null")
    assert "Boto3" in event["EventContextData"]["DeviceName"]
    assert event["EventRisk"] == {"RiskDecision": "NoRisk", "CompromisedCredentialsDetected": False}
    assert outcome(event) == ("SignIn", "Pass", {"Password": "Success"})
    assert "EventFeedback" not in event


def test_wrong_password_and_nobody(running: Running, idp: Any, at: Setup) -> None:
    user(running, at.pool)
    with refused("NotAuthorizedException", "Incorrect username or password."):
        begin(idp, at, "Wrong-horse-7")
    assert [outcome(event) for event in events(idp, at)] == [("SignIn", "Fail", {"Password": "Failure"})]
    with refused("UserNotFoundException"):
        idp.initiate_auth(
            ClientId=at.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "bob", "PASSWORD": "x"}
        )
    assert len(running.world.store.auth_events) == 1


@pytest.mark.parametrize("right", [True, False])
def test_srp(running: Running, idp: Any, at: Setup, right: bool) -> None:
    user(running, at.pool)
    client = SrpClient(at.pool, PASSWORD if right else "Wrong-horse-7")
    parameters = {"USERNAME": "ann", "SRP_A": client.public}
    asked = idp.initiate_auth(ClientId=at.client, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
    (waiting,) = events(idp, at)
    assert outcome(waiting) == ("SignIn", "InProgress", {})
    responses = client.responses(asked["ChallengeParameters"])
    answer = {"ClientId": at.client, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": responses}
    if right:
        idp.respond_to_auth_challenge(**answer)
    else:
        with refused("NotAuthorizedException", "Incorrect username or password."):
            idp.respond_to_auth_challenge(**answer)
    (event,) = events(idp, at)
    assert event["EventId"] == waiting["EventId"]
    assert outcome(event)[1:] == (("Pass", {"Password": "Success"}) if right else ("Fail", {"Password": "Failure"}))


def test_each_proof_of_one_challenge_is_an_event(running: Running, idp: Any, at: Setup) -> None:
    user(running, at.pool)
    client = SrpClient(at.pool, PASSWORD)
    parameters = {"USERNAME": "ann", "SRP_A": client.public}
    asked = idp.initiate_auth(ClientId=at.client, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
    responses = client.responses(asked["ChallengeParameters"])
    answer: dict[str, Any] = {"ClientId": at.client, "ChallengeName": "PASSWORD_VERIFIER"}
    for _ in range(2):
        with refused("NotAuthorizedException", "Incorrect username or password."):
            wrong = {**responses, "PASSWORD_CLAIM_SIGNATURE": "AAAA"}
            idp.respond_to_auth_challenge(**answer, ChallengeResponses=wrong)
    token = idp.respond_to_auth_challenge(**answer, ChallengeResponses=responses)["AuthenticationResult"]["AccessToken"]
    failed = ("SignIn", "Fail", {"Password": "Failure"})
    found = events(idp, at)
    assert [outcome(event) for event in found] == [("SignIn", "Pass", {"Password": "Success"}), failed, failed]
    assert found[0]["EventId"] == jwt.decode(token, options={"verify_signature": False})["event_id"]


def test_second_factor(running: Running, idp: Any, at: Setup) -> None:
    user(running, at.pool)
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=at.pool,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    secret = give_totp(running, idp, at)
    asked = begin(idp, at)
    assert outcome(events(idp, at)[0]) == ("SignIn", "InProgress", {"Password": "Success"})

    def respond(code: str) -> Any:
        responses = {"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": code}
        return idp.respond_to_auth_challenge(
            ClientId=at.client,
            ChallengeName="SOFTWARE_TOKEN_MFA",
            Session=asked["Session"],
            ChallengeResponses=responses,
        )

    right = totp(secret, running.world.clock.now())
    with refused("CodeMismatchException"):
        respond(f"{(int(right) + 1) % 1_000_000:06}")
    assert outcome(events(idp, at)[0]) == ("SignIn", "Fail", {"Password": "Success", "Mfa": "Failure"})
    token = respond(right)["AuthenticationResult"]["AccessToken"]
    newest = events(idp, at)[0]
    assert outcome(newest) == ("SignIn", "Pass", {"Password": "Success", "Mfa": "Success"})
    assert newest["EventId"] == jwt.decode(token, options={"verify_signature": False})["event_id"]
    assert len(events(idp, at)) == 2  # with the sign-in that registered the authenticator


# --- the other events --------------------------------------------------------------------------------------


def test_sign_up_and_codes(running: Running, idp: Any) -> None:
    at = setup(running, AutoVerifiedAttributes=["email"], **AUDIT)
    attributes = [{"Name": "email", "Value": "ann@example.com"}]
    idp.sign_up(ClientId=at.client, Username="ann", Password=PASSWORD, UserAttributes=attributes)
    idp.resend_confirmation_code(ClientId=at.client, Username="ann")
    idp.admin_confirm_sign_up(UserPoolId=at.pool, Username="ann")
    with refused("InvalidParameterException"):
        idp.resend_confirmation_code(ClientId=at.client, Username="ann")
    with refused("InvalidParameterException"):
        idp.forgot_password(ClientId=at.client, Username="ann")  # the address is not verified
    verified = [{"Name": "email_verified", "Value": "true"}]
    idp.admin_update_user_attributes(UserPoolId=at.pool, Username="ann", UserAttributes=verified)
    idp.forgot_password(ClientId=at.client, Username="ann")
    with refused("UserNotFoundException"):
        idp.forgot_password(ClientId=at.client, Username="bob")
    assert [outcome(event)[:2] for event in events(idp, at)] == [
        ("ForgotPassword", "Pass"),
        ("ForgotPassword", "Fail"),
        ("ResendCode", "Fail"),
        ("ResendCode", "Pass"),
        ("SignUp", "Pass"),
    ]
    assert {event["EventContextData"]["IpAddress"] for event in events(idp, at)} == {"127.0.0.1"}


def test_password_change(running: Running, idp: Any, at: Setup) -> None:
    user(running, at.pool)
    token = sign_in(idp, at)["AccessToken"]
    with refused("NotAuthorizedException"):
        idp.change_password(AccessToken=token, PreviousPassword="Wrong-horse-7", ProposedPassword="Correct-horse-8")
    idp.change_password(AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword="Correct-horse-8")
    found = [outcome(event)[:2] for event in events(idp, at)]
    assert found == [("PasswordChange", "Pass"), ("PasswordChange", "Fail"), ("SignIn", "Pass")]


# --- listing -----------------------------------------------------------------------------------------------


def test_pages_are_newest_first_and_do_not_shift(running: Running, idp: Any, at: Setup) -> None:
    user(running, at.pool)
    for _ in range(5):
        sign_in(idp, at)
    whole = [event["EventId"] for event in events(idp, at)]
    first = idp.admin_list_user_auth_events(UserPoolId=at.pool, Username="ann", MaxResults=2)
    sign_in(idp, at)
    second = events(idp, at, MaxResults=2, NextToken=first["NextToken"])
    assert [event["EventId"] for event in (*first["AuthEvents"], *second)] == whole[:4]
    number, date = first["NextToken"].split("#")
    assert number == whole[1]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", date)
    assert datetime.fromisoformat(date) == first["AuthEvents"][1]["CreationDate"]
    for token in (number, f"{number}#{date[:-1]}", f"{whole[0]}#2026-01-01T00:00:00.000Z", "x"):
        with refused("InvalidParameterException", "Invalid pagination token."):
            events(idp, at, NextToken=token)
    last = idp.admin_list_user_auth_events(UserPoolId=at.pool, Username="ann", MaxResults=6)
    assert "NextToken" not in last
    dates = [event["CreationDate"] for event in last["AuthEvents"]]
    assert dates == sorted(dates, reverse=True)
    user(running, at.pool, "bob")
    with refused("InvalidParameterException", "Invalid pagination token."):
        events(idp, at, "bob", NextToken=first["NextToken"])


def test_sub_names_the_user_too(running: Running, idp: Any, at: Setup) -> None:
    sub = user(running, at.pool)
    sign_in(idp, at)
    assert events(idp, at, sub) == events(idp, at)


def test_a_feedback_token_is_never_taken_for_an_option() -> None:
    """By the command line: one in 64 would begin with a dash."""
    tokens = [feedback_token(b"secret", "us-east-1_pool", "sub", str(number)) for number in range(300)]
    assert [token for token in tokens if token.startswith("-")] == []


@pytest.mark.exhaustive
def test_only_the_newest_are_kept(running: Running, idp: Any, at: Setup) -> None:
    user(running, at.pool)
    sign_in(idp, at)
    oldest = events(idp, at)[0]["EventId"]
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD}
    members = {"ClientId": at.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}
    for _ in range(KEPT):
        running.call("InitiateAuth", **members)
    assert len(running.world.store.auth_events) == KEPT
    assert oldest not in running.world.store.auth_events


def test_events_go_with_the_user(running: Running, idp: Any, at: Setup) -> None:
    user(running, at.pool)
    user(running, at.pool, "bob")
    sign_in(idp, at)
    sign_in(idp, at, "bob")
    idp.admin_delete_user(UserPoolId=at.pool, Username="ann")
    assert len(running.world.store.auth_events) == 1
    with refused("UserNotFoundException", "User does not exist."):
        events(idp, at)
    idp.delete_user_pool(UserPoolId=at.pool)
    assert len(running.world.store.auth_events) == 0


# --- feedback ----------------------------------------------------------------------------------------------


@pytest.fixture
def event_id(running: Running, idp: Any, at: Setup) -> str:
    user(running, at.pool)
    sign_in(idp, at)
    return str(events(idp, at)[0]["EventId"])


def feedback(idp: Any, at: Setup, event_id: str, value: str = "Valid", username: str = "ann") -> None:
    idp.admin_update_auth_event_feedback(UserPoolId=at.pool, Username=username, EventId=event_id, FeedbackValue=value)


def test_feedback_of_an_administrator(running: Running, idp: Any, at: Setup, event_id: str) -> None:
    feedback(idp, at, event_id)
    first = events(idp, at)[0]["EventFeedback"]
    assert (first["FeedbackValue"], first["Provider"]) == ("Valid", "Admin")
    running.world.clock.advance(60)
    feedback(idp, at, event_id, "Invalid")
    second = events(idp, at)[0]["EventFeedback"]
    assert second["FeedbackValue"] == "Invalid"
    assert (second["FeedbackDate"] - first["FeedbackDate"]).total_seconds() >= 60


def test_feedback_on_what_is_not_theirs(running: Running, idp: Any, at: Setup, event_id: str) -> None:
    with refused("ResourceNotFoundException", "Auth event does not exist."):
        feedback(idp, at, "none")
    user(running, at.pool, "bob")
    with refused("ResourceNotFoundException", "Auth event does not exist."):
        feedback(idp, at, event_id, username="bob")
    with refused("UserNotFoundException", "User does not exist."):
        feedback(idp, at, event_id, username="eve")
    assert "EventFeedback" not in events(idp, at)[0]


def by_token(idp: Any, at: Setup, event_id: str, token: str, **members: Any) -> None:
    whole = {"UserPoolId": at.pool, "Username": "ann", "EventId": event_id, "FeedbackValue": "Invalid"}
    idp.update_auth_event_feedback(**{**whole, **members}, FeedbackToken=token)


def test_feedback_of_the_user(running: Running, idp: Any, at: Setup, event_id: str) -> None:
    world = running.world
    event = world.store.auth_events.get(event_id)
    assert event is not None
    sign_in(idp, at)
    other = events(idp, at)[0]["EventId"]
    known = (event.pool_id, event.sub, event.id)
    good = feedback_token(world.secret, *known)
    for forged, target in ((good, other), ("x" + good[1:-1], event_id), (feedback_token(b"", *known), event_id)):
        with refused("NotAuthorizedException", "Invalid feedback token."):
            by_token(idp, at, target, forged)
    with refused("ResourceNotFoundException", "User pool us-east-1_none does not exist."):
        by_token(idp, at, event_id, good, UserPoolId="us-east-1_none")
    assert all("EventFeedback" not in shown for shown in events(idp, at))
    by_token(idp, at, event_id, good)
    newest, oldest = events(idp, at)
    assert "EventFeedback" not in newest
    assert (oldest["EventFeedback"]["FeedbackValue"], oldest["EventFeedback"]["Provider"]) == ("Invalid", "User")


# --- the setting -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("members", [{}, {"UserPoolAddOns": {"AdvancedSecurityMode": "OFF"}}])
def test_pool_without_the_add_on(running: Running, idp: Any, members: dict[str, Any]) -> None:
    at = setup(running, **members)
    user(running, at.pool)
    sign_in(idp, at)
    assert len(running.world.store.auth_events) == 0
    code, text = "UserPoolAddOnNotEnabledException", "User pool add-on not enabled."
    with refused(code, text):
        events(idp, at)
    with refused(code, text):
        feedback(idp, at, "e")
    with refused(code, text):
        by_token(idp, at, "e", "t")


def test_audit_makes_the_tier_plus(running: Running, idp: Any) -> None:
    at = setup(running, **AUDIT)
    pool = idp.describe_user_pool(UserPoolId=at.pool)["UserPool"]
    assert (pool["UserPoolTier"], pool["UserPoolAddOns"]) == ("PLUS", AUDIT["UserPoolAddOns"])
    off = setup(running, UserPoolAddOns={"AdvancedSecurityMode": "OFF"})
    assert idp.describe_user_pool(UserPoolId=off.pool)["UserPool"]["UserPoolTier"] == "ESSENTIALS"


@pytest.mark.parametrize("tier", ["LITE", "ESSENTIALS"])
def test_audit_needs_plus(running: Running, idp: Any, tier: str) -> None:
    with refused("FeatureUnavailableInTierException", NEEDS_PLUS.format(tier)):
        idp.create_user_pool(PoolName="p", UserPoolTier=tier, **AUDIT)
    kept = setup(running, UserPoolTier=tier)
    with refused("FeatureUnavailableInTierException", NEEDS_PLUS.format(tier)):
        idp.update_user_pool(UserPoolId=kept.pool, **AUDIT)
    plus = setup(running, **AUDIT)
    with refused("FeatureUnavailableInTierException", NEEDS_PLUS.format(tier)):
        idp.update_user_pool(UserPoolId=plus.pool, UserPoolTier=tier, **AUDIT)
    idp.update_user_pool(UserPoolId=kept.pool, UserPoolTier="PLUS", **AUDIT)
    assert events_are_on(running, kept)


def events_are_on(running: Running, at: Setup) -> bool:
    pool = running.world.store.pools.get(at.pool)
    return pool is not None and pool.records_events


def test_update_without_the_add_on_switches_it_off(running: Running, idp: Any, at: Setup) -> None:
    user(running, at.pool)
    sign_in(idp, at)
    idp.update_user_pool(UserPoolId=at.pool)
    pool = idp.describe_user_pool(UserPoolId=at.pool)["UserPool"]
    assert "UserPoolAddOns" not in pool
    assert pool["UserPoolTier"] == "PLUS"
    sign_in(idp, at)
    with refused("UserPoolAddOnNotEnabledException"):
        events(idp, at)
    idp.update_user_pool(UserPoolId=at.pool, **AUDIT)
    assert len(events(idp, at)) == 1


def test_two_sign_ins_never_share_an_event_id(running: Running, idp: Any, at: Setup) -> None:
    """A device can be asked twice in one attempt; each pair of tokens is still revoked by itself."""
    sub = user(running, at.pool)
    attempt = make_attempt(at.pool, at.client, "USER_PASSWORD_AUTH", sub=sub, challenges=("PASSWORD",), event_id="e-1")
    made = [running.run(issue.sign_in(running.world, attempt, Caller())).access for _ in range(2)]
    first, second = (jwt.decode(token, options={"verify_signature": False})["event_id"] for token in made)
    assert first == "e-1"
    assert second != first

"""Custom authentication and risk: CustomAuthMode, and what is demanded when Define issues tokens."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import Setup, SrpClient, give_totp, refused, totp, user
from tests.helpers.custom_auth import define, functions_of, prove, reply
from tests.helpers.functions import Event, Functions
from tests.helpers.harness import Running
from tests.helpers.protected import ADDRESS_TEXT, BLOCKED_TEXT, add_ons, configure, events, fix, mfa, protected, risk

PASSWORD = "Correct-horse-7"
TOTP = "SOFTWARE_TOKEN_MFA"


def made(running: Running, custom: str | None, mode: str = "OFF") -> tuple[Setup, Functions]:
    functions = functions_of(running)
    at = protected(running, mode, LambdaConfig=functions.config, **add_ons(mode, custom))
    user(running, at.pool)
    return at, functions


def begin(idp: Any, at: Setup, **parameters: str) -> Any:
    given = {"USERNAME": "ann", **parameters}
    return idp.initiate_auth(ClientId=at.client, AuthFlow="CUSTOM_AUTH", AuthParameters=given)


def answered(idp: Any, at: Setup) -> Any:
    return reply(idp, at, begin(idp, at), "answer 0")


def code_for(running: Running, idp: Any, at: Setup, asked: Any, secret: str) -> Any:
    return idp.respond_to_auth_challenge(
        ClientId=at.client,
        ChallengeName=TOTP,
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", f"{TOTP}_CODE": totp(secret, running.world.clock.now())},
    )


@pytest.mark.parametrize(
    ("mode", "custom", "wanted"),
    [
        ("ENFORCED", None, None),  # not watched at all
        ("ENFORCED", "AUDIT", ("NoRisk", "High", False)),
        ("OFF", "AUDIT", ("NoRisk", "High", False)),
        ("OFF", "ENFORCED", ("Block", "High", False)),
        ("AUDIT", "ENFORCED", ("Block", "High", False)),
    ],
)
def test_custom_authentication_has_its_own_mode(
    running: Running, idp: Any, mode: str, custom: str | None, wanted: Any
) -> None:
    at, _ = made(running, custom, mode)
    configure(running, at, "BLOCK")
    fix(running, "High")
    asked = begin(idp, at)
    if custom == "ENFORCED":
        with refused("NotAuthorizedException", BLOCKED_TEXT):
            reply(idp, at, asked, "answer 0")
    else:
        assert "AuthenticationResult" in reply(idp, at, asked, "answer 0")
    if wanted is None:
        assert len(running.world.store.auth_events) == 0
    else:
        newest = events(idp, at)[0]
        assert (risk(newest), newest["EventResponse"]) == (wanted, "Fail" if wanted[0] == "Block" else "Pass")


def test_who_has_to_reset_the_password_is_judged_too(running: Running, idp: Any) -> None:
    """Custom challenges let such a user in."""
    at, _ = made(running, "ENFORCED")
    verified = [{"Name": "email", "Value": "ann@example.com"}, {"Name": "email_verified", "Value": "true"}]
    idp.admin_update_user_attributes(UserPoolId=at.pool, Username="ann", UserAttributes=verified)
    idp.admin_reset_user_password(UserPoolId=at.pool, Username="ann")
    assert "AuthenticationResult" in answered(idp, at)
    configure(running, at, "BLOCK")
    fix(running, "High")
    with refused("NotAuthorizedException", BLOCKED_TEXT):
        answered(idp, at)


def test_the_user_is_told(running: Running, idp: Any) -> None:
    at, _ = made(running, "ENFORCED")
    address = [{"Name": "email", "Value": "ann@example.com"}]
    idp.admin_update_user_attributes(UserPoolId=at.pool, Username="ann", UserAttributes=address)
    configure(running, at, "NO_ACTION", notify=True)
    fix(running, "Low")
    assert "AuthenticationResult" in answered(idp, at)
    assert [message.purpose for message in running.world.outbox.all()] == ["risk"]


@pytest.mark.parametrize("custom", ["AUDIT", "ENFORCED"])
def test_blocked_addresses(running: Running, idp: Any, custom: str) -> None:
    at, _ = made(running, custom)
    asked = begin(idp, at)
    configure(running, at, RiskExceptionConfiguration={"BlockedIPRangeList": ["127.0.0.0/8"]})
    if custom == "AUDIT":
        assert "AuthenticationResult" in reply(idp, at, asked, "answer 0")
        return
    with refused("NotAuthorizedException", ADDRESS_TEXT):
        begin(idp, at)
    assert risk(events(idp, at)[0]) == ("Block", None, False)
    with refused("NotAuthorizedException", ADDRESS_TEXT):
        reply(idp, at, asked, "answer 0")


@pytest.mark.parametrize("action", ["MFA_IF_CONFIGURED", "MFA_REQUIRED"])
def test_a_factor_after_define_is_content(running: Running, idp: Any, action: str) -> None:
    at, functions = made(running, "ENFORCED")
    mfa(running, at)
    secret = give_totp(running, idp, at, prefer=False)
    configure(running, at, action)
    fix(running, "Low")
    functions.events.clear()
    asked = answered(idp, at)
    assert asked["ChallengeName"] == TOTP
    decisions = functions.sources().count("DefineAuthChallenge_Authentication")
    assert "AuthenticationResult" in code_for(running, idp, at, asked, secret)
    # Define has had its say.
    assert functions.sources().count("DefineAuthChallenge_Authentication") == decisions
    assert risk(events(idp, at)[0]) == ("AccountTakeover", "Low", False)


@pytest.mark.parametrize("mode", ["OPTIONAL", "ON"])
def test_who_has_no_factor(running: Running, idp: Any, mode: str) -> None:
    at, _ = made(running, "ENFORCED")
    mfa(running, at, mode)
    fix(running, "Low")
    configure(running, at, "MFA_IF_CONFIGURED")
    assert "AuthenticationResult" in answered(idp, at)
    configure(running, at, "MFA_REQUIRED")
    with refused("NotAuthorizedException", BLOCKED_TEXT):
        answered(idp, at)


def test_after_the_password(running: Running, idp: Any) -> None:
    at, _ = made(running, "ENFORCED")
    mfa(running, at)
    secret = give_totp(running, idp, at, prefer=False)
    fix(running, "Low")
    client = SrpClient(at.pool, PASSWORD)

    def password() -> Any:
        asked = begin(idp, at, CHALLENGE_NAME="SRP_A", SRP_A=client.public)
        assert asked["ChallengeName"] == "PASSWORD_VERIFIER"
        return prove(idp, at, client, asked)

    configure(running, at, "MFA_REQUIRED")
    asked = password()
    assert asked["ChallengeName"] == TOTP
    asked = code_for(running, idp, at, asked, secret)
    assert asked["ChallengeName"] == "CUSTOM_CHALLENGE"
    answer = asked["ChallengeParameters"]["question"].replace("number", "answer")
    assert "AuthenticationResult" in reply(idp, at, asked, answer)  # and no second time a factor
    configure(running, at, "BLOCK")
    with refused("NotAuthorizedException", BLOCKED_TEXT):
        password()


def test_a_choice_of_factors_is_no_proof(running: Running, idp: Any) -> None:
    """SELECT_MFA_TYPE leads to a factor, whatever Define would say of it."""
    at, functions = made(running, "ENFORCED")
    sms = {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x"}
    mfa(running, at)
    secret = give_totp(running, idp, at)
    idp.admin_update_user_attributes(
        UserPoolId=at.pool, Username="ann", UserAttributes=[{"Name": "phone_number", "Value": "+15551234567"}]
    )
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=at.pool,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
        SmsMfaConfiguration={"SmsConfiguration": sms},
    )
    both = {"Enabled": True, "PreferredMfa": False}
    idp.admin_set_user_mfa_preference(
        UserPoolId=at.pool, Username="ann", SMSMfaSettings=both, SoftwareTokenMfaSettings=both
    )
    client = SrpClient(at.pool, PASSWORD)
    asked = prove(idp, at, client, begin(idp, at, CHALLENGE_NAME="SRP_A", SRP_A=client.public))
    assert asked["ChallengeName"] == "SELECT_MFA_TYPE"
    asked = idp.respond_to_auth_challenge(
        ClientId=at.client,
        ChallengeName="SELECT_MFA_TYPE",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "ANSWER": TOTP},
    )
    assert asked["ChallengeName"] == TOTP
    assert code_for(running, idp, at, asked, secret)["ChallengeName"] == "CUSTOM_CHALLENGE"
    told = functions.told("DefineAuthChallenge_Authentication")["request"]["session"]
    assert [done["challengeName"] for done in told] == ["SRP_A", "PASSWORD_VERIFIER", TOTP]


def test_a_new_password_is_no_second_factor(running: Running, idp: Any) -> None:
    """Whoever has MFA is asked for it after the temporary password is replaced, too."""

    def with_new_password(event: Event) -> None:
        define(event)
        if event["request"]["session"][-1]["challengeName"] == "PASSWORD_VERIFIER":
            event["response"]["challengeName"] = "NEW_PASSWORD_REQUIRED"

    functions = functions_of(running, DefineAuthChallenge=with_new_password)
    at = protected(running, LambdaConfig=functions.config)
    user(running, at.pool)
    mfa(running, at)
    secret = give_totp(running, idp, at)
    idp.admin_set_user_password(UserPoolId=at.pool, Username="ann", Password=PASSWORD, Permanent=False)
    client = SrpClient(at.pool, PASSWORD)
    asked = prove(idp, at, client, begin(idp, at, CHALLENGE_NAME="SRP_A", SRP_A=client.public))
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    asked = idp.respond_to_auth_challenge(
        ClientId=at.client,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "NEW_PASSWORD": "Another-horse-7"},
    )
    assert asked["ChallengeName"] == TOTP
    assert code_for(running, idp, at, asked, secret)["ChallengeName"] == "CUSTOM_CHALLENGE"

"""EMAIL_OTP as MFA: the pool's configuration, the user's preference, the challenge, and setting it up in a sign-in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.helpers.build import PASSWORD, SMS, Setup, give_totp, refused, setup, sign_in, user
from tests.helpers.choice import last_code, signed_in
from tests.helpers.harness import Running
from tests.helpers.sign_in import begin, respond

SENDER = {"EmailSendingAccount": "DEVELOPER", "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/a@example.com"}
BY_PHONE_FIRST = {
    "RecoveryMechanisms": [
        {"Priority": 1, "Name": "verified_phone_number"},
        {"Priority": 2, "Name": "verified_email"},
    ]
}
BY_MAIL: dict[str, Any] = {"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]}
MAIL: dict[str, Any] = {"email": "ann@example.com"}
TOTP: dict[str, Any] = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
WRONG_CODE = "Invalid code or auth state for the user."
ON = {"Enabled": True, "PreferredMfa": True}


def with_email(running: Running, mode: str = "OPTIONAL", *, pool: dict[str, Any] | None = None, **more: Any) -> Setup:
    given = {"EmailConfiguration": SENDER, "AccountRecoverySetting": BY_PHONE_FIRST, **(pool or {})}
    at = setup(running, **given)
    blocks = {"EmailMfaConfiguration": {}, **more}
    running.call("SetUserPoolMfaConfig", UserPoolId=at.pool, MfaConfiguration=mode, **blocks)
    return at


def start(idp: Any, at: Setup) -> Any:
    return begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)


# --- the pool --------------------------------------------------------------------------------------------


def test_configuration(running: Running, idp: Any) -> None:
    texts = {"Message": "Say {####}", "Subject": "A code"}
    at = with_email(running, EmailMfaConfiguration=texts)
    shown = {"MfaConfiguration": "OPTIONAL", "EmailMfaConfiguration": texts}
    found = idp.get_user_pool_mfa_config(UserPoolId=at.pool)
    assert {name: value for name, value in found.items() if name != "ResponseMetadata"} == shown
    assert "EmailMfaConfiguration" not in idp.describe_user_pool(UserPoolId=at.pool)["UserPool"]
    kept = {"EmailConfiguration": SENDER, "AccountRecoverySetting": BY_PHONE_FIRST}
    idp.update_user_pool(UserPoolId=at.pool, **kept)
    assert idp.get_user_pool_mfa_config(UserPoolId=at.pool)["EmailMfaConfiguration"] == texts
    user(running, at.pool, **MAIL)
    idp.admin_set_user_mfa_preference(UserPoolId=at.pool, Username="ann", EmailMfaSettings=ON)
    start(idp, at)
    sent = running.world.outbox.all()[-1]
    assert (sent.subject, sent.body) == ("A code", f"Say {sent.code}")
    idp.update_user_pool(UserPoolId=at.pool, MfaConfiguration="OFF", **kept)
    assert "EmailMfaConfiguration" not in idp.get_user_pool_mfa_config(UserPoolId=at.pool)
    idp.set_user_pool_mfa_config(UserPoolId=at.pool, MfaConfiguration="ON", **TOTP)
    assert "EmailMfaConfiguration" not in idp.get_user_pool_mfa_config(UserPoolId=at.pool)


NO_SENDER = "Email MFA requires an EmailConfiguration with EmailSendingAccount DEVELOPER."
ONLY_MAIL = (
    "Invalid account recovery setting parameter. Account Recovery Setting cannot use verified_email as a recovery "
    "mechanism when Email MFA is configured."
)


@pytest.mark.parametrize(
    ("pool", "mode", "code", "text"),
    [
        ({}, "ON", "InvalidParameterException", NO_SENDER),
        (
            {"EmailConfiguration": SENDER, "AccountRecoverySetting": BY_MAIL},
            "ON",
            "InvalidParameterException",
            ONLY_MAIL,
        ),
        (
            {"EmailConfiguration": SENDER},
            "OFF",
            "InvalidParameterException",
            "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.",
        ),
        (
            {"EmailConfiguration": SENDER, "UserPoolTier": "LITE"},
            "ON",
            "FeatureUnavailableInTierException",
            "The following features need to be disabled for the LITE pricing tier configured: Email MFA",
        ),
    ],
)
def test_refused(running: Running, idp: Any, pool: dict[str, Any], mode: str, code: str, text: str) -> None:
    made = running.call("CreateUserPool", PoolName="p", **pool)["UserPool"]["Id"]
    with refused(code, text):
        idp.set_user_pool_mfa_config(UserPoolId=made, MfaConfiguration=mode, EmailMfaConfiguration={})
    assert idp.get_user_pool_mfa_config(UserPoolId=made)["MfaConfiguration"] == "OFF"


@pytest.mark.parametrize(
    ("update", "text"),
    [({"EmailConfiguration": {}}, NO_SENDER), ({"AccountRecoverySetting": BY_MAIL}, ONLY_MAIL)],
)
def test_what_it_needs_cannot_be_taken_away(running: Running, idp: Any, update: dict[str, Any], text: str) -> None:
    at = with_email(running)
    whole = {"EmailConfiguration": SENDER, "AccountRecoverySetting": BY_PHONE_FIRST, **update}
    with refused("InvalidParameterException", text):
        idp.update_user_pool(UserPoolId=at.pool, **whole)


# --- the user --------------------------------------------------------------------------------------------


def test_preference(running: Running, idp: Any) -> None:
    at = with_email(running)
    user(running, at.pool, **MAIL)
    token = sign_in(idp, at)["AccessToken"]
    idp.set_user_mfa_preference(AccessToken=token, EmailMfaSettings=ON)
    for found in (idp.get_user(AccessToken=token), idp.get_user_auth_factors(AccessToken=token)):
        assert (found["UserMFASettingList"], found["PreferredMfaSetting"]) == (["EMAIL_OTP"], "EMAIL_OTP")
    idp.set_user_mfa_preference(AccessToken=token, EmailMfaSettings={"Enabled": False})
    assert "UserMFASettingList" not in idp.get_user(AccessToken=token)
    assert signed_in(start(idp, at))


def test_preferences_refused(running: Running, idp: Any) -> None:
    at = with_email(running)
    user(running, at.pool)
    token = sign_in(idp, at)["AccessToken"]
    text = "User does not have delivery config set to turn on EMAIL_OTP"
    with refused("InvalidParameterException", text):
        idp.set_user_mfa_preference(AccessToken=token, EmailMfaSettings=ON)
    with refused("InvalidParameterException", text):
        idp.admin_set_user_mfa_preference(UserPoolId=at.pool, Username="ann", EmailMfaSettings=ON)
    lite = setup(running, UserPoolTier="LITE")
    user(running, lite.pool, **MAIL)
    with refused("InvalidParameterException", "Email MFA is not available in the LITE pricing tier."):
        idp.admin_set_user_mfa_preference(UserPoolId=lite.pool, Username="ann", EmailMfaSettings=ON)


def test_codes_of_mfa_and_recovery_go_different_ways(running: Running, idp: Any) -> None:
    at = with_email(running)
    user(running, at.pool, **MAIL, email_verified="true")
    idp.forgot_password(ClientId=at.client, Username="ann")
    idp.admin_set_user_mfa_preference(UserPoolId=at.pool, Username="ann", EmailMfaSettings=ON)
    text = "Cannot reset password for the user as there is no registered/verified email or phone_number"
    with refused("InvalidParameterException", text):
        idp.forgot_password(ClientId=at.client, Username="ann")


# --- the challenge ---------------------------------------------------------------------------------------


def test_challenge(running: Running, idp: Any) -> None:
    at = with_email(running)
    user(running, at.pool, **MAIL)
    idp.admin_set_user_mfa_preference(UserPoolId=at.pool, Username="ann", EmailMfaSettings=ON)
    answer = start(idp, at)
    assert answer["ChallengeName"] == "EMAIL_OTP"
    assert "AvailableChallenges" not in answer
    assert answer["ChallengeParameters"] == {
        "CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL",
        "CODE_DELIVERY_DESTINATION": "a***@e***",
        "USER_ID_FOR_SRP": "ann",
    }
    sent = running.world.outbox.all()[-1]
    assert (sent.purpose, sent.subject) == ("mfa", "Your authentication code")
    assert len(sent.code or "") == 6
    with refused("InvalidParameterException", "Missing required parameter EMAIL_OTP_CODE"):
        respond(idp, at, "EMAIL_OTP", answer["Session"], USERNAME="ann")
    with refused("CodeMismatchException", WRONG_CODE):
        respond(idp, at, "EMAIL_OTP", answer["Session"], USERNAME="ann", EMAIL_OTP_CODE="0")
    for challenge in ("SMS_MFA", "SMS_OTP"):
        with refused("NotAuthorizedException", "Invalid session for the user."):
            respond(idp, at, challenge, answer["Session"], USERNAME="ann", **{f"{challenge}_CODE": sent.code})
    assert signed_in(respond(idp, at, "EMAIL_OTP", answer["Session"], USERNAME="ann", EMAIL_OTP_CODE=sent.code))
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        respond(idp, at, "EMAIL_OTP", answer["Session"], USERNAME="ann", EMAIL_OTP_CODE=sent.code)
    found = idp.admin_get_user(UserPoolId=at.pool, Username="ann")["UserAttributes"]
    assert {"Name": "email_verified", "Value": "true"} in found


def test_a_code_as_first_factor_does_not_stand_for_mfa(running: Running, idp: Any) -> None:
    """MFA by e-mail that is set up while a sign-in by e-mail is under way is not got around."""
    flows = {"ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"]}
    policies = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    at = setup(running, flows, EmailConfiguration=SENDER, Policies=policies)
    running.call(
        "SetUserPoolMfaConfig", UserPoolId=at.pool, MfaConfiguration="OPTIONAL", EmailMfaConfiguration={}, **TOTP
    )
    user(running, at.pool, **MAIL)
    answer = begin(idp, at, "USER_AUTH", USERNAME="ann", PREFERRED_CHALLENGE="EMAIL_OTP")
    idp.admin_set_user_mfa_preference(UserPoolId=at.pool, Username="ann", EmailMfaSettings=ON)
    with refused("NotAuthorizedException", "Invalid session for the user."):
        respond(idp, at, "EMAIL_OTP", answer["Session"], USERNAME="ann", EMAIL_OTP_CODE=last_code(running))


@pytest.mark.parametrize("name", ["EMAIL_OTP", "EMAIL_MFA"])
def test_choice_of_factors(running: Running, idp: Any, name: str) -> None:
    at = with_email(running, **TOTP)
    user(running, at.pool, **MAIL)
    give_totp(running, idp, at, prefer=False)
    both = {"EmailMfaSettings": {"Enabled": True}, "SoftwareTokenMfaSettings": {"Enabled": True}}
    idp.admin_set_user_mfa_preference(UserPoolId=at.pool, Username="ann", **both)
    answer = start(idp, at)
    assert answer["ChallengeName"] == "SELECT_MFA_TYPE"
    assert json.loads(answer["ChallengeParameters"]["MFAS_CAN_CHOOSE"]) == ["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]
    with refused("InvalidParameterException", "Invalid MFA type selected."):
        respond(idp, at, "SELECT_MFA_TYPE", answer["Session"], USERNAME="ann", ANSWER="SMS_MFA")
    chosen = respond(idp, at, "SELECT_MFA_TYPE", answer["Session"], USERNAME="ann", ANSWER=name)
    assert chosen["ChallengeName"] == "EMAIL_OTP"
    code = last_code(running)
    assert signed_in(respond(idp, at, "EMAIL_OTP", chosen["Session"], USERNAME="ann", EMAIL_OTP_CODE=code))


def test_required_mfa_falls_back_on_the_address(running: Running, idp: Any) -> None:
    at = with_email(running, "ON")
    user(running, at.pool, **MAIL)
    assert start(idp, at)["ChallengeName"] == "EMAIL_OTP"
    mechanisms = [
        {"Priority": 1, "Name": "verified_email"},
        {"Priority": 2, "Name": "verified_phone_number"},
    ]
    idp.update_user_pool(
        UserPoolId=at.pool, EmailConfiguration=SENDER, AccountRecoverySetting={"RecoveryMechanisms": mechanisms}
    )
    with refused("InvalidUserPoolConfigurationException", "No MFA mechanism registerd in the account."):
        start(idp, at)


# --- setting it up ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["EMAIL", "email"])
def test_set_up(running: Running, idp: Any, key: str) -> None:
    at = with_email(running, "ON", **TOTP)
    user(running, at.pool)
    answer = start(idp, at)
    assert answer["ChallengeName"] == "MFA_SETUP"
    assert json.loads(answer["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]
    with refused("InvalidParameterException"):
        respond(idp, at, "MFA_SETUP", answer["Session"], USERNAME="ann", **{key: "no address"})
    asked = respond(idp, at, "MFA_SETUP", answer["Session"], USERNAME="ann", **{key: "ann@example.com"})
    assert asked["ChallengeName"] == "EMAIL_OTP"
    assert asked["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"] == "a***@e***"
    found = idp.admin_get_user(UserPoolId=at.pool, Username="ann")
    assert [item["Name"] for item in found["UserAttributes"]] == ["sub"]
    with refused("CodeMismatchException", WRONG_CODE):
        respond(idp, at, "EMAIL_OTP", asked["Session"], USERNAME="ann", EMAIL_OTP_CODE="0")
    code = last_code(running)
    assert signed_in(respond(idp, at, "EMAIL_OTP", asked["Session"], USERNAME="ann", EMAIL_OTP_CODE=code))
    found = idp.admin_get_user(UserPoolId=at.pool, Username="ann")
    assert found["UserMFASettingList"] == ["EMAIL_OTP"]
    assert {"Name": "email", "Value": "ann@example.com"} in found["UserAttributes"]
    assert {"Name": "email_verified", "Value": "true"} in found["UserAttributes"]
    assert start(idp, at)["ChallengeName"] == "EMAIL_OTP"


def test_set_up_with_an_alias_of_somebody_else(running: Running, idp: Any) -> None:
    at = with_email(running, "ON", pool={"AliasAttributes": ["email"]}, **TOTP)
    user(running, at.pool)
    user(running, at.pool, "bob", **MAIL, email_verified="true")
    answer = start(idp, at)
    asked = respond(idp, at, "MFA_SETUP", answer["Session"], USERNAME="ann", EMAIL="ann@example.com")
    code = last_code(running)
    with refused("AliasExistsException", "An account with the email already exists."):
        respond(idp, at, "EMAIL_OTP", asked["Session"], USERNAME="ann", EMAIL_OTP_CODE=code)


def test_set_up_that_is_not_offered(running: Running, idp: Any) -> None:
    at = setup(running, SmsConfiguration=SMS)
    running.call("SetUserPoolMfaConfig", UserPoolId=at.pool, MfaConfiguration="ON", **TOTP)
    user(running, at.pool)
    answer = start(idp, at)
    with refused("InvalidParameterException", "Invalid MFA type selected."):
        respond(idp, at, "MFA_SETUP", answer["Session"], USERNAME="ann", EMAIL="ann@example.com")

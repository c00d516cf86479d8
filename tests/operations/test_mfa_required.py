"""MFA where the pool requires it: what cannot be switched off, and who cannot sign in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.helpers.build import PASSWORD, SMS, Setup, SrpClient, give_totp, refused, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.mfa import PHONE, TOTP_ON, set_mode, start, with_mfa
from tests.helpers.sign_in import admin_begin, respond, srp_begin

NO_WAY = "InvalidUserPoolConfigurationException"
MAIL: dict[str, Any] = {"email": "ann@example.com"}


def recovery(*names: str) -> dict[str, Any]:
    ranked = [{"Priority": rank, "Name": name} for rank, name in enumerate(names, 1)]
    return {"AccountRecoverySetting": {"RecoveryMechanisms": ranked}}


@pytest.mark.parametrize(
    "blocks",
    [
        {"SoftwareTokenMfaSettings": {"Enabled": False, "PreferredMfa": False}},
        {"SMSMfaSettings": {"Enabled": False}, "SoftwareTokenMfaSettings": {"Enabled": False}, "EmailMfaSettings": {}},
    ],
)
def test_switching_off_what_was_never_on_is_no_error(running: Running, idp: Any, blocks: dict[str, Any]) -> None:
    at = with_mfa(running, sms=True)
    user(running, at.pool)
    idp.set_user_mfa_preference(AccessToken=sign_in(idp, at)["AccessToken"], **blocks)
    idp.admin_set_user_mfa_preference(UserPoolId=at.pool, Username="ann", **blocks)
    assert "UserMFASettingList" not in idp.admin_get_user(UserPoolId=at.pool, Username="ann")


def test_a_factor_that_is_on_cannot_be_switched_off(running: Running, idp: Any) -> None:
    at = with_mfa(running)
    user(running, at.pool)
    token = sign_in(idp, at)["AccessToken"]
    give_totp(running, idp, at)
    set_mode(running, at, "ON")
    off = {"SoftwareTokenMfaSettings": {"Enabled": False, "PreferredMfa": False}}
    idp.admin_set_user_mfa_preference(UserPoolId=at.pool, Username="ann", **off)
    idp.set_user_mfa_preference(AccessToken=token, **off)
    found = idp.admin_get_user(UserPoolId=at.pool, Username="ann")
    assert (found["UserMFASettingList"], found["PreferredMfaSetting"]) == (["SOFTWARE_TOKEN_MFA"], "SOFTWARE_TOKEN_MFA")
    set_mode(running, at, "OPTIONAL")
    idp.admin_set_user_mfa_preference(UserPoolId=at.pool, Username="ann", **off)
    assert "UserMFASettingList" not in idp.admin_get_user(UserPoolId=at.pool, Username="ann")


def test_with_sms_configured_a_pool_for_authenticators_asks_by_sms_too(running: Running, idp: Any) -> None:
    at = with_mfa(running, "ON", SmsConfiguration=SMS, **recovery("admin_only"))
    user(running, at.pool, **PHONE)
    start(idp, at, "SMS_MFA")


def only_sms(running: Running, **pool: Any) -> Setup:
    return with_mfa(running, "ON", sms=True, totp=False, **pool)


@pytest.mark.parametrize(
    ("ways", "address"),
    [(("verified_email", "verified_phone_number"), MAIL), (("verified_phone_number", "verified_email"), PHONE)],
)
def test_the_only_address_is_the_way_of_recovery(
    running: Running, idp: Any, ways: tuple[str, str], address: dict[str, Any]
) -> None:
    at = only_sms(running, **recovery(*ways))
    user(running, at.pool, **address)
    with refused(NO_WAY):
        start(idp, at, "MFA_SETUP")


def test_the_only_address_is_the_way_of_recovery_but_there_are_authenticators(running: Running, idp: Any) -> None:
    at = with_mfa(running, "ON", **recovery("verified_email", "verified_phone_number"))
    user(running, at.pool, **MAIL)
    answer = start(idp, at, "MFA_SETUP")
    assert json.loads(answer["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SOFTWARE_TOKEN_MFA"]


def test_another_address_is_asked(running: Running, idp: Any) -> None:
    at = only_sms(running, **recovery("verified_email", "verified_phone_number"))
    user(running, at.pool, **MAIL, **PHONE)
    start(idp, at, "SMS_MFA")


@pytest.mark.parametrize("totp", [True, False])
def test_the_only_address_is_of_no_factor(running: Running, idp: Any, totp: bool) -> None:
    """An authenticator, or nothing."""
    at = with_mfa(running, "ON", sms=True, totp=totp, **recovery("admin_only"))
    user(running, at.pool, **MAIL)
    if totp:
        answer = start(idp, at, "MFA_SETUP")
        assert json.loads(answer["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SOFTWARE_TOKEN_MFA"]
        return
    text = "No MFA mechanism registerd in the account."
    with refused(NO_WAY, text):
        start(idp, at, "MFA_SETUP")
    client = SrpClient(at.pool, PASSWORD)
    responses = client.responses(srp_begin(idp, at, client))
    with refused("MFAMethodNotFoundException", text):
        respond(idp, at, "PASSWORD_VERIFIER", **responses)
    with refused("MFAMethodNotFoundException", text):
        admin_begin(idp, at, "ADMIN_USER_PASSWORD_AUTH", USERNAME="ann", PASSWORD=PASSWORD)


def test_without_an_address_all_factors_are_offered_but_that_of_recovery(running: Running, idp: Any) -> None:
    for ways, offered in (
        (("admin_only",), ["SMS_MFA", "SOFTWARE_TOKEN_MFA"]),
        (("verified_phone_number", "verified_email"), ["SOFTWARE_TOKEN_MFA"]),
    ):
        at = with_mfa(running, "ON", sms=True, **recovery(*ways))
        user(running, at.pool)
        answer = start(idp, at, "MFA_SETUP")
        assert json.loads(answer["ChallengeParameters"]["MFAS_CAN_SETUP"]) == offered


def test_totp_is_named_or_not(running: Running, idp: Any) -> None:
    """A block that says no is as good as none."""
    at = only_sms(running, **recovery("verified_email", "verified_phone_number"))
    off = {"SoftwareTokenMfaConfiguration": {"Enabled": not TOTP_ON["Enabled"]}}
    sms = {"SmsMfaConfiguration": {"SmsConfiguration": SMS}}
    idp.set_user_pool_mfa_config(UserPoolId=at.pool, MfaConfiguration="ON", **sms, **off)
    user(running, at.pool, **MAIL)
    with refused(NO_WAY):
        start(idp, at, "MFA_SETUP")

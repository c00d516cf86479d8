"""GetUserAuthFactors and its Admin twin; AdminDeleteSoftwareToken."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import PASSWORD, Setup, give_totp, refused, sign_in, totp, user
from tests.helpers.harness import Running
from tests.helpers.mfa import PHONE, set_mode, start, with_mfa
from tests.helpers.sign_in import begin, respond


def factors(idp: Any, at: Setup, token: str) -> dict[str, Any]:
    """What the user is told, which is what the administrator is told."""
    answer: dict[str, Any] = idp.get_user_auth_factors(AccessToken=token)
    twin = idp.admin_get_user_auth_factors(UserPoolId=at.pool, Username="ann")
    for found in (answer, twin):
        found.pop("ResponseMetadata")
    assert answer == twin
    return answer


def test_password_alone(running: Running, idp: Any) -> None:
    at = with_mfa(running)
    user(running, at.pool)
    token = sign_in(idp, at)["AccessToken"]
    assert factors(idp, at, token) == {"Username": "ann", "ConfiguredUserAuthFactors": ["PASSWORD"]}


def test_what_the_user_has(running: Running, idp: Any) -> None:
    at = with_mfa(running, sms=True)
    user(running, at.pool, email="ann@example.com", **PHONE)
    token = sign_in(idp, at)["AccessToken"]
    assert factors(idp, at, token)["ConfiguredUserAuthFactors"] == ["PASSWORD", "EMAIL_OTP", "SMS_OTP"]
    secret = idp.associate_software_token(AccessToken=token)["SecretCode"]
    assert "SOFTWARE_TOKEN" not in factors(idp, at, token)["ConfiguredUserAuthFactors"]
    idp.verify_software_token(AccessToken=token, UserCode=totp(secret, running.world.clock.now()))
    found = factors(idp, at, token)
    assert found == {
        "Username": "ann",
        "ConfiguredUserAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "SOFTWARE_TOKEN"],
    }
    on = {"Enabled": True, "PreferredMfa": True}
    idp.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings=on, SMSMfaSettings={"Enabled": True})
    found = factors(idp, at, token)
    assert found["UserMFASettingList"] == ["SMS_MFA", "SOFTWARE_TOKEN_MFA"]
    assert found["PreferredMfaSetting"] == "SOFTWARE_TOKEN_MFA"
    idp.admin_delete_user_attributes(UserPoolId=at.pool, Username="ann", UserAttributeNames=["email"])
    assert factors(idp, at, token)["ConfiguredUserAuthFactors"] == ["PASSWORD", "SMS_OTP", "SOFTWARE_TOKEN"]


def test_whose_factors(running: Running, idp: Any) -> None:
    at = with_mfa(running)
    user(running, at.pool)
    token = sign_in(idp, at)["AccessToken"]
    with refused("UserNotFoundException", "User does not exist."):
        idp.admin_get_user_auth_factors(UserPoolId=at.pool, Username="bob")
    with refused("ResourceNotFoundException", f"User pool {at.pool} does not exist."):
        running.client(region="eu-west-1").admin_get_user_auth_factors(UserPoolId=at.pool, Username="ann")
    with refused("NotAuthorizedException", "Invalid Access Token"):
        idp.get_user_auth_factors(AccessToken="x")
    running.call("AdminDeleteUser", UserPoolId=at.pool, Username="ann")
    with refused("UserNotFoundException", "User does not exist."):
        idp.get_user_auth_factors(AccessToken=token)


# --- AdminDeleteSoftwareToken ----------------------------------------------------------------------------


def delete(idp: Any, at: Setup, username: str = "ann") -> Any:
    return idp.admin_delete_software_token(UserPoolId=at.pool, Username=username)


def test_without_the_authenticator_no_code_is_asked(running: Running, idp: Any) -> None:
    at = with_mfa(running)
    user(running, at.pool)
    give_totp(running, idp, at)
    start(idp, at, "SOFTWARE_TOKEN_MFA")
    assert set(delete(idp, at)) == {"ResponseMetadata"}
    token = sign_in(idp, at)["AccessToken"]
    assert factors(idp, at, token) == {"Username": "ann", "ConfiguredUserAuthFactors": ["PASSWORD"]}
    found = idp.admin_get_user(UserPoolId=at.pool, Username="ann")
    assert "UserMFASettingList" not in found
    assert "PreferredMfaSetting" not in found
    give_totp(running, idp, at)
    start(idp, at, "SOFTWARE_TOKEN_MFA")


def test_other_factors_stay(running: Running, idp: Any) -> None:
    at = with_mfa(running, sms=True)
    user(running, at.pool, **PHONE)
    give_totp(running, idp, at)
    members: dict[str, Any] = {"UserPoolId": at.pool, "Username": "ann"}
    idp.admin_set_user_mfa_preference(**members, SMSMfaSettings={"Enabled": True, "PreferredMfa": True})
    delete(idp, at)
    found = idp.admin_get_user(**members)
    assert (found["UserMFASettingList"], found["PreferredMfaSetting"]) == (["SMS_MFA"], "SMS_MFA")


def test_required_mfa_is_set_up_anew(running: Running, idp: Any) -> None:
    at = with_mfa(running)
    user(running, at.pool)
    give_totp(running, idp, at)
    set_mode(running, at, "ON")
    delete(idp, at)
    start(idp, at, "MFA_SETUP")


def test_a_sign_in_under_way(running: Running, idp: Any) -> None:
    at = with_mfa(running)
    user(running, at.pool)
    secret = give_totp(running, idp, at)
    answer = start(idp, at, "SOFTWARE_TOKEN_MFA")
    delete(idp, at)
    code = totp(secret, running.world.clock.now())
    with refused("SoftwareTokenMFANotFoundException", "Software Token MFA does not exist for the user."):
        respond(idp, at, "SOFTWARE_TOKEN_MFA", answer["Session"], USERNAME="ann", SOFTWARE_TOKEN_MFA_CODE=code)


def test_a_set_up_under_way(running: Running, idp: Any) -> None:
    at = with_mfa(running, "ON")
    user(running, at.pool)
    answer = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)
    made = idp.associate_software_token(Session=answer["Session"])
    code = totp(made["SecretCode"], running.world.clock.now())
    session = idp.verify_software_token(Session=made["Session"], UserCode=code)["Session"]
    delete(idp, at)
    with refused("SoftwareTokenMFANotFoundException", "Software Token MFA does not exist for the user."):
        respond(idp, at, "MFA_SETUP", session, USERNAME="ann")


def test_a_secret_that_waits_is_gone_too(running: Running, idp: Any) -> None:
    at = with_mfa(running)
    user(running, at.pool)
    give_totp(running, idp, at, prefer=False)
    token = sign_in(idp, at)["AccessToken"]
    secret = idp.associate_software_token(AccessToken=token)["SecretCode"]
    delete(idp, at)
    with refused("SoftwareTokenMFANotFoundException", "Software Token MFA does not exist for the user."):
        idp.verify_software_token(AccessToken=token, UserCode=totp(secret, running.world.clock.now()))


@pytest.mark.parametrize("again", [False, True])
def test_nothing_to_delete(running: Running, idp: Any, again: bool) -> None:
    at = with_mfa(running)
    user(running, at.pool)
    if again:
        give_totp(running, idp, at)
        delete(idp, at)
    with refused("ResourceNotFoundException", "Software token does not exist."):
        delete(idp, at)


def test_whose_authenticator(running: Running, idp: Any) -> None:
    at = with_mfa(running)
    with refused("UserNotFoundException", "User does not exist."):
        delete(idp, at)
    idp.sign_up(ClientId=at.client, Username="ann", Password=PASSWORD)
    with refused("UserNotConfirmedException", "User is not confirmed."):
        delete(idp, at)
    with refused("ResourceNotFoundException", f"User pool {at.pool} does not exist."):
        delete(running.client(access_key="111111111111"), at)

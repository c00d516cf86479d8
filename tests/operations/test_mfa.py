"""Authenticators, preferences, and the MFA challenges of a sign-in."""

from __future__ import annotations

import json
from typing import Any

from tests.helpers.build import PASSWORD, Setup, give_totp, refused, setup, sign_in, totp, user
from tests.helpers.harness import Running
from tests.helpers.mfa import PHONE, TOTP_ON, start, with_mfa
from tests.helpers.sign_in import begin, respond


def now(running: Running) -> float:
    return running.world.clock.now()


# --- authenticators --------------------------------------------------------------------------------------


def test_authenticator_of_a_signed_in_user(running: Running, idp: Any) -> None:
    at = with_mfa(running)
    user(running, at.pool)
    token = sign_in(idp, at)["AccessToken"]
    answer = idp.associate_software_token(AccessToken=token)
    assert "Session" not in answer
    secret = answer["SecretCode"]
    assert len(secret) == 52
    with refused("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA"):
        idp.verify_software_token(AccessToken=token, UserCode=totp(secret, now(running) + 3600))
    answer = idp.verify_software_token(
        AccessToken=token, UserCode=totp(secret, now(running)), FriendlyDeviceName="my phone"
    )
    assert answer["Status"] == "SUCCESS"
    sign_in(idp, at)  # registered, not switched on
    assert "UserMFASettingList" not in idp.get_user(AccessToken=token)
    idp.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True})
    found = idp.get_user(AccessToken=token)
    assert (found["UserMFASettingList"], found["PreferredMfaSetting"]) == (["SOFTWARE_TOKEN_MFA"], "SOFTWARE_TOKEN_MFA")
    answer = start(idp, at, "SOFTWARE_TOKEN_MFA")
    assert answer["ChallengeParameters"] == {"USER_ID_FOR_SRP": "ann", "FRIENDLY_DEVICE_NAME": "my phone"}


def test_old_authenticator_works_until_the_new_one_is_verified(running: Running, idp: Any) -> None:
    at = with_mfa(running)
    user(running, at.pool)
    old = give_totp(running, idp, at)
    answer = start(idp, at, "SOFTWARE_TOKEN_MFA")
    good = {"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": totp(old, now(running))}
    token = respond(idp, at, "SOFTWARE_TOKEN_MFA", answer["Session"], **good)["AuthenticationResult"]["AccessToken"]
    new = idp.associate_software_token(AccessToken=token)["SecretCode"]
    running.world.clock.advance(60)
    answer = start(idp, at, "SOFTWARE_TOKEN_MFA")
    respond(
        idp, at, "SOFTWARE_TOKEN_MFA", answer["Session"], **good | {"SOFTWARE_TOKEN_MFA_CODE": totp(old, now(running))}
    )
    idp.verify_software_token(AccessToken=token, UserCode=totp(new, now(running)))
    running.world.clock.advance(60)
    answer = start(idp, at, "SOFTWARE_TOKEN_MFA")
    with refused("CodeMismatchException", "Invalid code received for user"):
        respond(
            idp,
            at,
            "SOFTWARE_TOKEN_MFA",
            answer["Session"],
            **good | {"SOFTWARE_TOKEN_MFA_CODE": totp(old, now(running))},
        )
    respond(
        idp, at, "SOFTWARE_TOKEN_MFA", answer["Session"], **good | {"SOFTWARE_TOKEN_MFA_CODE": totp(new, now(running))}
    )


def test_authenticator_refusals(running: Running, idp: Any) -> None:
    off = setup(running)
    user(running, off.pool)
    token = sign_in(idp, off)["AccessToken"]
    text = "Software Token MFA has not been enabled by the userPool"
    with refused("SoftwareTokenMFANotFoundException", text):
        idp.associate_software_token(AccessToken=token)
    with refused("SoftwareTokenMFANotFoundException", text):
        idp.verify_software_token(AccessToken=token, UserCode="123456")
    at = with_mfa(running)
    user(running, at.pool)
    token = sign_in(idp, at)["AccessToken"]
    with refused("SoftwareTokenMFANotFoundException", "Software Token MFA does not exist for the user."):
        idp.verify_software_token(AccessToken=token, UserCode="123456")
    both = "Exactly one of AccessToken and Session must be provided."
    for members in ({}, {"AccessToken": token, "Session": "s" * 20}):
        with refused("InvalidParameterException", both):
            idp.associate_software_token(**members)
        with refused("InvalidParameterException", both):
            idp.verify_software_token(UserCode="123456", **members)
    with refused("NotAuthorizedException", "Invalid session for the user."):
        idp.associate_software_token(Session="s" * 20)
    with refused("NotAuthorizedException", "Invalid session for the user."):
        idp.verify_software_token(Session="s" * 20, UserCode="123456")


def test_guessing_the_first_code_locks(running: Running, idp: Any) -> None:
    at = with_mfa(running)
    user(running, at.pool)
    token = sign_in(idp, at)["AccessToken"]
    secret = idp.associate_software_token(AccessToken=token)["SecretCode"]
    running.world.clock.freeze()
    wrong = totp(secret, now(running) + 3600)
    for _ in range(5):
        with refused("EnableSoftwareTokenMFAException"):
            idp.verify_software_token(AccessToken=token, UserCode=wrong)
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        idp.verify_software_token(AccessToken=token, UserCode=totp(secret, now(running)))


# --- SOFTWARE_TOKEN_MFA ----------------------------------------------------------------------------------


def test_a_code_is_accepted_once(running: Running, idp: Any) -> None:
    at = with_mfa(running)
    user(running, at.pool)
    secret = give_totp(running, idp, at)
    running.world.clock.freeze()
    code = totp(secret, now(running))
    answer = start(idp, at, "SOFTWARE_TOKEN_MFA")
    given = {"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": code}
    respond(idp, at, "SOFTWARE_TOKEN_MFA", answer["Session"], **given)
    answer = start(idp, at, "SOFTWARE_TOKEN_MFA")
    with refused("ExpiredCodeException", "Your software token has already been used once."):
        respond(idp, at, "SOFTWARE_TOKEN_MFA", answer["Session"], **given)
    running.world.clock.advance(30)
    respond(
        idp,
        at,
        "SOFTWARE_TOKEN_MFA",
        answer["Session"],
        USERNAME="ann",
        SOFTWARE_TOKEN_MFA_CODE=totp(secret, now(running)),
    )


def test_the_code_of_the_setup_is_spent(running: Running, idp: Any) -> None:
    at = with_mfa(running)
    user(running, at.pool)
    running.world.clock.freeze()
    token = sign_in(idp, at)["AccessToken"]
    secret = idp.associate_software_token(AccessToken=token)["SecretCode"]
    code = totp(secret, now(running))
    idp.verify_software_token(AccessToken=token, UserCode=code)
    idp.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings=TOTP_ON)
    answer = start(idp, at, "SOFTWARE_TOKEN_MFA")
    with refused("ExpiredCodeException", "Your software token has already been used once."):
        respond(idp, at, "SOFTWARE_TOKEN_MFA", answer["Session"], USERNAME="ann", SOFTWARE_TOKEN_MFA_CODE=code)


def test_wrong_codes_lock(running: Running, idp: Any) -> None:
    at = with_mfa(running)
    user(running, at.pool)
    secret = give_totp(running, idp, at)
    running.world.clock.freeze()
    answer = start(idp, at, "SOFTWARE_TOKEN_MFA")
    wrong = {"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": totp(secret, now(running) + 3600)}
    for _ in range(5):
        with refused("CodeMismatchException", "Invalid code received for user"):
            respond(idp, at, "SOFTWARE_TOKEN_MFA", answer["Session"], **wrong)
    right = {"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": totp(secret, now(running))}
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        respond(idp, at, "SOFTWARE_TOKEN_MFA", answer["Session"], **right)
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)
    running.world.clock.advance(1)
    respond(idp, at, "SOFTWARE_TOKEN_MFA", answer["Session"], **right)


def test_the_right_password_does_not_forget_wrong_codes(running: Running, idp: Any) -> None:
    at = with_mfa(running)
    user(running, at.pool)
    secret = give_totp(running, idp, at)
    running.world.clock.freeze()
    wrong = {"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": totp(secret, now(running) + 3600)}
    for _ in range(5):
        answer = start(idp, at, "SOFTWARE_TOKEN_MFA")
        with refused("CodeMismatchException"):
            respond(idp, at, "SOFTWARE_TOKEN_MFA", answer["Session"], **wrong)
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)


def test_missing_code(running: Running, idp: Any) -> None:
    at = with_mfa(running)
    user(running, at.pool)
    give_totp(running, idp, at)
    answer = start(idp, at, "SOFTWARE_TOKEN_MFA")
    with refused("InvalidParameterException", "Missing required parameter SOFTWARE_TOKEN_MFA_CODE"):
        respond(idp, at, "SOFTWARE_TOKEN_MFA", answer["Session"], USERNAME="ann")


# --- SMS_MFA ---------------------------------------------------------------------------------------------


def sms_user(running: Running, idp: Any, mode: str = "OPTIONAL", **options: Any) -> Setup:
    at = with_mfa(running, mode, sms=True, **options)
    user(running, at.pool, **PHONE)
    if mode == "OPTIONAL":
        token = sign_in(idp, at)["AccessToken"]
        idp.set_user_mfa_preference(AccessToken=token, SMSMfaSettings={"Enabled": True, "PreferredMfa": True})
    return at


def test_sms(running: Running, idp: Any) -> None:
    at = sms_user(running, idp)
    answer = start(idp, at, "SMS_MFA")
    assert answer["ChallengeParameters"] == {
        "CODE_DELIVERY_DELIVERY_MEDIUM": "SMS",
        "CODE_DELIVERY_DESTINATION": "+*******4567",
        "USER_ID_FOR_SRP": "ann",
    }
    message = running.world.outbox.all()[-1]
    assert (message.channel, message.to, message.user, message.pool) == ("SMS", "+15551234567", "ann", at.pool)
    assert message.code is not None
    assert message.code in message.body
    with refused("CodeMismatchException", "Invalid code or auth state for the user."):
        respond(idp, at, "SMS_MFA", answer["Session"], USERNAME="ann", SMS_MFA_CODE="x" + message.code)
    respond(idp, at, "SMS_MFA", answer["Session"], USERNAME="ann", SMS_MFA_CODE=message.code)
    found = idp.admin_get_user(UserPoolId=at.pool, Username="ann")["UserAttributes"]
    assert {"Name": "phone_number_verified", "Value": "true"} in found


def test_an_sms_code_belongs_to_its_session(running: Running, idp: Any) -> None:
    at = sms_user(running, idp)
    first = start(idp, at, "SMS_MFA")
    code = running.world.outbox.all()[-1].code
    second = start(idp, at, "SMS_MFA")
    with refused("CodeMismatchException", "Invalid code or auth state for the user."):
        respond(idp, at, "SMS_MFA", second["Session"], USERNAME="ann", SMS_MFA_CODE=code)
    respond(idp, at, "SMS_MFA", first["Session"], USERNAME="ann", SMS_MFA_CODE=code)
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        respond(idp, at, "SMS_MFA", first["Session"], USERNAME="ann", SMS_MFA_CODE=code)


def test_wrong_sms_codes_lock(running: Running, idp: Any) -> None:
    at = sms_user(running, idp)
    running.world.clock.freeze()
    answer = start(idp, at, "SMS_MFA")
    for _ in range(5):
        with refused("CodeMismatchException", "Invalid code or auth state for the user."):
            respond(idp, at, "SMS_MFA", answer["Session"], USERNAME="ann", SMS_MFA_CODE="wrong")
    code = running.world.outbox.all()[-1].code
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        respond(idp, at, "SMS_MFA", answer["Session"], USERNAME="ann", SMS_MFA_CODE=code)


def test_required_sms_is_asked_without_a_preference(running: Running, idp: Any) -> None:
    at = sms_user(running, idp, "ON", totp=False)
    start(idp, at, "SMS_MFA")


# --- SELECT_MFA_TYPE -------------------------------------------------------------------------------------


def test_select(running: Running, idp: Any) -> None:
    at = with_mfa(running, sms=True)
    user(running, at.pool, **PHONE)
    secret = give_totp(running, idp, at, prefer=False)
    token = sign_in(idp, at)["AccessToken"]
    idp.set_user_mfa_preference(
        AccessToken=token, SMSMfaSettings={"Enabled": True}, SoftwareTokenMfaSettings={"Enabled": True}
    )
    answer = start(idp, at, "SELECT_MFA_TYPE")
    assert json.loads(answer["ChallengeParameters"]["MFAS_CAN_CHOOSE"]) == ["SMS_MFA", "SOFTWARE_TOKEN_MFA"]
    for wrong in ("EMAIL_OTP", "MFA_SETUP", "none"):
        with refused("InvalidParameterException", "Invalid MFA type selected."):
            respond(idp, at, "SELECT_MFA_TYPE", answer["Session"], USERNAME="ann", ANSWER=wrong)
    with refused("InvalidParameterException", "Missing required parameter ANSWER"):
        respond(idp, at, "SELECT_MFA_TYPE", answer["Session"], USERNAME="ann")
    chosen = respond(idp, at, "SELECT_MFA_TYPE", answer["Session"], USERNAME="ann", ANSWER="SOFTWARE_TOKEN_MFA")
    assert chosen["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert chosen["Session"] != answer["Session"]
    good = {"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": totp(secret, now(running))}
    assert "AuthenticationResult" in respond(idp, at, "SOFTWARE_TOKEN_MFA", chosen["Session"], **good)
    answer = start(idp, at, "SELECT_MFA_TYPE")
    chosen = respond(idp, at, "SELECT_MFA_TYPE", answer["Session"], USERNAME="ann", ANSWER="SMS_MFA")
    assert chosen["ChallengeName"] == "SMS_MFA"
    code = running.world.outbox.all()[-1].code
    assert "AuthenticationResult" in respond(idp, at, "SMS_MFA", chosen["Session"], USERNAME="ann", SMS_MFA_CODE=code)


# --- MFA_SETUP -------------------------------------------------------------------------------------------


def test_set_up_inside_the_sign_in(running: Running, idp: Any) -> None:
    at = with_mfa(running, "ON")
    user(running, at.pool)
    answer = start(idp, at, "MFA_SETUP")
    assert json.loads(answer["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SOFTWARE_TOKEN_MFA"]
    given = {"USERNAME": "ann"}
    with refused("SoftwareTokenMFANotFoundException", "Software Token MFA does not exist for the user."):
        respond(idp, at, "MFA_SETUP", answer["Session"], **given)
    with refused("SoftwareTokenMFANotFoundException", "Software Token MFA does not exist for the user."):
        idp.verify_software_token(Session=answer["Session"], UserCode="123456")
    associated = idp.associate_software_token(Session=answer["Session"])
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        idp.associate_software_token(Session=answer["Session"])
    with refused("SoftwareTokenMFANotFoundException", "Software Token MFA does not exist for the user."):
        respond(idp, at, "MFA_SETUP", associated["Session"], **given)
    secret = associated["SecretCode"]
    wrong = totp(secret, now(running) + 3600)
    with refused("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA"):
        idp.verify_software_token(Session=associated["Session"], UserCode=wrong)
    verified = idp.verify_software_token(Session=associated["Session"], UserCode=totp(secret, now(running)))
    assert verified["Status"] == "SUCCESS"
    answer = respond(idp, at, "MFA_SETUP", verified["Session"], **given)
    assert answer["ChallengeParameters"] == {}
    found = idp.get_user(AccessToken=answer["AuthenticationResult"]["AccessToken"])
    assert found["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        respond(idp, at, "MFA_SETUP", verified["Session"], **given)
    start(idp, at, "SOFTWARE_TOKEN_MFA")


def test_set_up_needs_the_session_of_the_setup(running: Running, idp: Any) -> None:
    at = with_mfa(running, "ON")
    user(running, at.pool)
    first, second = start(idp, at, "MFA_SETUP"), start(idp, at, "MFA_SETUP")
    associated = idp.associate_software_token(Session=first["Session"])
    code = totp(associated["SecretCode"], now(running))
    idp.verify_software_token(Session=associated["Session"], UserCode=code)
    with refused("SoftwareTokenMFANotFoundException"):  # the other session proved nothing
        respond(idp, at, "MFA_SETUP", second["Session"], USERNAME="ann")


def test_new_password_then_set_up(running: Running, idp: Any) -> None:
    at = with_mfa(running, "ON")
    user(running, at.pool, permanent=False)
    answer = start(idp, at, "NEW_PASSWORD_REQUIRED")
    answer = respond(
        idp, at, "NEW_PASSWORD_REQUIRED", answer["Session"], USERNAME="ann", NEW_PASSWORD="Another-horse-8"
    )
    assert answer["ChallengeName"] == "MFA_SETUP"


# --- preferences -----------------------------------------------------------------------------------------


def test_preferences(running: Running, idp: Any) -> None:
    at = with_mfa(running, sms=True)
    user(running, at.pool, **PHONE)
    give_totp(running, idp, at, prefer=False)
    token = sign_in(idp, at)["AccessToken"]

    def prefer(**settings: Any) -> tuple[list[str] | None, str | None]:
        idp.set_user_mfa_preference(AccessToken=token, **settings)
        found = idp.get_user(AccessToken=token)
        return found.get("UserMFASettingList"), found.get("PreferredMfaSetting")

    both = ["SMS_MFA", "SOFTWARE_TOKEN_MFA"]
    assert prefer(SMSMfaSettings={"Enabled": True}) == (["SMS_MFA"], None)
    on = {"Enabled": True, "PreferredMfa": True}
    assert prefer(SoftwareTokenMfaSettings=on) == (both, "SOFTWARE_TOKEN_MFA")
    assert prefer(SMSMfaSettings=on) == (both, "SMS_MFA")
    assert prefer(SMSMfaSettings={"Enabled": False}) == (["SOFTWARE_TOKEN_MFA"], None)
    assert prefer(SoftwareTokenMfaSettings={"Enabled": False, "PreferredMfa": False}) == (None, None)
    assert prefer(SoftwareTokenMfaSettings={"Enabled": True}) == (["SOFTWARE_TOKEN_MFA"], None)
    assert prefer(EmailMfaSettings={"Enabled": False, "PreferredMfa": False}) == (["SOFTWARE_TOKEN_MFA"], None)
    with refused("InvalidParameterException", "Only one MFA method can be preferred."):
        prefer(SMSMfaSettings=on, SoftwareTokenMfaSettings=on)
    with refused("InvalidParameterException", "The preferred MFA method must be enabled."):
        prefer(SMSMfaSettings={"Enabled": False, "PreferredMfa": True})


def test_preferences_of_who_has_nothing(running: Running, idp: Any) -> None:
    at = with_mfa(running, sms=True)
    user(running, at.pool)
    token = sign_in(idp, at)["AccessToken"]
    with refused("InvalidParameterException", "User has not verified software token mfa"):
        idp.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True})
    with refused("InvalidParameterException", "User does not have delivery config set to turn on SMS_MFA"):
        idp.set_user_mfa_preference(AccessToken=token, SMSMfaSettings={"Enabled": True})
    admin = {"UserPoolId": at.pool, "Username": "ann"}
    with refused("InvalidParameterException", "User does not have delivery config set to turn on SOFTWARE_TOKEN_MFA"):
        idp.admin_set_user_mfa_preference(**admin, SoftwareTokenMfaSettings={"Enabled": True})
    with refused("InvalidParameterException", "User does not have delivery config set to turn on SMS_MFA"):
        idp.admin_set_user_mfa_preference(**admin, SMSMfaSettings={"Enabled": True})
    with refused("UserNotFoundException", "User does not exist."):
        idp.admin_set_user_mfa_preference(**admin | {"Username": "nobody"}, SMSMfaSettings={"Enabled": True})


def test_preferences_by_an_administrator(running: Running, idp: Any) -> None:
    at = with_mfa(running)
    user(running, at.pool)
    give_totp(running, idp, at, prefer=False)
    idp.admin_set_user_mfa_preference(
        UserPoolId=at.pool, Username="ann", SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    found = idp.admin_get_user(UserPoolId=at.pool, Username="ann")
    assert (found["UserMFASettingList"], found["PreferredMfaSetting"]) == (["SOFTWARE_TOKEN_MFA"], "SOFTWARE_TOKEN_MFA")

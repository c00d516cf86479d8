"""amazon-cognito-identity-js, unmodified, pointed here by `endpoint`."""

from __future__ import annotations

from typing import Any

from tests.clients import expected
from tests.helpers.build import PASSWORD, SMS, give_totp, setup, user
from tests.helpers.harness import Running
from tests.helpers.identity_js import MAIL, SIGNED_IN, called
from tests.helpers.node import Node


def test_an_account_from_sign_up_to_deletion(node: Node, running: Running) -> None:
    made = setup(running, AutoVerifiedAttributes=["email"])
    steps = node.run(
        "identity_account.mjs", running, made, username="ann", password=PASSWORD, **expected.account_setting()
    )

    sub = steps["sign up"].pop("userSub")
    assert expected.UUID.fullmatch(sub)
    assert steps["sign up"] == {"userConfirmed": False, "codeDeliveryDetails": MAIL}
    assert steps["sign up again"] == expected.EXISTS
    assert steps["weak password"] == expected.SIGN_UP_TOO_SHORT
    unconfirmed = expected.refused("UserNotConfirmedException", "User is not confirmed.")
    assert steps["sign in unconfirmed"] == unconfirmed
    assert steps["resend"] == {"CodeDeliveryDetails": MAIL}
    assert steps["confirm wrong"] == expected.WRONG_CODE
    assert steps["confirm"] == "SUCCESS"

    assert steps["wrong password"] == expected.WRONG_PASSWORD
    assert steps["unknown user"] == expected.UNKNOWN_USER
    assert steps["sign in"] == SIGNED_IN
    expected.check_tokens(running, made, steps["payloads"], "ann", sub)
    mailed = {"sub": sub, "name": "Ann", "email": "ann@example.com", "email_verified": "true"}
    assert steps["user data"]["Username"] == "ann"
    assert {item["Name"]: item["Value"] for item in steps["user data"]["UserAttributes"]} == mailed

    assert steps["update"] == ["SUCCESS", {"CodeDeliveryDetailsList": [MAIL]}]
    assert steps["verify wrong"] == expected.WRONG_CODE
    assert steps["send again"] == called("inputVerificationCode", {"CodeDeliveryDetails": MAIL})
    assert steps["verify"] == called("onSuccess", "SUCCESS")
    assert steps["delete attribute"] == "SUCCESS"
    assert steps["attributes"] == {**mailed, "email": "anna@example.org"}

    assert steps["change with wrong password"] == expected.WRONG_PASSWORD
    assert steps["change to weak password"] == expected.too_weak("Password must have numeric characters")
    assert steps["change"] == "SUCCESS"
    assert steps["old password"] == expected.WRONG_PASSWORD
    assert steps["changed password"] == SIGNED_IN

    assert steps["forgot"] == called("inputVerificationCode", {"CodeDeliveryDetails": MAIL})
    assert steps["forgot wrong"] == expected.WRONG_CODE
    assert steps["forgot confirm"] == called("onSuccess", "SUCCESS")
    assert steps["before the reset"] == expected.WRONG_PASSWORD
    assert steps["after the reset"] == SIGNED_IN

    assert steps["delete"] == "SUCCESS"
    assert steps["sign in deleted"] == expected.UNKNOWN_USER


def test_an_authenticator_app_a_choice_of_factors_and_an_invitation(node: Node, running: Running) -> None:
    made = expected.mfa_pool(
        running, "OPTIONAL", SmsConfiguration=SMS, Schema=[{"Name": "name", "Required": True}]
    )  # fmt: skip
    sub = user(running, made.pool, name="Ann", phone_number="+15555550123", phone_number_verified="true")
    user(running, made.pool, "bob", expected.TEMPORARY, permanent=False, email="bob@example.com", email_verified="true")
    steps = node.run(
        "identity_factors.mjs",
        running,
        made,
        username="ann",
        password=PASSWORD,
        invited="bob",
        temporaryPassword=expected.TEMPORARY,
    )

    assert steps["sign in"] == SIGNED_IN
    assert steps["prefer unverified"] == expected.UNVERIFIED_TOTP
    assert steps["verify wrong"] == expected.FAILED_TOTP
    assert steps["verify"] == called("onSuccess", {"Status": "SUCCESS"})
    assert steps["prefer"] == "SUCCESS"
    parameters = {"USER_ID_FOR_SRP": "ann", "FRIENDLY_DEVICE_NAME": "Phone"}
    assert steps["challenge"] == called("totpRequired", "SOFTWARE_TOKEN_MFA", parameters)
    assert steps["wrong code"] == expected.WRONG_TOTP
    assert steps["right code"] == SIGNED_IN
    expected.check_tokens(running, made, steps["payloads"], "ann", sub)
    assert steps["spent code"] == expected.USED_TOTP

    name, parameters = steps["selection"]["values"]
    assert (steps["selection"]["callback"], name) == ("selectMFAType", "SELECT_MFA_TYPE")
    assert parameters["MFAS_CAN_CHOOSE"] == '["SMS_MFA","SOFTWARE_TOKEN_MFA"]'
    sent = {"CODE_DELIVERY_DELIVERY_MEDIUM": "SMS", "CODE_DELIVERY_DESTINATION": "+*******0123"}
    assert steps["select sms"] == called("mfaRequired", "SMS_MFA", {"USER_ID_FOR_SRP": "ann", **sent})
    assert steps["wrong sms"] == expected.WRONG_SMS
    assert steps["right sms"] == SIGNED_IN

    known = {"email": "bob@example.com", "email_verified": "true", "name": ""}
    assert steps["invited"] == called("newPasswordRequired", known, ["name"])
    assert steps["without attribute"] == expected.MISSING_NAME
    assert steps["new password"] == steps["signed in with it"] == SIGNED_IN


def test_an_authenticator_app_is_set_up_inside_the_sign_in(node: Node, running: Running) -> None:
    made = expected.mfa_pool(running, "ON")
    user(running, made.pool)
    steps = node.run("identity_setup_totp.mjs", running, made, username="ann", password=PASSWORD)

    name, parameters = steps["sign in"]["values"]
    assert (steps["sign in"]["callback"], name) == ("mfaSetup", "MFA_SETUP")
    assert parameters["MFAS_CAN_SETUP"] == '["SOFTWARE_TOKEN_MFA"]'
    assert steps["verify wrong"] == expected.FAILED_TOTP
    assert steps["verify"] == SIGNED_IN
    assert steps["challenge"]["callback"] == "totpRequired"
    assert steps["right code"] == SIGNED_IN


def test_refresh_and_sign_out(node: Node, running: Running) -> None:
    made = setup(running, UsernameAttributes=["email"])
    sub = user(running, made.pool, "ann@example.com")
    steps = node.run("identity_sessions.mjs", running, made, username="ann@example.com", password=PASSWORD)

    assert steps["password flow"] == steps["sign in"] == SIGNED_IN
    expected.check_tokens(running, made, steps["payloads"], sub, sub)
    expected.check_refreshed(steps["payloads"], steps["refreshed"])
    assert steps["expired"] == expected.TOKEN_EXPIRED
    expected.check_refreshed(steps["refreshed"], steps["refreshed when expired"])
    assert steps["attributes"]["sub"] == sub

    assert steps["global sign-out"] == called("onSuccess", "SUCCESS")
    for place in ("after sign-out", "here", "elsewhere"):
        assert steps[f"attributes {place}"] == expected.TOKEN_REVOKED
        assert steps[f"refresh {place}"] == expected.REFRESH_REVOKED
    assert steps["sign in afterwards"] == SIGNED_IN


def test_a_remembered_device(node: Node, running: Running, idp: Any) -> None:
    devices = {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": True}
    made = expected.mfa_pool(running, "OPTIONAL", DeviceConfiguration=devices)
    user(running, made.pool)
    secret = give_totp(running, idp, made)
    steps = node.run("identity_devices.mjs", running, made, username="ann", password=PASSWORD, secret=secret)

    assert steps["first"]["callback"] == "totpRequired"
    # The second value says that the user has to be asked whether to remember the device.
    assert steps["first code"] == steps["last code"] == called("onSuccess", True)
    device = steps["payloads"]["access"]["device_key"]
    assert (steps["not listed"], steps["listed"]) == (0, 1)
    assert steps["remembered"] == SIGNED_IN
    assert steps["remembered payloads"]["access"]["device_key"] == device
    assert steps["refreshed"]["access"]["device_key"] == device
    assert steps["forgotten"]["callback"] == "totpRequired"

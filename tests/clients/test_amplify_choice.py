"""aws-amplify v6, unmodified: USER_AUTH with each first factor that needs no browser, and e-mail MFA."""

from __future__ import annotations

from typing import Any

from tests.clients import expected
from tests.helpers.amplify import DONE, asks
from tests.helpers.build import PASSWORD, SMS, setup, user
from tests.helpers.harness import Running
from tests.helpers.node import Node

ALL = ["EMAIL_OTP", "SMS_OTP", "PASSWORD_SRP", "PASSWORD"]
MAILED = {"deliveryMedium": "EMAIL", "destination": "a***@e***"}
TEXTED = {"deliveryMedium": "SMS", "destination": "+*******0123"}
SENDER = {"EmailSendingAccount": "DEVELOPER", "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/a@example.com"}


def test_each_first_factor(node: Node, running: Running) -> None:
    factors = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"]}}
    pool: dict[str, Any] = {"Policies": factors, "AutoVerifiedAttributes": ["email"], "SmsConfiguration": SMS}
    made = setup(running, {"ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}, **pool)
    sub = user(running, made.pool, email="ann@example.com", phone_number="+15555550123")
    newcomer = {"email": "new@example.com", "phone": "+15555550199"}
    steps = node.run("amplify_choice.mjs", running, made, username="ann", password=PASSWORD, **newcomer)

    choice = asks("CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION", availableChallenges=ALL)
    assert steps["choice"] == steps["no passkey"] == choice
    assert steps["choice again"] == "CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION"
    assert steps["chosen password"] == asks("CONFIRM_SIGN_IN_WITH_PASSWORD")
    assert steps["wrong password"] == steps["preferred SRP, wrong"] == expected.WRONG_PASSWORD
    for place in ("password", "chosen SRP", "preferred password", "preferred SRP"):
        assert steps[place] == DONE
    expected.check_tokens(running, made, steps["payloads"], "ann", sub)

    by_mail = asks("CONFIRM_SIGN_IN_WITH_EMAIL_CODE", codeDeliveryDetails=MAILED)
    assert steps["email"] == steps["chosen email"] == by_mail
    assert steps["wrong email code"] == expected.WRONG_SMS
    assert steps["email code"] == steps["chosen email code"] == DONE
    assert steps["attributes"]["email_verified"] == "true"
    assert steps["sms"] == asks("CONFIRM_SIGN_IN_WITH_SMS_CODE", codeDeliveryDetails=TEXTED)
    assert steps["sms code"] == DONE

    assert steps["sign up"] == "CONFIRM_SIGN_UP"
    assert steps["confirm"] == {"isSignUpComplete": True, "nextStep": {"signUpStep": "COMPLETE_AUTO_SIGN_IN"}}
    assert steps["auto sign in"] == DONE
    [newcomer_record] = [found for found in running.world.store.users.where("pool", made.pool) if found.sub != sub]
    assert (newcomer_record.username, newcomer_record.password) == ("newcomer", None)
    assert len(list(running.world.store.families.where("user", newcomer_record.key))) == 1


def test_email_mfa(node: Node, running: Running) -> None:
    recovery = {"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]}
    made = setup(running, EmailConfiguration=SENDER, AccountRecoverySetting=recovery)
    factors: dict[str, Any] = {"EmailMfaConfiguration": {}, "SoftwareTokenMfaConfiguration": {"Enabled": True}}
    running.call("SetUserPoolMfaConfig", UserPoolId=made.pool, MfaConfiguration="ON", **factors)
    sub = user(running, made.pool)
    steps = node.run("amplify_email.mjs", running, made, username="ann", password=PASSWORD, email="ann@example.com")

    assert steps["sign in"]["nextStep"]["signInStep"] == "CONTINUE_SIGN_IN_WITH_MFA_SETUP_SELECTION"
    assert sorted(steps["sign in"]["nextStep"]["allowedMFATypes"]) == ["EMAIL", "TOTP"]
    assert steps["choose email"] == asks("CONTINUE_SIGN_IN_WITH_EMAIL_SETUP")
    assert "accepted" not in steps["no address"]
    by_mail = asks("CONFIRM_SIGN_IN_WITH_EMAIL_CODE", codeDeliveryDetails=MAILED)
    assert steps["address"] == steps["next time"] == by_mail
    assert steps["wrong code"] == expected.WRONG_SMS
    assert steps["right code"] == steps["next code"] == DONE
    expected.check_tokens(running, made, steps["payloads"], "ann", sub)
    assert steps["attributes"] == {"sub": sub, "email": "ann@example.com", "email_verified": "true"}
    assert steps["preference"] == {"enabled": ["EMAIL"]}
    assert steps["preferred"] == {"preferred": "EMAIL", "enabled": ["EMAIL"]}

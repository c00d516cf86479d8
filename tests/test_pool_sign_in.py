"""`pool.sign_in` goes through whatever a pool asks for, or says which argument is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from cognito_emulator import Emulator
from cognito_emulator.pool_handle import CognitoPool
from tests.helpers import custom_auth
from tests.helpers.devices import TRACKED
from tests.helpers.functions import Event
from tests.helpers.verifier import verified

SMS = {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x"}
DEVELOPER = {"EmailSendingAccount": "DEVELOPER", "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/a@b.example"}


def amr(cognito: Emulator, result: Mapping[str, Any]) -> list[str]:
    return list(verified(cognito, result["AccessToken"])["amr"])


def passwordless(cognito: Emulator, *factors: str) -> CognitoPool:
    policy = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", *factors]}}
    return cognito.create_pool(pool={"Policies": policy, "SmsConfiguration": SMS})


def custom_pool(cognito: Emulator, define: Callable[[Event], None] = custom_auth.define) -> CognitoPool:
    pool = cognito.create_pool()
    pool.add_user("ann")
    handlers = {
        "DefineAuthChallenge": define,
        "CreateAuthChallenge": custom_auth.create,
        "VerifyAuthChallengeResponse": custom_auth.verify,
    }
    for name, change in handlers.items():

        def run(event: Event, _context: object, change: Callable[[Event], None] = change) -> Event:
            change(event)
            return event

        cognito.trigger(name, run, pool=pool.id)
    return pool


# --- how it begins ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [False, True])
@pytest.mark.parametrize("flow", ["ALLOW_USER_SRP_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"])
def test_it_begins_with_a_flow_that_the_client_has(cognito: Emulator, flow: str, secret: bool) -> None:
    pool = cognito.create_pool(client={"ExplicitAuthFlows": [flow], "GenerateSecret": secret}, mfa="ON")
    pool.add_user("ann", totp=True)
    assert amr(cognito, pool.sign_in("ann")) == ["pwd", "otp", "mfa"]
    with pytest.raises(pool.idp.exceptions.NotAuthorizedException):
        pool.sign_in("ann", "Wrong-1234")


def test_a_flow_can_be_named(cognito: Emulator) -> None:
    pool = cognito.create_pool()
    pool.add_user("ann")
    assert pool.sign_in("ann", flow="USER_SRP_AUTH")
    assert cognito.requests("RespondToAuthChallenge")[-1].input["ChallengeName"] == "PASSWORD_VERIFIER"
    with pytest.raises(LookupError, match=r"needs ALLOW_USER_AUTH: pass client=\{'ExplicitAuthFlows'"):
        pool.sign_in("ann", first_factor="PASSWORD")


def test_a_client_without_any_flow_is_named(cognito: Emulator) -> None:
    pool = cognito.create_pool(client={"ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"]})
    pool.add_user("ann")
    with pytest.raises(LookupError, match="'ann' needs ALLOW_USER_PASSWORD_AUTH"):
        pool.sign_in("ann")


# --- first factors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factor", "proof"),
    [("EMAIL_OTP", "email_otp"), ("SMS_OTP", "sms"), ("PASSWORD", "pwd"), ("PASSWORD_SRP", "pwd")],
)
def test_first_factors(cognito: Emulator, factor: str, proof: str) -> None:
    pool = passwordless(cognito, "EMAIL_OTP", "SMS_OTP")
    pool.add_user("ann", email="ann@example.com", phone_number="+15551234567")
    assert cognito.requests("InitiateAuth") == []
    assert amr(cognito, pool.sign_in("ann", first_factor=factor)) == [proof]
    assert cognito.requests("InitiateAuth")[-1].input["AuthParameters"]["PREFERRED_CHALLENGE"] == factor


def test_a_user_without_a_password_gets_a_code(cognito: Emulator) -> None:
    pool = passwordless(cognito, "EMAIL_OTP", "SMS_OTP")
    address = [{"Name": "email", "Value": "bob@example.com"}, {"Name": "phone_number", "Value": "+15551234568"}]
    pool.idp.admin_create_user(UserPoolId=pool.id, Username="bob", UserAttributes=address)
    for _ in range(2):
        assert pool.sign_in("bob")["AccessToken"], "by the code of this sign-in, not an earlier one"
    assert cognito.messages(user="bob")[-1].channel == "EMAIL"
    asked = cognito.requests("RespondToAuthChallenge")
    assert [request.input["ChallengeName"] for request in asked][:2] == ["SELECT_CHALLENGE", "EMAIL_OTP"]
    with pytest.raises(LookupError, match=r"asks for SELECT_CHALLENGE; pass first_factor=, one of .*SMS_OTP"):
        pool.sign_in("bob", first_factor="WEB_AUTHN")


def test_the_choice_of_a_user_with_a_password(cognito: Emulator) -> None:
    pool = cognito.create_pool(
        pool={"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}},
        client={"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]},
    )
    pool.add_user("ann", email="ann@example.com")
    assert amr(cognito, pool.sign_in("ann")) == ["pwd"]


def test_passkeys(cognito: Emulator) -> None:
    pool = passwordless(cognito, "WEB_AUTHN")
    relying = {"RelyingPartyId": "example.com"}
    pool.idp.set_user_pool_mfa_config(UserPoolId=pool.id, WebAuthnConfiguration=relying, MfaConfiguration="OFF")
    pool.add_user("ann")
    with pytest.raises(LookupError, match="asks for SELECT_CHALLENGE; pass first_factor=, one of PASSWORD"):
        pool.sign_in("ann", first_factor="WEB_AUTHN")
    cognito.add_passkey("ann", pool=pool.id)
    assert amr(cognito, pool.sign_in("ann", first_factor="WEB_AUTHN")) == ["swk"]
    assert cognito.requests("RespondToAuthChallenge")[-1].input["ChallengeName"] == "WEB_AUTHN"


# --- custom authentication ----------------------------------------------------------------------------------------


def test_custom_challenges(cognito: Emulator) -> None:
    pool = custom_pool(cognito)
    seen: list[Mapping[str, str]] = []

    def answer(parameters: Mapping[str, str]) -> str:
        seen.append(parameters)
        return parameters["question"].replace("number", "answer" if len(seen) > 1 else "wrong")

    assert pool.sign_in("ann", answers=answer)["AccessToken"]
    assert [one["question"] for one in seen] == ["number 0", "number 1"]
    assert pool.sign_in("ann", answers="answer 0")["AccessToken"]
    assert pool.sign_in("ann", answers={"CUSTOM_CHALLENGE": "answer 0"})["AccessToken"]
    assert pool.sign_in("ann", answers={"CUSTOM_CHALLENGE": {"ANSWER": "answer 0"}})["AccessToken"]
    with pytest.raises(pool.idp.exceptions.NotAuthorizedException):
        pool.sign_in("ann", answers="never right")
    with pytest.raises(
        LookupError, match=r"CUSTOM_CHALLENGE with .*'question': 'number 0'.*; pass answers=, a text or"
    ):
        pool.sign_in("ann", flow="CUSTOM_AUTH")


def test_custom_challenges_after_a_password(cognito: Emulator) -> None:
    pool = custom_pool(cognito)
    assert pool.sign_in("ann", "Password-1", answers="answer 2")["AccessToken"]
    with pytest.raises(pool.idp.exceptions.NotAuthorizedException):
        pool.sign_in("ann", "Wrong-1234", answers="answer 2")


def test_custom_challenges_without_an_end(cognito: Emulator) -> None:
    def define(event: Event) -> None:
        event["response"] |= {"challengeName": "CUSTOM_CHALLENGE", "issueTokens": False, "failAuthentication": False}

    pool = custom_pool(cognito, define)
    with pytest.raises(LookupError, match="asks for CUSTOM_CHALLENGE; it did not end after 12 challenges"):
        pool.sign_in("ann", answers="no")


# --- devices ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asks_user", [False, True])
def test_a_remembered_device_replaces_mfa(cognito: Emulator, asks_user: bool) -> None:
    tracked = {**TRACKED, "DeviceOnlyRememberedOnUserPrompt": asks_user}
    pool = cognito.create_pool(pool={"DeviceConfiguration": tracked}, client={"GenerateSecret": True}, mfa="ON")
    pool.add_user("ann", totp=True)
    device = pool.remember_device(pool.sign_in("ann"))
    result = pool.sign_in("ann", device=device)
    asked = [request.input["ChallengeName"] for request in cognito.requests("RespondToAuthChallenge")]
    assert asked == ["SOFTWARE_TOKEN_MFA", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"]
    assert verified(cognito, result["AccessToken"])["device_key"] == device.key
    assert device.password not in repr(device)


def test_a_pool_that_tracks_no_devices_is_named(cognito: Emulator) -> None:
    pool = cognito.create_pool()
    pool.add_user("ann")
    with pytest.raises(LookupError, match="no NewDeviceMetadata: create the pool with a DeviceConfiguration"):
        pool.remember_device(pool.sign_in("ann"))


# --- second factors -----------------------------------------------------------------------------------------------


def test_codes_as_second_factors(cognito: Emulator) -> None:
    pool = cognito.create_pool(pool={"EmailConfiguration": DEVELOPER})
    pool.idp.set_user_pool_mfa_config(
        UserPoolId=pool.id,
        MfaConfiguration="ON",
        SmsMfaConfiguration={"SmsConfiguration": SMS},
        EmailMfaConfiguration={},
    )
    pool.add_user("ann", email="ann@example.com", phone_number="+15551234567")
    enabled = {"Enabled": True, "PreferredMfa": False}
    pool.idp.admin_set_user_mfa_preference(
        UserPoolId=pool.id, Username="ann", SMSMfaSettings=enabled, EmailMfaSettings=enabled
    )
    for factor, channel in (("SMS_MFA", "SMS"), ("EMAIL_OTP", "EMAIL")):
        assert pool.sign_in("ann", second_factor=factor)["AccessToken"]
        assert cognito.messages()[-1].channel == channel
    with pytest.raises(pool.idp.exceptions.CodeMismatchException):
        pool.sign_in("ann", second_factor="SMS_MFA", answers={"SMS_MFA": "000"})


def test_an_email_address_is_set_up_for_mfa(cognito: Emulator) -> None:
    recovery = {"RecoveryMechanisms": [{"Name": "admin_only", "Priority": 1}]}
    pool = cognito.create_pool(pool={"EmailConfiguration": DEVELOPER, "AccountRecoverySetting": recovery})
    pool.idp.set_user_pool_mfa_config(UserPoolId=pool.id, MfaConfiguration="ON", EmailMfaConfiguration={})
    pool.add_user("ann")
    with pytest.raises(LookupError, match=r"MFA_SETUP with .*; pass answers=\{'MFA_SETUP': 'an e-mail address'\}"):
        pool.sign_in("ann")
    assert pool.sign_in("ann", answers={"MFA_SETUP": "ann@example.com"})["AccessToken"]
    assert cognito.messages()[-1].to == "ann@example.com"


def test_attributes_that_a_new_password_must_come_with(cognito: Emulator) -> None:
    schema = [{"Name": "given_name", "AttributeDataType": "String", "Required": True, "Mutable": True}]
    pool = cognito.create_pool(pool={"Schema": schema})
    pool.idp.admin_create_user(UserPoolId=pool.id, Username="ann", TemporaryPassword="Password-0")
    with pytest.raises(LookupError, match=r"lacks attributes: pass answers=.*'userAttributes.given_name': '...'"):
        pool.sign_in("ann", "Password-0", new_password="Password-2")
    answer = {"NEW_PASSWORD": "Password-2", "userAttributes.given_name": "Ann"}
    assert pool.sign_in("ann", "Password-0", answers={"NEW_PASSWORD_REQUIRED": answer})["AccessToken"]

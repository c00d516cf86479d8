"""UserMigration: who is handed over, what is made of it, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import PASSWORD, SMS, Setup, refused, setup, user
from tests.helpers.events import as_recorded, recorded
from tests.helpers.functions import Event, Functions, answering, raising
from tests.helpers.harness import Running

VERIFIED: dict[str, Any] = {"email": "ann@example.com", "email_verified": "true"}


def migrating(running: Running, pool: dict[str, Any] | None = None, hides: bool = False, **response: Any) -> Any:
    given = {"userAttributes": VERIFIED, "messageAction": "SUPPRESS", **response}
    functions = Functions(running, UserMigration=answering(**given))
    client = {"PreventUserExistenceErrors": "ENABLED"} if hides else {}
    return functions, setup(running, client, LambdaConfig=functions.config, **(pool or {}))


def forgot(idp: Any, made: Setup, username: str = "ann") -> Any:
    return idp.forgot_password(ClientId=made.client, Username=username, ClientMetadata={"from": "test"})


def begin(idp: Any, made: Setup, username: str = "ann", password: str = PASSWORD) -> Any:
    parameters = {"USERNAME": username, "PASSWORD": password}
    return idp.initiate_auth(
        ClientId=made.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters, ClientMetadata={"from": "test"}
    )


def shown(idp: Any, made: Setup, username: str = "ann") -> dict[str, str]:
    found = idp.admin_get_user(UserPoolId=made.pool, Username=username)
    attributes = {item["Name"]: item["Value"] for item in found["UserAttributes"]}
    return {"username": found["Username"], "status": found["UserStatus"], **attributes}


def nobody(idp: Any, made: Setup) -> bool:
    return not idp.list_users(UserPoolId=made.pool)["Users"]


def unmade(made: Setup) -> Any:
    return refused("UserNotFoundException", f"Exception migrating user in app client {made.client}")


def test_a_forgotten_password_brings_the_user(running: Running, idp: Any) -> None:
    functions, made = migrating(running)
    details = forgot(idp, made)["CodeDeliveryDetails"]
    assert details["Destination"] == "a***@e***"
    assert as_recorded(functions.events[0], made) == recorded("UserMigration_ForgotPassword")
    assert shown(idp, made)["status"] == "RESET_REQUIRED"
    (mail,) = running.world.outbox.all()
    idp.confirm_forgot_password(
        ClientId=made.client, Username="ann", ConfirmationCode=mail.code, Password="Another-horse-8"
    )
    assert begin(idp, made, password="Another-horse-8")["AuthenticationResult"]
    assert len(functions.events) == 1


def test_the_event_at_a_sign_in(running: Running, idp: Any) -> None:
    functions, made = migrating(running, finalUserStatus="CONFIRMED")
    begin(idp, made)
    assert as_recorded(functions.events[0], made) == recorded("UserMigration_Authentication")
    assert shown(idp, made)["status"] == "CONFIRMED"
    with refused("NotAuthorizedException", "Incorrect username or password."):
        begin(idp, made, password="Wrong-horse-7")


@pytest.mark.parametrize("attributes", [None, {}, {"email": None}])
def test_without_attributes_there_is_nobody(running: Running, idp: Any, attributes: Any) -> None:
    _, made = migrating(running, userAttributes=attributes)
    with refused("UserNotFoundException", "Username/client id combination not found."):
        forgot(idp, made)
    with refused("UserNotFoundException", "User does not exist."):
        begin(idp, made)
    assert nobody(idp, made)


def test_nobody_is_hidden_where_users_are(running: Running, idp: Any) -> None:
    _, made = migrating(running, hides=True, userAttributes=None)
    assert forgot(idp, made)["CodeDeliveryDetails"]["Destination"] == "a***@n***"
    with refused("NotAuthorizedException", "Incorrect username or password."):
        begin(idp, made)
    _, other = migrating(running, hides=True, userAttributes={"email": "no address"})
    with refused("NotAuthorizedException", "Incorrect username or password."):
        begin(idp, other)
    assert nobody(idp, made)


def test_a_function_that_fails(running: Running, idp: Any) -> None:
    made = setup(running, LambdaConfig=Functions(running, UserMigration=raising("Bad password")).config)
    for act in (forgot, begin):
        with refused("UserLambdaValidationException", "UserMigration failed with error Bad password."):
            act(idp, made)
    assert nobody(idp, made)


@pytest.mark.parametrize(
    "response",
    [
        {"userAttributes": {"email": 1}},
        {"userAttributes": ["email"]},
        {"finalUserStatus": True},
        {"forceAliasCreation": "true"},
        {"enableSMSMFA": "true"},
        {"desiredDeliveryMediums": "EMAIL"},
        {"desiredDeliveryMediums": ["FAX"]},
    ],
)
def test_rubbish(running: Running, idp: Any, response: dict[str, Any]) -> None:
    _, made = migrating(running, **response)
    with refused("InvalidLambdaResponseException", "Unrecognizable lambda output"):
        forgot(idp, made)
    assert nobody(idp, made)


@pytest.mark.parametrize(
    "response",
    [
        {"userAttributes": {"email": "no address"}},
        {"userAttributes": {"colour": "red"}},
        {"userAttributes": {**VERIFIED, "sub": "1"}},
        {"userAttributes": {**VERIFIED, "username": "somebody"}},
        {"enableSMSMFA": True},
        {"messageAction": None, "desiredDeliveryMediums": ["SMS"]},
    ],
)
def test_what_no_user_can_be_made_of(running: Running, idp: Any, response: dict[str, Any]) -> None:
    _, made = migrating(running, **response)
    with unmade(made):
        forgot(idp, made)
    assert nobody(idp, made)
    assert running.world.outbox.all() == []


def test_an_alias_is_given_a_user_name(running: Running, idp: Any) -> None:
    _, made = migrating(running, {"AliasAttributes": ["email"]}, userAttributes={**VERIFIED, "username": "ann"})
    forgot(idp, made, "ann@example.com")
    assert shown(idp, made, "ann@example.com")["username"] == "ann"


def test_an_alias_cannot_be_the_user_name(running: Running, idp: Any) -> None:
    _, made = migrating(running, {"AliasAttributes": ["email"]})
    with unmade(made):
        forgot(idp, made, "ann@example.com")


def test_where_addresses_are_user_names(running: Running, idp: Any) -> None:
    _, made = migrating(running, {"UsernameAttributes": ["email"]})
    forgot(idp, made, "ann@example.com")
    found = shown(idp, made, "ann@example.com")
    assert found["username"] == found["sub"]


@pytest.mark.parametrize("force", [False, True])
def test_a_taken_alias_moves_only_if_it_is_forced(running: Running, idp: Any, force: bool) -> None:
    _, made = migrating(running, {"AliasAttributes": ["email"]}, forceAliasCreation=force)
    user(running, made.pool, "bob", **VERIFIED)
    if not force:
        with unmade(made):
            forgot(idp, made)
        assert shown(idp, made, "ann@example.com")["username"] == "bob"
        return
    forgot(idp, made)
    assert shown(idp, made, "ann@example.com")["username"] == "ann"
    assert shown(idp, made, "bob")["email_verified"] == "false"


def test_sms_mfa_for_who_is_handed_over(running: Running, idp: Any) -> None:
    attributes = {**VERIFIED, "phone_number": "+15551234567"}
    response: dict[str, Any] = {"userAttributes": attributes, "enableSMSMFA": True, "finalUserStatus": "CONFIRMED"}
    _, made = migrating(running, {"SmsConfiguration": SMS, "AutoVerifiedAttributes": ["phone_number"]}, **response)
    sms = {"SmsConfiguration": SMS}
    running.call("SetUserPoolMfaConfig", UserPoolId=made.pool, MfaConfiguration="OPTIONAL", SmsMfaConfiguration=sms)
    assert begin(idp, made)["ChallengeName"] == "SMS_MFA"


def test_sms_mfa_is_for_pools_that_offer_it(running: Running, idp: Any) -> None:
    """With an SmsConfiguration that is every pool with MFA, whatever factors it names."""
    attributes = {**VERIFIED, "phone_number": "+15551234567"}
    response: dict[str, Any] = {"userAttributes": attributes, "enableSMSMFA": True, "finalUserStatus": "CONFIRMED"}
    _, made = migrating(running, {"SmsConfiguration": SMS}, **response)
    with unmade(made):
        begin(idp, made)
    assert nobody(idp, made)
    totp = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
    running.call("SetUserPoolMfaConfig", UserPoolId=made.pool, MfaConfiguration="OPTIONAL", **totp)
    assert begin(idp, made)["ChallengeName"] == "SMS_MFA"


@pytest.mark.parametrize("mediums", [None, ["EMAIL"]])
def test_the_welcome_message_has_no_password(running: Running, idp: Any, mediums: Any) -> None:
    _, made = migrating(running, messageAction=None, desiredDeliveryMediums=mediums, finalUserStatus="CONFIRMED")
    begin(idp, made)
    (mail,) = running.world.outbox.all()
    assert (mail.purpose, mail.body, mail.code) == ("invitation", "Your username is ann.", None)


def test_a_function_that_makes_the_user_itself(running: Running, idp: Any) -> None:
    own = running.client()

    def call_back(event: Event) -> None:
        name, pool = event["userName"], event["userPoolId"]
        own.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
        own.admin_set_user_password(UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True)
        event["response"]["userAttributes"] = VERIFIED

    made = setup(running, LambdaConfig=Functions(running, UserMigration=call_back).config)
    assert begin(idp, made)["AuthenticationResult"]
    assert "email" not in shown(idp, made)


def test_the_password_policy_is_not_looked_at(running: Running, idp: Any) -> None:
    _, made = migrating(running, finalUserStatus="CONFIRMED")
    assert begin(idp, made, password="short")["AuthenticationResult"]

"""SetUserSettings and AdminSetUserSettings: SMS MFA by the old MFAOptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.helpers.build import PASSWORD, Setup, refused, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.mfa import PHONE, set_mode, start, with_mfa
from tests.helpers.sign_in import begin, respond

OPTION = {"DeliveryMedium": "SMS", "AttributeName": "phone_number"}
ONLY = "MFAOptions can only be DeliveryMedium SMS with AttributeName phone_number."
Put = Callable[[Setup, list[dict[str, str]]], Any]


@pytest.fixture(params=["user", "admin"])
def put(request: pytest.FixtureRequest, idp: Any) -> Put:
    """Sets the options of ann, who may need SMS to sign in: her token was taken before."""
    tokens: dict[str, str] = {}

    def by_user(at: Setup, options: list[dict[str, str]]) -> Any:
        token = tokens.setdefault(at.pool, "") or sign_in(idp, at)["AccessToken"]
        tokens[at.pool] = token
        return idp.set_user_settings(AccessToken=token, MFAOptions=options)

    def by_admin(at: Setup, options: list[dict[str, str]]) -> Any:
        return idp.admin_set_user_settings(UserPoolId=at.pool, Username="ann", MFAOptions=options)

    return by_user if request.param == "user" else by_admin


def with_phone(running: Running, mode: str = "OPTIONAL", **options: Any) -> Setup:
    at = with_mfa(running, mode, sms=True, **options)
    user(running, at.pool, **PHONE)
    return at


def seen(idp: Any, at: Setup) -> Any:
    """MFAOptions as every operation that shows a user shows them."""
    alone = idp.admin_get_user(UserPoolId=at.pool, Username="ann")
    listed = idp.list_users(UserPoolId=at.pool)["Users"][0]
    assert alone.get("MFAOptions") == listed.get("MFAOptions")
    assert "UserMFASettingList" not in alone
    return alone.get("MFAOptions")


def test_on_and_off(running: Running, idp: Any, put: Put) -> None:
    at = with_phone(running)
    token = sign_in(idp, at)["AccessToken"]
    assert seen(idp, at) is None
    assert set(put(at, [OPTION])) == {"ResponseMetadata"}
    assert seen(idp, at) == [OPTION]
    assert idp.get_user(AccessToken=token)["MFAOptions"] == [OPTION]
    answer = start(idp, at, "SMS_MFA")
    code = running.world.outbox.all()[-1].code
    answer = respond(idp, at, "SMS_MFA", answer["Session"], USERNAME="ann", SMS_MFA_CODE=code)
    assert answer["AuthenticationResult"]["AccessToken"]
    put(at, [])
    assert seen(idp, at) is None
    assert "MFAOptions" not in idp.get_user(AccessToken=token)
    sign_in(idp, at)


def test_a_preference_replaces_it(running: Running, idp: Any, put: Put) -> None:
    at = with_phone(running)
    token = sign_in(idp, at)["AccessToken"]
    put(at, [OPTION])
    idp.set_user_mfa_preference(AccessToken=token, SMSMfaSettings={"Enabled": False})
    assert seen(idp, at) is None
    sign_in(idp, at)


def test_it_leaves_preferences_alone(running: Running, idp: Any, put: Put) -> None:
    at = with_phone(running)
    put(at, [OPTION])
    running.call("AdminSetUserMFAPreference", UserPoolId=at.pool, Username="ann", SMSMfaSettings={"Enabled": True})
    put(at, [])
    found = idp.admin_get_user(UserPoolId=at.pool, Username="ann")
    assert (found["UserMFASettingList"], found.get("MFAOptions")) == (["SMS_MFA"], None)
    start(idp, at, "SMS_MFA")


def test_no_mfa_in_the_pool(running: Running, idp: Any, put: Put) -> None:
    at = with_phone(running)
    put(at, [OPTION])
    running.call("SetUserPoolMfaConfig", UserPoolId=at.pool, MfaConfiguration="OFF")
    assert seen(idp, at) == [OPTION]
    sign_in(idp, at)


def test_the_phone_that_gets_codes_recovers_no_password(running: Running, idp: Any, put: Put) -> None:
    at = with_mfa(running, sms=True)
    user(running, at.pool, **PHONE, phone_number_verified="true")
    put(at, [OPTION])
    with refused(
        "InvalidParameterException",
        "Cannot reset password for the user as there is no registered/verified email or phone_number",
    ):
        idp.forgot_password(ClientId=at.client, Username="ann")


@pytest.mark.parametrize(
    "option",
    [
        {"DeliveryMedium": "EMAIL", "AttributeName": "email"},
        {"DeliveryMedium": "EMAIL", "AttributeName": "phone_number"},
        {"DeliveryMedium": "SMS", "AttributeName": "email"},
        {"DeliveryMedium": "SMS"},
        {"AttributeName": "phone_number"},
        {},
    ],
)
def test_only_sms_to_the_phone(running: Running, idp: Any, put: Put, option: dict[str, str]) -> None:
    at = with_phone(running)
    with refused("InvalidParameterException", ONLY):
        put(at, [OPTION, option])
    assert seen(idp, at) is None


def test_no_phone(running: Running, idp: Any, put: Put) -> None:
    at = with_mfa(running, sms=True)
    user(running, at.pool)
    with refused("InvalidParameterException", "User does not have delivery config set to turn on SMS_MFA"):
        put(at, [OPTION])
    put(at, [])


def test_required_mfa_stays_on(running: Running, idp: Any, put: Put) -> None:
    at = with_phone(running)
    put(at, [OPTION])
    set_mode(running, at, "ON")
    put(at, [])
    assert seen(idp, at) == [OPTION]
    idp.admin_set_user_mfa_preference(UserPoolId=at.pool, Username="ann", SMSMfaSettings={"Enabled": False})
    assert seen(idp, at) == [OPTION]


def test_who_may(running: Running, idp: Any) -> None:
    at = with_phone(running)
    token = sign_in(idp, at)["AccessToken"]
    with refused("UserNotFoundException", "User does not exist."):
        idp.admin_set_user_settings(UserPoolId=at.pool, Username="bob", MFAOptions=[OPTION])
    with refused("ResourceNotFoundException", f"User pool {at.pool} does not exist."):
        running.client(access_key="111111111111").admin_set_user_settings(
            UserPoolId=at.pool, Username="ann", MFAOptions=[OPTION]
        )
    with refused("NotAuthorizedException", "Invalid Access Token"):
        idp.set_user_settings(AccessToken="x", MFAOptions=[OPTION])
    running.call("AdminDeleteUser", UserPoolId=at.pool, Username="ann")
    with refused("UserNotFoundException", "User does not exist."):
        idp.set_user_settings(AccessToken=token, MFAOptions=[OPTION])


def test_both_ways_ask_once(running: Running, idp: Any) -> None:
    at = with_phone(running)
    members: dict[str, Any] = {"UserPoolId": at.pool, "Username": "ann"}
    idp.admin_set_user_mfa_preference(**members, SMSMfaSettings={"Enabled": True, "PreferredMfa": True})
    idp.admin_set_user_settings(**members, MFAOptions=[OPTION])
    assert begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)["ChallengeName"] == "SMS_MFA"

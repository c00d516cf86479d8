"""Setting up a second factor on the pages, where the pool requires one and the user has none."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from cognito_emulator.oauth.pages.mfa_setup import key_uri
from tests.helpers.browser import Answer, Browser
from tests.helpers.build import PASSWORD, SMS, totp, user
from tests.helpers.harness import Running
from tests.helpers.site import Site, site

TOTP: dict[str, Any] = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
BY_SMS: dict[str, Any] = {"SmsMfaConfiguration": {"SmsConfiguration": SMS}}
BY_EMAIL: dict[str, Any] = {"EmailMfaConfiguration": {}}
SES: dict[str, Any] = {
    "EmailSendingAccount": "DEVELOPER",
    "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/a@b.cd",
}
RECOVERY: dict[str, Any] = {"AccountRecoverySetting": {"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]}}


def requiring(
    running: Running, attributes: dict[str, Any] | None = None, **factors: Any
) -> tuple[Site, Browser, Answer]:
    place = site(running, EmailConfiguration=SES, **RECOVERY)
    running.call("SetUserPoolMfaConfig", UserPoolId=place.pool, MfaConfiguration="ON", **factors)
    user(running, place.pool, **(attributes or {}))
    browser = place.at("/login")
    return place, browser, browser.submit(username="ann", password=PASSWORD)


def secret_of(page: Answer) -> str:
    found = page.soup.find(None, {"data-secret": True})
    assert found is not None, page.body
    return str(found["data-secret"])


def test_an_authenticator_by_its_qr_code(running: Running) -> None:
    place, browser, page = requiring(running, **TOTP)
    assert (page.path, page.title) == ("/mfa/setup", "Set up authenticator app MFA")
    secret = secret_of(page)
    image = page.soup.select_one(".qr img")
    assert image is not None
    assert str(image["src"]).startswith("data:image/svg+xml")
    assert secret not in page.url
    # The page can be loaded again without another secret.
    assert secret_of(browser.get(page.url)) == secret
    page = browser.submit(code="000000", deviceName="My telephone")
    assert page.error == "The code is not correct. Enter the code that your authenticator app shows now."
    assert secret_of(page) == secret
    assert browser.submit(code=totp(secret, running.world.clock.now()), deviceName="My telephone").left
    found = running.call("AdminGetUser", UserPoolId=place.pool, Username="ann")
    assert found["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]


def test_the_qr_code_says_who_and_where() -> None:
    uri = urlsplit(key_uri("My pool: a", "ann@example.com", "ABC234"))
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert unquote(uri.path) == "/My pool: a:ann@example.com"
    assert parse_qs(uri.query) == {"secret": ["ABC234"], "issuer": ["My pool: a"]}


def test_a_telephone_number(running: Running) -> None:
    place, browser, page = requiring(running, **BY_SMS)
    assert page.title == "Set up SMS MFA"
    assert browser.submit(address="12345").error == "Invalid phone number format."
    assert browser.submit(address="").error is not None
    page = browser.submit(address="+14155550123")
    assert (page.path, page.title) == ("/mfa/code", "Enter the code from your text message")
    assert _attributes(running, place).get("phone_number") is None  # not before the code
    assert browser.submit(code="000000").error == "The code is not correct. Please try again."
    assert browser.submit(code=page.code).left
    found = _attributes(running, place)
    assert (found["phone_number"], found["phone_number_verified"]) == ("+14155550123", "true")
    user_now = running.call("AdminGetUser", UserPoolId=place.pool, Username="ann")
    assert user_now["UserMFASettingList"] == ["SMS_MFA"]


def test_a_telephone_number_of_a_user_with_another_address(running: Running) -> None:
    """The API has nothing for them [observed: amplify-js#14013]."""
    place, browser, page = requiring(running, {"email": "ann@example.com"}, **BY_SMS)
    assert page.title == "Set up SMS MFA"
    page = browser.submit(address="+14155550123")
    assert browser.submit(code=page.code).left
    assert _attributes(running, place)["phone_number"] == "+14155550123"


def test_no_telephone_number_of_a_user_with_the_address_of_recovery_alone(running: Running) -> None:
    ways = [{"Priority": 1, "Name": "verified_email"}, {"Priority": 2, "Name": "verified_phone_number"}]
    place = site(running, AccountRecoverySetting={"RecoveryMechanisms": ways})
    running.call("SetUserPoolMfaConfig", UserPoolId=place.pool, MfaConfiguration="ON", **BY_SMS)
    user(running, place.pool, email="ann@example.com")
    page = place.at("/login").submit(username="ann", password=PASSWORD)
    assert page.error == (
        "This account has no method for the second step of the sign-in. Please contact an administrator."
    )


def test_the_api_cannot_set_up_a_telephone_number_in_a_sign_in(running: Running, idp: Any) -> None:
    place, _, _ = requiring(running, **BY_SMS)
    answer = idp.initiate_auth(
        ClientId=place.client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD},
    )
    assert answer["ChallengeName"] == "MFA_SETUP"
    with pytest.raises(idp.exceptions.SoftwareTokenMFANotFoundException):
        idp.respond_to_auth_challenge(
            ClientId=place.client,
            ChallengeName="MFA_SETUP",
            Session=answer["Session"],
            ChallengeResponses={"USERNAME": "ann", "PHONE_NUMBER": "+14155550123"},
        )


def test_one_of_several_ways_is_chosen(running: Running) -> None:
    _, browser, page = requiring(running, **TOTP, **BY_SMS)
    assert page.title == "Set up multi-factor authentication (MFA)"
    assert browser.submit(answer="EMAIL_OTP").error == "Invalid MFA type selected."
    page = browser.submit(answer="SOFTWARE_TOKEN_MFA")
    code = totp(secret_of(page), running.world.clock.now())
    assert browser.submit(code=code).left


def test_an_email_address(running: Running) -> None:
    place, browser, page = requiring(running, **BY_EMAIL)
    assert page.title == "Set up email MFA"
    assert browser.submit(address="nobody").error == "Invalid email address format."
    page = browser.submit(address="ann@example.com")
    assert page.title == "Enter the code from your email"
    assert browser.submit(code=page.code).left
    assert _attributes(running, place)["email_verified"] == "true"


def _attributes(running: Running, place: Site) -> dict[str, str]:
    found = running.call("AdminGetUser", UserPoolId=place.pool, Username="ann")["UserAttributes"]
    return {item["Name"]: item["Value"] for item in found}


def test_a_set_up_that_took_too_long_begins_again(running: Running) -> None:
    _, browser, page = requiring(running, **TOTP)
    code = totp(secret_of(page), running.world.clock.now() + 181)
    running.world.clock.advance(181)
    page = browser.submit(code=code)
    assert (page.path, page.error) == ("/login", "Something went wrong. Please sign in again.")

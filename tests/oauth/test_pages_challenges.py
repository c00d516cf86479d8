"""The challenges of a sign-in as pages: each is answered by its form, and goes on where `flows.auth.sign_in` says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.browser import Answer, Browser
from tests.helpers.build import PASSWORD, SMS, Setup, give_totp, totp, user
from tests.helpers.harness import Running
from tests.helpers.site import CHOICE, Site, site

PHONE = "+14155550123"
WRONG = "The code is not correct. Please try again."
SMS_POOL: dict[str, Any] = {"SmsConfiguration": SMS}
FACTORS = ["PASSWORD", "EMAIL_OTP", "SMS_OTP"]


def mfa(running: Running, place: Site, mode: str = "OPTIONAL", **factors: Any) -> None:
    running.call("SetUserPoolMfaConfig", UserPoolId=place.pool, MfaConfiguration=mode, **factors)


TOTP: dict[str, Any] = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
BY_SMS: dict[str, Any] = {"SmsMfaConfiguration": {"SmsConfiguration": SMS}}


def prefer_sms(running: Running, place: Site) -> None:
    settings = {"Enabled": True, "PreferredMfa": True}
    running.call("AdminSetUserMFAPreference", UserPoolId=place.pool, Username="ann", SMSMfaSettings=settings)


def signed_in(place: Site) -> tuple[Browser, Answer]:
    browser = place.at("/login")
    return browser, browser.submit(username="ann", password=PASSWORD)


def test_a_temporary_password_has_to_be_changed(running: Running) -> None:
    place = site(running, Schema=[{"Name": "email", "Required": True}, {"Name": "given_name", "Required": True}])
    user(running, place.pool, password=PASSWORD, permanent=False)
    browser, page = signed_in(place)
    assert (page.path, page.title) == ("/newpassword", "Change your password")
    new = {"password": "Better-horse-8", "passwordConfirmation": "Better-horse-8"}
    given = {"requiredAttributes[email]": "ann@example.com", "requiredAttributes[given_name]": "Ann"}
    page = browser.submit(**{**new, "passwordConfirmation": "Bitter-horse-8"}, **given)
    assert page.error == "The passwords do not match."
    assert page.fields(page.form())["requiredAttributes[given_name]"] == "Ann"
    page = browser.submit(**new, **{**given, "requiredAttributes[given_name]": ""})
    assert page.error == "Given name is required."
    page = browser.submit(password="short", passwordConfirmation="short", **given)
    assert page.error == "The password does not meet the requirements."
    rules = {str(item["data-rule"]): item["class"][0] for item in page.soup.select(".rules li")}
    assert rules["lower"] == "met"
    assert rules["digit"] == "unmet"
    assert [bool(item.select_one(".unmet-text[hidden]")) for item in page.soup.select(".rules li.met")] == [True]
    assert browser.submit(**new, **given).left
    found = running.call("AdminGetUser", UserPoolId=place.pool, Username="ann")
    assert found["UserStatus"] == "CONFIRMED"
    assert {"Name": "given_name", "Value": "Ann"} in found["UserAttributes"]


def test_a_code_by_sms(running: Running) -> None:
    place = site(running, **SMS_POOL)
    mfa(running, place, **BY_SMS)
    user(running, place.pool, phone_number=PHONE, phone_number_verified="true")
    prefer_sms(running, place)
    browser, page = signed_in(place)
    assert (page.path, page.title) == ("/mfa/code", "Enter the code from your text message")
    assert "+*******0123" in page.body
    assert browser.submit(code="000000").error == WRONG
    assert browser.submit(code="").error is not None
    assert browser.submit(code=f" {page.code} ").left


def test_a_new_code_replaces_the_old_one(running: Running) -> None:
    place = site(running, **SMS_POOL)
    mfa(running, place, **BY_SMS)
    user(running, place.pool, phone_number=PHONE, phone_number_verified="true")
    prefer_sms(running, place)
    browser, page = signed_in(place)
    old = page.code
    page = browser.submit(having="resend", resend="1")
    assert "A new code is on its way." in page.body
    assert page.code != old
    assert browser.submit(having="code", code=old).error == WRONG
    assert browser.submit(having="code", code=page.code).left


def test_a_code_of_an_authenticator(running: Running, idp: Any) -> None:
    place = site(running)
    mfa(running, place, **TOTP)
    user(running, place.pool)
    secret = give_totp(running, idp, Setup(place.pool, place.client))
    browser, page = signed_in(place)
    assert (page.path, page.title) == ("/mfa/code", "Enter the code from your authenticator app")
    assert not page.soup.select("aside")  # no message was sent
    assert browser.submit(code="000000").error == WRONG
    assert browser.submit(code=totp(secret, running.world.clock.now())).left


def test_one_of_several_factors_is_chosen(running: Running, idp: Any) -> None:
    place = site(running, **SMS_POOL)
    mfa(running, place, **BY_SMS, **TOTP)
    user(running, place.pool, phone_number=PHONE, phone_number_verified="true")
    give_totp(running, idp, Setup(place.pool, place.client), prefer=False)
    for settings in ("SMSMfaSettings", "SoftwareTokenMfaSettings"):
        on = {settings: {"Enabled": True}}
        running.call("AdminSetUserMFAPreference", UserPoolId=place.pool, Username="ann", **on)
    browser, page = signed_in(place)
    assert (page.path, page.title) == ("/mfa/choose", "Choose a multi-factor authentication (MFA) method")
    assert {button["value"] for button in page.soup.select("button[name=answer]")} == {"SMS_MFA", "SOFTWARE_TOKEN_MFA"}
    assert browser.submit(answer="EMAIL_OTP").error == "Invalid MFA type selected."
    page = browser.submit(answer="SMS_MFA")
    assert browser.submit(code=page.code).left


@pytest.mark.parametrize("way", ["EMAIL_OTP", "SMS_OTP"])
def test_a_first_factor_is_chosen(running: Running, way: str) -> None:
    place = site(running, client=CHOICE, Policies={"SignInPolicy": {"AllowedFirstAuthFactors": FACTORS}}, **SMS_POOL)
    user(running, place.pool, email="ann@example.com", email_verified="true", phone_number=PHONE)
    browser = place.at("/login")
    page = browser.submit(username="ann")
    assert (page.path, page.title) == ("/login/choose", "Choose how to sign in")
    assert {button["value"] for button in page.soup.select("button[name=answer]")} == set(FACTORS)
    page = browser.submit(answer=way)
    assert page.path == "/mfa/code"
    assert browser.submit(code=page.code).left


def test_a_password_is_chosen(running: Running) -> None:
    place = site(running, client=CHOICE, Policies={"SignInPolicy": {"AllowedFirstAuthFactors": FACTORS}})
    user(running, place.pool, email="ann@example.com")
    browser = place.at("/login")
    browser.submit(username="ann")
    assert browser.submit(answer="PASSWORD").path == "/login/password"
    assert browser.submit(password=PASSWORD).left


def test_somebody_unknown_sees_what_others_see(running: Running) -> None:
    client = {**CHOICE, "PreventUserExistenceErrors": "ENABLED"}
    place = site(running, client=client, Policies={"SignInPolicy": {"AllowedFirstAuthFactors": FACTORS}})
    browser = place.at("/login")
    page = browser.submit(username="nobody@example.com")
    page = browser.submit(answer="EMAIL_OTP") if page.path == "/login/choose" else page
    assert page.path == "/mfa/code"
    assert "No message was sent to this user." in page.body
    assert browser.submit(having="resend", resend="1").path == "/mfa/code"


def test_a_challenge_that_is_over_leads_back_to_the_beginning(running: Running) -> None:
    place = site(running, **SMS_POOL)
    mfa(running, place, **BY_SMS)
    user(running, place.pool, phone_number=PHONE, phone_number_verified="true")
    prefer_sms(running, place)
    browser, page = signed_in(place)
    code = page.code
    running.world.clock.advance(181)
    page = browser.submit(having="code", code=code)
    assert (page.path, page.error) == ("/login", "Something went wrong. Please sign in again.")
    assert browser.get(f"/mfa/code?{place.query()}").path == "/login"
    # The text is shown once.
    assert browser.get(f"/login?{place.query()}").error is None


@pytest.mark.parametrize(
    "path",
    ["/mfa/code", "/mfa/choose", "/mfa/setup", "/newpassword", "/login/choose", "/login/password", "/login/passkey",
     "/confirm", "/resendcode", "/confirmforgotPassword"],
)  # fmt: skip
def test_a_page_that_nobody_has_come_to_leads_to_the_beginning(running: Running, path: str) -> None:
    page = site(running).at(path).page
    assert page is not None
    assert page.path == "/login"


def test_what_the_pages_cannot_ask_is_refused_in_words(running: Running) -> None:
    """The pages remember no devices and have no custom challenges; the user is told, and nothing fails."""
    place = site(running, Schema=[{"Name": "email", "Required": True}])
    user(running, place.pool, password=PASSWORD, permanent=False)
    browser, page = signed_in(place)
    assert page.path == "/newpassword"
    # Another step's form does not answer this one.
    assert browser.post(f"/mfa/code?{place.query()}", {"csrf": browser.cookies["XSRF-TOKEN"], "code": "1"}).path == (
        "/login"
    )


def test_back_and_forward_go_on_with_a_challenge(running: Running) -> None:
    """Browsers load the pages again, which are not to be stored."""
    place = site(running, **SMS_POOL)
    mfa(running, place, **BY_SMS)
    user(running, place.pool, phone_number=PHONE, phone_number_verified="true")
    prefer_sms(running, place)
    browser, page = signed_in(place)
    code = page.code
    assert browser.get(f"/login?{place.query()}").title == "Sign in"
    page = browser.get(f"/mfa/code?{place.query()}")
    assert (page.path, page.error) == ("/mfa/code", None)
    assert browser.submit(having="code", code=code).left
    assert browser.get(f"/mfa/code?{place.query()}").path == "/login"


def test_a_new_sign_in_replaces_a_challenge_that_was_left(running: Running) -> None:
    place = site(running, **SMS_POOL)
    mfa(running, place, **BY_SMS)
    user(running, place.pool, phone_number=PHONE, phone_number_verified="true")
    user(running, place.pool, "bob")
    prefer_sms(running, place)
    browser, _ = signed_in(place)
    browser.get(f"/login?{place.query()}")
    assert browser.submit(username="bob", password=PASSWORD).left
    assert browser.get(f"/mfa/code?{place.query()}").title == "You are signed in"

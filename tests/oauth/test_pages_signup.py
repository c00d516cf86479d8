"""`/signup` and `/confirm`: a new account, its code, and straight on to the app."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.browser import Answer, Browser
from tests.helpers.build import PASSWORD, SMS, setup, user
from tests.helpers.functions import Functions, answering, raising
from tests.helpers.harness import Running
from tests.helpers.sign_up_pages import NEW, REQUIRED, passwords
from tests.helpers.site import CHOICE, EMAIL, OAUTH, Site, site


def signed_up(place: Site) -> tuple[Browser, Answer]:
    browser = place.at("/login")
    browser.click("Create an account")
    return browser, browser.submit(**NEW, **passwords())


def test_sign_up_and_confirm_lead_to_the_app_signed_in(running: Running) -> None:
    place = site(running, **EMAIL, **REQUIRED)
    browser, page = signed_up(place)
    assert (page.path, page.title) == ("/confirm", "Confirm your account")
    assert "We have sent a code by email to a***@e***." in page.body
    assert browser.submit(code="000000").error == "Invalid verification code provided, please try again."
    assert browser.submit(code="").error == "Invalid verification code provided, please try again."
    answer = browser.submit(code=page.code)
    assert answer.left
    assert answer.params["state"] == "st-1"
    found = running.call("AdminGetUser", UserPoolId=place.pool, Username="ann")
    assert found["UserStatus"] == "CONFIRMED"


def test_the_classic_form_has_one_password_and_its_button(running: Running) -> None:
    place = site(running, version=1, **EMAIL, **REQUIRED)
    browser = place.at("/signup")
    assert browser.page is not None
    assert browser.page.title == "Sign up with a new account"
    assert browser.page.soup.select_one("button[name=signUpButton]")
    page = browser.submit(**NEW, password=PASSWORD)
    assert browser.submit(code=page.code).left


def test_a_new_code(running: Running) -> None:
    place = site(running, **EMAIL, **REQUIRED)
    browser, page = signed_up(place)
    old = page.code
    page = browser.submit(having="resend", resend="1")
    assert "A new code is on its way." in page.body
    assert browser.submit(having="code", code=old).error == "Invalid verification code provided, please try again."
    assert browser.submit(having="code", code=page.code).left


def test_new_codes_are_limited_as_by_the_api(running: Running) -> None:
    browser, _ = signed_up(site(running, **EMAIL, **REQUIRED))
    for _ in range(5):
        assert browser.submit(having="resend", resend="1").error is None
    assert browser.submit(having="resend", resend="1").error == ("Attempt limit exceeded, please try after some time.")


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"passwordConfirmation": "Other-horse-7"}, "The passwords do not match."),
        (passwords("short"), "The password does not meet the requirements."),
        ({"username": "bob"}, "User already exists"),
        ({"requiredAttributes[email]": "nobody"}, "Invalid email address format."),
        ({"requiredAttributes[given_name]": ""}, "Given name is required."),
    ],
)
def test_what_the_api_refuses_is_shown_and_what_was_typed_stays(
    running: Running, changed: dict[str, str], text: str
) -> None:
    place = site(running, **EMAIL, **REQUIRED)
    user(running, place.pool, "bob", email="bob@example.com", given_name="Bob")
    browser = place.at("/signup")
    given = {**NEW, **passwords(), **changed}
    page = browser.submit(**given)
    assert (page.path, page.error) == ("/signup", text)
    kept = page.fields(page.form())
    assert kept["username"] == given["username"]
    assert kept["requiredAttributes[email]"] == given["requiredAttributes[email]"]
    assert kept["password"] == ""


def test_the_sign_in_name_is_not_asked_twice(running: Running) -> None:
    place = site(running, UsernameAttributes=["email"], **EMAIL, **REQUIRED)
    browser = place.at("/signup")
    assert browser.page is not None
    fields = browser.page.fields(browser.page.form())
    assert "requiredAttributes[email]" not in fields
    given = {"requiredAttributes[given_name]": "Ann"}
    page = browser.submit(username="ann@example.com", **given, **passwords())
    assert browser.submit(code=page.code).left


def test_a_code_by_sms(running: Running) -> None:
    place = site(
        running, AutoVerifiedAttributes=["phone_number"], SmsConfiguration=SMS, UsernameAttributes=["phone_number"]
    )
    browser = place.at("/signup")
    page = browser.submit(username="+14155550123", **passwords())
    assert "We have sent a code by SMS to +*******0123." in page.body
    assert browser.submit(code=page.code).left


def test_a_pool_that_verifies_nothing_makes_an_account_that_waits_for_an_administrator(running: Running) -> None:
    browser = site(running).at("/signup")
    page = browser.submit(username="ann", **passwords())
    assert (page.path, page.error) == ("/confirm", None)
    assert page.lead == (
        "Your account is not confirmed yet, and no code can be sent to it. Please contact an administrator."
    )
    assert not page.soup.select("form")
    classic = site(running, version=1, domain="classic").at("/signup")
    page = classic.submit(username="ann", password=PASSWORD)
    assert (page.path, page.error) == ("/signup", "User is not confirmed.")


def test_a_pool_whose_users_are_made_by_administrators(running: Running) -> None:
    place = site(running, AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
    page = place.at("/signup").submit(username="ann", **passwords())
    assert page.error == "You can't create an account here. Please contact an administrator."


def test_mfa_is_set_up_before_the_app_is_reached(running: Running) -> None:
    place = site(running, **EMAIL, **REQUIRED)
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=place.pool,
        MfaConfiguration="ON",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    browser, page = signed_up(place)
    assert browser.submit(code=page.code).path == "/mfa/setup"


def test_an_account_that_an_administrator_has_confirmed_meanwhile(running: Running) -> None:
    place = site(running, **EMAIL, **REQUIRED)
    browser, page = signed_up(place)
    running.call("AdminConfirmSignUp", UserPoolId=place.pool, Username="ann")
    assert browser.submit(code=page.code).error == ("This account is already confirmed. You can sign in.")


def test_a_code_for_another_account_of_that_name_signs_nobody_in(running: Running) -> None:
    """The name was given away meanwhile: who chose the first account's password has not chosen the second's."""
    place = site(running, **EMAIL, **REQUIRED)
    browser, _ = signed_up(place)
    running.call("AdminDeleteUser", UserPoolId=place.pool, Username="ann")
    _, page = signed_up(place)
    answer = browser.submit(having="code", code=page.code)
    assert answer.path == "/login"
    assert "cognito" not in browser.cookies


def test_another_browser_that_knows_the_code_is_not_signed_in(running: Running) -> None:
    """Only the browser that chose the password goes on without it."""
    place = site(running, **EMAIL, **REQUIRED)
    _, page = signed_up(place)
    code = page.code
    other = place.at("/login")
    assert other.submit(username="ann", password="Wrong-horse-7").path == "/confirm"
    answer = other.submit(having="code", code=code)
    assert answer.path == "/login"
    assert "cognito" not in other.cookies


def test_without_a_password_where_codes_are_a_first_factor(running: Running) -> None:
    policies: dict[str, Any] = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    place = site(running, client=CHOICE, Policies=policies, **EMAIL, **REQUIRED)
    browser = place.at("/signup")
    page = browser.submit(**NEW)
    assert page.path == "/confirm"
    answer = browser.submit(code=page.code)
    assert answer.left
    assert answer.params["code"]


def test_who_is_confirmed_by_a_function_goes_straight_to_the_app(running: Running) -> None:
    functions = Functions(running, PreSignUp=answering(autoConfirmUser=True))
    answer = signed_up(site(running, LambdaConfig=functions.config, **EMAIL, **REQUIRED))[1]
    assert answer.left
    assert answer.params["code"]
    assert running.world.outbox.all() == []


def test_what_a_function_refuses_is_shown(running: Running) -> None:
    functions = Functions(running, PreSignUp=raising("not you"))
    page = signed_up(site(running, LambdaConfig=functions.config, **EMAIL, **REQUIRED))[1]
    assert (page.path, page.error) == ("/signup", "PreSignUp failed with error not you.")


def test_a_sign_in_that_is_refused_after_the_confirmation_begins_anew(running: Running) -> None:
    functions = Functions(running, PostAuthentication=raising("not now"))
    place = site(running, LambdaConfig=functions.config, **EMAIL, **REQUIRED)
    browser, page = signed_up(place)
    page = browser.submit(code=page.code)
    assert page.path == "/login"
    assert "Your account is confirmed. You can sign in now." in page.body
    page = browser.submit(username="ann", password=PASSWORD)
    assert page.error == "PostAuthentication failed with error not now."


def test_terms_are_shown_when_both_documents_exist_in_the_pages_language(running: Running) -> None:
    place = site(running)
    links = {"cognito:default": "https://example.com/terms?a=1&b=2", "cognito:german": "https://example.com/agb"}
    given = {"UserPoolId": place.pool, "ClientId": place.client, "TermsSource": "LINK", "Enforcement": "NONE"}
    running.call("CreateTerms", TermsName="terms-of-use", Links=links, **given)
    page = place.at("/signup").page
    assert page is not None
    assert not page.soup.select(".legal")
    running.call("CreateTerms", TermsName="privacy-policy", Links={"cognito:default": "https://e.com/p"}, **given)
    page = place.at("/signup").page
    assert page is not None
    legal = page.soup.select_one(".legal")
    assert legal is not None
    assert legal.get_text() == "By signing up, you agree to our Terms of use and Privacy policy."
    assert [link["href"] for link in legal.select("a")] == ["https://example.com/terms?a=1&b=2", "https://e.com/p"]
    page = place.at("/signup", lang="de").page
    assert page is not None
    assert [link["href"] for link in page.soup.select(".legal a")] == ["https://example.com/agb", "https://e.com/p"]


def test_terms_without_a_link_for_the_language_are_not_shown(running: Running) -> None:
    place = site(running)
    given = {"UserPoolId": place.pool, "ClientId": place.client, "TermsSource": "LINK", "Enforcement": "NONE"}
    for name in ("terms-of-use", "privacy-policy"):
        running.call("CreateTerms", TermsName=name, Links={"cognito:german": f"https://e.com/{name}"}, **given)
    page = place.at("/signup").page
    assert page is not None
    assert not page.soup.select(".legal")
    page = place.at("/signup", lang="de").page
    assert page is not None
    shown = [link["href"] for link in page.soup.select(".legal a")]
    assert shown == ["https://e.com/terms-of-use", "https://e.com/privacy-policy"]


def test_the_classic_pages_show_no_terms(running: Running) -> None:
    made = setup(running, OAUTH)
    running.call("CreateUserPoolDomain", UserPoolId=made.pool, Domain="classic", ManagedLoginVersion=1)
    for name in ("terms-of-use", "privacy-policy"):
        running.call(
            "CreateTerms",
            UserPoolId=made.pool,
            ClientId=made.client,
            TermsName=name,
            TermsSource="LINK",
            Enforcement="NONE",
            Links={"cognito:default": "https://example.com/"},
        )
    page = Site(running, made.pool, made.client, "classic").at("/signup").page
    assert page is not None
    assert not page.soup.select(".legal")

"""Errors of forms: each stands at its field, several at once, in sentences; the journal keeps the API's words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.browser import Answer
from tests.helpers.build import PASSWORD, SMS, user
from tests.helpers.console_site import newest
from tests.helpers.harness import Running
from tests.helpers.sign_up_pages import NEW, REQUIRED, passwords
from tests.helpers.site import EMAIL, site

PHONE: dict[str, Any] = {"Schema": [{"Name": "email", "Required": True}, {"Name": "phone_number", "Required": True}]}
TOTP: dict[str, Any] = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}


def wrong(page: Answer) -> dict[str, str]:
    """The fields with an error, and what describes each: its own error first."""
    found = {}
    for field in page.soup.select("input[aria-invalid=true]"):
        (described, *_) = str(field["aria-describedby"]).split()
        text = page.soup.find(id=described)
        assert text is not None, described
        found[str(field["name"])] = text.get_text(strip=True)
    return found


def focused(page: Answer) -> list[str]:
    return [str(field["name"]) for field in page.soup.select("[autofocus]")]


def test_several_errors_are_shown_at_once_each_at_its_field(running: Running) -> None:
    browser = site(running, **EMAIL, **PHONE).at("/signup")
    filled = {"requiredAttributes[email]": "nobody", "requiredAttributes[phone_number]": "+1-555"}
    page = browser.submit(username="ann", **filled, password="short", passwordConfirmation="Short")
    assert page.error == "Please check the fields that are marked."
    assert wrong(page) == {
        "requiredAttributes[email]": "Invalid email address format.",
        "requiredAttributes[phone_number]": "Invalid phone number format.",
        "password": "The password does not meet the requirements.",
        "passwordConfirmation": "The passwords do not match.",
    }
    assert focused(page) == ["requiredAttributes[email]"]
    page = browser.submit(username="", **{"requiredAttributes[phone_number]": ""})
    assert wrong(page)["username"] == "Username is required."
    assert wrong(page)["requiredAttributes[phone_number]"] == "Phone number is required."
    assert focused(page) == ["username"]


def test_a_single_error_is_in_the_banner_too(running: Running) -> None:
    browser = site(running, **EMAIL, **REQUIRED).at("/signup")
    page = browser.submit(**{**NEW, "requiredAttributes[email]": "nobody"}, **passwords())
    assert page.error == "Invalid email address format."
    assert wrong(page) == {"requiredAttributes[email]": "Invalid email address format."}


def test_an_error_that_belongs_to_no_field_is_in_the_banner_alone(running: Running) -> None:
    place = site(running)
    user(running, place.pool)
    running.call("AdminDisableUser", UserPoolId=place.pool, Username="ann")
    page = place.at("/login").submit(username="ann", password=PASSWORD)
    assert (page.error, wrong(page)) == ("User is disabled.", {})
    field = page.soup.select_one("[autofocus]")
    assert field is not None
    assert (field["name"], field["aria-describedby"]) == ("password", "loginErrorMessage")


@pytest.mark.parametrize("version", [1, 2])
def test_wrong_credentials_are_at_the_password(running: Running, version: int) -> None:
    place = site(running, version=version)
    user(running, place.pool)
    page = place.at("/login").submit(username="ann", password="Wrong-horse-7")
    assert wrong(page) == {"password": "Incorrect username or password."}
    assert focused(page) == ["password"]


def test_the_classic_pages_show_the_apis_words_in_the_banner(running: Running) -> None:
    browser = site(running, version=1, **EMAIL, **REQUIRED).at("/signup")
    page = browser.submit(**{**NEW, "requiredAttributes[given_name]": ""}, password="short")
    assert page.error == "Attributes did not conform to the schema: given_name: The attribute is required\n"
    assert set(wrong(page)) == {"requiredAttributes[given_name]", "password"}
    assert not page.soup.select(".field-error")
    place = site(running, version=1, domain="locked")
    user(running, place.pool)
    browser = place.at("/login")
    running.world.clock.freeze(running.world.clock.now())  # the sixth attempt comes within the lockout
    for _ in range(6):
        page = browser.submit(username="ann", password="Wrong-horse-7")
    assert page.error == "Password attempts exceeded"


def test_the_journal_keeps_the_apis_words(running: Running) -> None:
    place = site(running)
    user(running, place.pool)
    browser = place.at("/login")
    running.world.clock.freeze(running.world.clock.now())  # the sixth attempt comes within the lockout
    for _ in range(6):
        page = browser.submit(username="ann", password="Wrong-horse-7")
    assert page.error == "Too many failed attempts. Please wait a moment and try again."
    assert newest(running).text == "Password attempts exceeded"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("nickname", "a", "Nickname needs at least 3 characters."),
        ("nickname", "a" * 9, "Nickname may have at most 8 characters."),
        ("custom:age", "x", "age must be a number."),
        ("custom:age", "5", "age must be at least 18."),
        ("custom:age", "200", "age must be at most 99."),
    ],
)
def test_problems_of_the_schema_are_sentences(running: Running, name: str, value: str, text: str) -> None:
    """Required custom attributes do not exist; a scripted form may send them."""
    lengths = {"StringAttributeConstraints": {"MinLength": "3", "MaxLength": "8"}}
    ages = {"NumberAttributeConstraints": {"MinValue": "18", "MaxValue": "99"}}
    nickname = {"Name": "nickname", "AttributeDataType": "String", "Required": True, **lengths}
    age = {"Name": "age", "AttributeDataType": "Number", **ages}
    place = site(running, Schema=[nickname, age], **EMAIL)
    browser = place.at("/signup")
    fields = {"username": "ann", **passwords(), "csrf": browser.cookies["XSRF-TOKEN"]}
    sent = {**fields, "requiredAttributes[nickname]": "annie", f"requiredAttributes[{name}]": value}
    assert browser.post(f"/signup?{place.query()}", sent).error == text


def test_errors_of_a_new_password_stand_together(running: Running) -> None:
    place = site(running, **PHONE)
    user(running, place.pool, permanent=False)
    browser = place.at("/login")
    browser.submit(username="ann", password=PASSWORD)
    page = browser.submit(password="short", **{"requiredAttributes[email]": "x"})
    assert list(wrong(page)) == [
        "password", "passwordConfirmation", "requiredAttributes[email]", "requiredAttributes[phone_number]",
    ]  # fmt: skip


def test_a_missing_code_and_a_weak_password_stand_together(running: Running) -> None:
    place = site(running, **EMAIL)
    user(running, place.pool, email="ann@example.com", email_verified="true")
    browser = place.at("/forgotPassword")
    browser.submit(username="ann")
    page = browser.submit(code="", **passwords("short"))
    assert set(wrong(page)) == {"code", "password"}
    assert focused(page) == ["code"]


def test_a_wrong_code_of_an_authenticator_is_at_its_field(running: Running) -> None:
    place = site(running)
    running.call("SetUserPoolMfaConfig", UserPoolId=place.pool, MfaConfiguration="ON", **TOTP)
    user(running, place.pool)
    browser = place.at("/login")
    browser.submit(username="ann", password=PASSWORD)
    page = browser.submit(code="000000")
    assert wrong(page) == {"code": "The code is not correct. Enter the code that your authenticator app shows now."}


def test_a_phone_number_that_is_the_user_name_is_wrong_at_the_set_up_too(running: Running) -> None:
    place = site(running, SmsConfiguration=SMS, UsernameAttributes=["phone_number"])
    page = place.at("/signup").submit(username="ann", **passwords())
    assert wrong(page) == {"username": "Enter a valid phone number."}


@pytest.mark.parametrize(("language", "text"), [("de", "Vorname ist erforderlich."), ("ja", "名を入力してください。")])
def test_errors_of_fields_are_in_the_pages_language(running: Running, language: str, text: str) -> None:
    browser = site(running, **EMAIL, **REQUIRED).at("/signup", lang=language)
    page = browser.submit(**{**NEW, "requiredAttributes[given_name]": ""}, **passwords())
    assert wrong(page) == {"requiredAttributes[given_name]": text}

"""Phone numbers with a selector of countries, which works without a script."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.oauth.pages.dial_codes import CODES, countries, with_codes
from cognito_emulator.oauth.pages.wording import LANGUAGES
from tests.helpers.browser import Answer
from tests.helpers.build import PASSWORD, SMS, user
from tests.helpers.harness import Running
from tests.helpers.sign_up_pages import passwords
from tests.helpers.site import Site, site

BY_PHONE: dict[str, Any] = {
    "UsernameAttributes": ["phone_number"],
    "AutoVerifiedAttributes": ["phone_number"],
    "SmsConfiguration": SMS,
}


def chosen(page: Answer | None) -> str:
    assert page is not None
    found = page.soup.select_one("select.country option[selected]")
    assert found is not None
    return str(found["value"])


def post(place: Site, path: str, fields: dict[str, str]) -> Answer:
    browser = place.at(path)
    return browser.post(f"{path}?{place.query()}", {"csrf": browser.cookies["XSRF-TOKEN"], **fields})


@pytest.mark.parametrize(
    ("country", "typed", "number"),
    [
        ("DE", "0151 2345-678", "+491512345678"),
        ("US", "(415) 555-0123", "(415) 555-0123"),
        ("US", "415 555 0123", "+14155550123"),
        ("IT", "06 1234", "+39061234"),
        ("DE", "+14155550123", "+14155550123"),
        ("XX", "0151", "0151"),
        ("", "0151", "0151"),
        ("DE", "", ""),
        ("DE", "ann", "ann"),
        ("DE", "٣", "٣"),
    ],
)
def test_a_national_number_gets_its_calling_code(country: str, typed: str, number: str) -> None:
    assert with_codes({"username": typed, "country-username": country})["username"] == number


def test_each_language_proposes_a_country_that_exists() -> None:
    assert len(CODES) > 230
    for language in LANGUAGES:
        assert [one.id for one in countries(language, "") if one.selected], language
    assert [one.id for one in countries("en", "FR") if one.selected] == ["FR"]


def test_sign_up_and_sign_in_with_a_national_number(running: Running) -> None:
    place = site(running, **BY_PHONE)
    fields = {"username": "0151 2345678", "country-username": "DE"}
    page = post(place, "/signup", {**fields, **passwords()})
    assert "We have sent a code by SMS to +********5678." in page.body
    running.call("AdminConfirmSignUp", UserPoolId=place.pool, Username="+491512345678")
    assert post(place, "/login", {**fields, "password": PASSWORD}).left


def test_a_whole_number_needs_no_country(running: Running) -> None:
    place = site(running, **BY_PHONE)
    user(running, place.pool, "+14155550123")
    fields = {"username": "+14155550123", "password": PASSWORD}
    assert post(place, "/login", {**fields, "country-username": "DE"}).left
    assert post(place, "/login", fields).left


def test_the_selector_keeps_the_choice(running: Running) -> None:
    place = site(running, **BY_PHONE)
    assert chosen(place.at("/login").page) == "US"
    assert chosen(place.at("/login", lang="de").page) == "DE"
    page = post(place, "/signup", {"username": "015", "country-username": "FR", **passwords("short")})
    assert chosen(page) == "FR"
    assert page.fields(page.form())["username"] == "+3315"


def test_other_names_have_no_selector(running: Running) -> None:
    place = site(running, AliasAttributes=["email", "phone_number"])
    page = place.at("/login").page
    assert page is not None
    assert not page.soup.select("select")


def test_a_country_that_is_none_stays_out_of_the_page(running: Running) -> None:
    place = site(running, **BY_PHONE)
    page = post(place, "/signup", {"username": "1", "country-username": '"><script>', **passwords("short")})
    assert "<script>" not in page.body
    assert chosen(page) == "US"


def test_the_number_of_a_second_factor(running: Running) -> None:
    recovery = {"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]}
    place = site(running, AccountRecoverySetting=recovery)
    sms = {"SmsConfiguration": SMS}
    running.call("SetUserPoolMfaConfig", UserPoolId=place.pool, MfaConfiguration="ON", SmsMfaConfiguration=sms)
    user(running, place.pool)
    browser = place.at("/login")
    browser.submit(username="ann", password=PASSWORD)
    fields = {"csrf": browser.cookies["XSRF-TOKEN"], "address": "0151 2345678", "country-address": "DE"}
    page = browser.post(f"/mfa/setup?{place.query()}", fields)
    assert browser.submit(having="code", code=page.code).left
    found = running.call("AdminGetUser", UserPoolId=place.pool, Username="ann")["UserAttributes"]
    assert {"Name": "phone_number", "Value": "+491512345678"} in found

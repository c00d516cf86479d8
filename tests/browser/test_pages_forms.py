"""The forms of the pages in Chromium: errors at fields, shown passwords, rules while typing, Back and Forward."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.journeys import PHONE, at_app, code_on, enter_code, open_page, pages, press, sign_in
from tests.helpers.build import PASSWORD, SMS, user
from tests.helpers.harness import Running
from tests.helpers.page_look import offer, social
from tests.helpers.site import EMAIL
from tests.helpers.watch import Watch

ADDRESSES: dict[str, Any] = {
    "Schema": [{"Name": "email", "Required": True}, {"Name": "phone_number", "Required": True}],
    **EMAIL,
}
SOCIAL = ["Google", "Facebook", "LoginWithAmazon", "SignInWithApple", "Entra", "Contoso"]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name"))


def test_errors_are_at_their_fields(running: Running, watch: Watch, app_url: str) -> None:
    place = pages(running, app_url, **ADDRESSES)
    page = open_page(watch, place, app_url, "/signup")
    page.get_by_label("Username").fill("ann")
    page.get_by_label("Email address").fill("nobody")
    page.get_by_role("textbox", name="Phone number").fill("+1-555")
    page.get_by_role("textbox", name="Password", exact=True).fill("short")
    page.get_by_role("textbox", name="Confirm password").fill("Short")
    press(page, "Sign up")
    expect(page.locator("#loginErrorMessage")).to_have_text("Please check the fields that are marked.")
    expect(page.get_by_label("Email address")).to_be_focused()
    expect(page.get_by_label("Email address")).to_have_accessible_description("Invalid email address format.")
    expect(page.get_by_label("Confirm password")).to_have_accessible_description("The passwords do not match.")
    assert page.locator("input[aria-invalid=true]").count() == 4
    watch.look("several")
    tree = page.locator("form").aria_snapshot()
    assert '- textbox "Email address" [invalid]:' in tree
    assert '- combobox "Country code":' in tree
    assert "- paragraph: Invalid email address format." in tree
    assert '- list "Password requirements":' in tree


def test_a_password_is_shown_and_its_rules_tick_while_it_is_typed(running: Running, watch: Watch, app_url: str) -> None:
    place = pages(running, app_url, **EMAIL)
    page = open_page(watch, place, app_url, "/signup")
    password = page.get_by_role("textbox", name="Password", exact=True)
    met, unmet = page.locator(".rules .met"), page.locator(".rules .unmet")
    assert (met.count(), unmet.count()) == (0, 0)
    password.press_sequentially("abc")
    expect(met).to_have_text(["A lower case letter (not yet met)"])
    assert [met.locator(".unmet-text").is_visible(), unmet.count()] == [False, 4]
    password.press_sequentially("DEF-12")
    expect(met).to_have_count(5)
    password.fill("")
    expect(met.or_(unmet)).to_have_count(0)
    password.fill(PASSWORD)
    page.get_by_role("checkbox", name="Show password").check()
    assert password.get_attribute("type") == "text"
    watch.look("shown")
    page.get_by_role("checkbox", name="Show password").press("Space")
    assert password.get_attribute("type") == "password"


def test_countries_have_their_names_in_the_pages_language(running: Running, watch: Watch, app_url: str) -> None:
    place = pages(running, app_url, **ADDRESSES)
    page = open_page(watch, place, app_url, "/signup", lang="de")
    country = page.get_by_role("combobox", name="Ländervorwahl")
    assert country.input_value() == "DE"
    names = country.locator("option").all_inner_texts()
    assert names[:3] == ["Afghanistan +93", "Ägypten +20", "Ålandinseln +358"]
    country.select_option("Frankreich +33")
    page.get_by_label("Benutzername").fill("ann")
    page.get_by_label("E-Mail-Adresse").fill("ann@example.com")
    page.get_by_label("Telefonnummer").fill("06 12 34 56 78")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    press(page, "Registrieren")
    page.locator("#verification_code").wait_for()
    found = running.call("AdminGetUser", UserPoolId=place.pool, Username="ann")["UserAttributes"]
    assert {"Name": "phone_number", "Value": "+33612345678"} in found


def test_back_then_forward_goes_on_with_the_challenge(running: Running, watch: Watch, app_url: str) -> None:
    place = pages(running, app_url, SmsConfiguration=SMS)
    by_sms = {"SmsMfaConfiguration": {"SmsConfiguration": SMS}}
    running.call("SetUserPoolMfaConfig", UserPoolId=place.pool, MfaConfiguration="ON", **by_sms)
    user(running, place.pool, phone_number=PHONE, phone_number_verified="true")
    page = open_page(watch, place, app_url)
    sign_in(page)
    page.locator("#verification_code").wait_for()
    code = code_on(page)
    page.go_back()
    page.locator("#signInFormUsername").wait_for()
    page.go_forward()
    page.locator("#verification_code").wait_for()
    assert not page.get_by_text("Something went wrong").count()
    enter_code(page, code)
    assert at_app(page, app_url)["code"]
    page.go_back()
    expect(page.get_by_role("heading")).to_have_text("You are signed in")


def test_who_is_not_confirmed_sees_what_to_do(running: Running, watch: Watch, app_url: str) -> None:
    place = pages(running, app_url, **EMAIL)
    email = [{"Name": "email", "Value": "ann@example.com"}]
    running.call("SignUp", ClientId=place.client, Username="ann", Password=PASSWORD, UserAttributes=email)
    page = open_page(watch, place, app_url)
    sign_in(page)
    page.get_by_text("Your account is not confirmed yet.").wait_for()
    assert not page.get_by_role("alert").count()
    enter_code(page, code_on(page))
    page.get_by_role("status").wait_for()
    sign_in(page)
    assert at_app(page, app_url)["code"]


@pytest.mark.parametrize("version", [1, 2])
def test_a_sign_up_that_cannot_be_confirmed_says_so_at_once(
    running: Running, watch: Watch, app_url: str, version: int
) -> None:
    page = open_page(watch, pages(running, app_url, version=version), app_url, "/signup")
    hint = page.get_by_role("complementary", name="Local emulator:")
    expect(hint).to_contain_text("AutoVerifiedAttributes is empty")
    if version == 2:
        watch.look("hint")


@pytest.mark.parametrize("version", [1, 2])
def test_marks_of_providers_and_the_two_columns(running: Running, watch: Watch, app_url: str, version: int) -> None:
    place = pages(running, app_url, version=version)
    social(running, place, *SOCIAL)
    offer(running, place, "COGNITO", *SOCIAL, callback=app_url)
    page = open_page(watch, place, app_url, "/login")
    watch.look("marks")
    google, name = (page.locator(css).bounding_box() for css in ("a.idp:has-text('Google')", "#signInFormUsername"))
    assert google is not None
    assert name is not None
    beside = google["x"] + google["width"] <= name["x"]
    assert beside is (version == 1)
    assert page.locator("a.idp svg.mark").count() == (4 if version == 1 else 5)


def test_without_scripts_nothing_is_lost(running: Running, chromium: Any, app_url: str) -> None:
    place = pages(running, app_url, **ADDRESSES)
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"http://{place.host}/signup?{place.query(redirect_uri=app_url)}")
    assert not page.get_by_role("checkbox").count()
    page.get_by_label("Username").fill("ann")
    page.get_by_label("Email address").fill("ann@example.com")
    page.locator("select").select_option("DE")
    page.get_by_role("textbox", name="Phone number").fill("0151 2345678")
    for field in page.locator("input[type=password]").all():
        field.fill("short")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Password", exact=True)).to_be_focused()
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#verification_code").wait_for()
    context.close()
    found = running.call("AdminGetUser", UserPoolId=place.pool, Username="ann")["UserAttributes"]
    assert {"Name": "phone_number", "Value": "+491512345678"} in found

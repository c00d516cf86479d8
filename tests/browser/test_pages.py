"""Every journey through the pages in Chromium, without a serious accessibility violation on any of them."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.journeys import DYNAMIC, PHONE, at_app, code_on, enter_code, open_page, pages, press, sign_in
from tests.helpers.build import PASSWORD, SMS, Setup, give_totp, totp, user
from tests.helpers.harness import Running
from tests.helpers.page_look import provide
from tests.helpers.site import CHOICE, EMAIL
from tests.helpers.watch import Watch

REQUIRED: dict[str, Any] = {"Schema": [{"Name": "email", "Required": True}, {"Name": "given_name", "Required": True}]}
SMS_POOL: dict[str, Any] = {"SmsConfiguration": SMS}
TOTP: dict[str, Any] = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
BY_SMS: dict[str, Any] = {"SmsMfaConfiguration": {"SmsConfiguration": SMS}}
NEW = "Better-horse-8"


@pytest.mark.parametrize("version", [1, 2])
def test_sign_in(running: Running, watch: Watch, app_url: str, version: int) -> None:
    place = pages(running, app_url, version=version)
    user(running, place.pool)
    page = open_page(watch, place, app_url)
    watch.look("login")
    sign_in(page, password="Wrong-horse-7")
    page.get_by_role("alert").wait_for()
    watch.look("wrong")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    assert at_app(page, app_url)["state"] == "st-1"
    open_page(watch, place, app_url, "/login")
    watch.look("signed-in")
    page.get_by_role("link", name="Sign in as ann").click()
    assert at_app(page, app_url)["code"]


@pytest.mark.parametrize("version", [1, 2])
def test_sign_up(running: Running, watch: Watch, app_url: str, version: int) -> None:
    place = pages(running, app_url, version=version, **EMAIL, **REQUIRED)
    for name in ("terms-of-use", "privacy-policy"):
        given = {"UserPoolId": place.pool, "ClientId": place.client, "TermsSource": "LINK", "Enforcement": "NONE"}
        running.call("CreateTerms", TermsName=name, Links={"cognito:default": "https://example.com/"}, **given)
    page = open_page(watch, place, app_url)
    page.get_by_role("link", name="Sign up" if version == 1 else "Create an account").click()
    watch.look("signup")
    page.get_by_label("Username").fill("ann")
    page.get_by_label("Email").fill("ann@example.com")
    page.get_by_label("Given name").fill("Ann")
    for field in page.locator("input[type=password]").all():
        field.fill("short")
    press(page, "Sign up")
    page.locator("#loginErrorMessage").wait_for()
    watch.look("refused")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    press(page, "Sign up")
    page.locator("#verification_code").wait_for()
    watch.look("confirm")
    code = code_on(page)
    watch.look("confirm-message")
    press(page, "Resend it" if version == 1 else "Send a new code")
    page.get_by_role("status").wait_for()
    assert code_on(page) != code
    enter_code(page, code_on(page))
    assert at_app(page, app_url)["code"]


def test_forgotten_password(running: Running, watch: Watch, app_url: str) -> None:
    place = pages(running, app_url, **EMAIL)
    user(running, place.pool, email="ann@example.com", email_verified="true")
    page = open_page(watch, place, app_url)
    page.get_by_role("link", name="Forgot your password?").click()
    watch.look("forgot")
    page.get_by_label("Username").fill("ann")
    press(page, "Reset my password")
    page.locator("#forgot_verification_code").wait_for()
    watch.look("reset")
    page.locator("#forgot_verification_code").fill(code_on(page))
    page.locator("#new_password").fill(NEW)
    page.locator("#confirm_password").fill(NEW)
    press(page, "Change password")
    page.get_by_role("status").wait_for()
    watch.look("changed")
    sign_in(page, password=NEW)
    assert at_app(page, app_url)["code"]


def test_new_password_required(running: Running, watch: Watch, app_url: str) -> None:
    place = pages(running, app_url, **REQUIRED)
    user(running, place.pool, permanent=False)
    page = open_page(watch, place, app_url)
    sign_in(page)
    page.locator("#new_password").wait_for()
    watch.look("new-password")
    page.locator("#new_password").fill(NEW)
    page.locator("#confirm_password").fill(NEW)
    page.get_by_label("Email").fill("ann@example.com")
    page.get_by_label("Given name").fill("Ann")
    press(page, "Change password")
    assert at_app(page, app_url)["code"]


def test_factors(running: Running, watch: Watch, app_url: str, idp: Any) -> None:
    place = pages(running, app_url, **SMS_POOL)
    running.call("SetUserPoolMfaConfig", UserPoolId=place.pool, MfaConfiguration="OPTIONAL", **BY_SMS, **TOTP)
    user(running, place.pool, phone_number=PHONE, phone_number_verified="true")
    secret = give_totp(running, idp, Setup(place.pool, place.client), prefer=False)
    for settings in ("SMSMfaSettings", "SoftwareTokenMfaSettings"):
        on = {settings: {"Enabled": True}}
        running.call("AdminSetUserMFAPreference", UserPoolId=place.pool, Username="ann", **on)
    page = open_page(watch, place, app_url)
    sign_in(page)
    page.get_by_role("button", name="Authenticator app").wait_for()
    watch.look("choose")
    press(page, "SMS message")
    page.locator("#verification_code").wait_for()
    watch.look("sms")
    enter_code(page, code_on(page))
    assert at_app(page, app_url)["code"]
    page.context.clear_cookies()
    open_page(watch, place, app_url)
    sign_in(page)
    press(page, "Authenticator app")
    page.locator("#verification_code").wait_for()
    watch.look("totp")
    enter_code(page, totp(secret, running.world.clock.now()))
    assert at_app(page, app_url)["code"]


def test_step_up(running: Running, idp: Any, watch: Watch, app_url: str) -> None:
    place = pages(running, app_url)
    running.call("SetUserPoolMfaConfig", UserPoolId=place.pool, MfaConfiguration="OPTIONAL", **TOTP)
    user(running, place.pool)
    page = open_page(watch, place, app_url)
    sign_in(page)
    assert at_app(page, app_url)["code"]
    secret = give_totp(running, idp, Setup(place.pool, place.client))
    open_page(watch, place, app_url, acr_values="urn:cognito:loa:4")
    page.get_by_role("button", name="Continue as ann").wait_for()
    watch.look("step-up")
    press(page, "Continue as ann")
    enter_code(page, totp(secret, running.world.clock.now()))
    assert at_app(page, app_url)["code"]
    open_page(watch, place, app_url, acr_values="urn:cognito:loa:4")
    assert at_app(page, app_url)["code"]


def test_set_up(running: Running, watch: Watch, app_url: str) -> None:
    recovery = {"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]}
    place = pages(running, app_url, AccountRecoverySetting=recovery, **SMS_POOL)
    running.call("SetUserPoolMfaConfig", UserPoolId=place.pool, MfaConfiguration="ON", **BY_SMS, **TOTP)
    user(running, place.pool)
    user(running, place.pool, "bob")
    page = open_page(watch, place, app_url)
    sign_in(page)
    page.get_by_role("button", name="Authenticator app").wait_for()
    watch.look("choose")
    press(page, "Authenticator app")
    page.get_by_text("Show secret key").click()
    watch.look("qr")
    secret = page.locator("[data-secret]").get_attribute("data-secret") or ""
    page.get_by_label("Name of this device").fill("My telephone")
    enter_code(page, totp(secret, running.world.clock.now()))
    assert at_app(page, app_url)["code"]
    page.context.clear_cookies()
    open_page(watch, place, app_url)
    sign_in(page, "bob")
    press(page, "SMS message")
    page.get_by_label("Phone number").wait_for()
    watch.look("phone")
    page.get_by_label("Phone number").fill(PHONE)
    press(page, "Send code")
    page.locator("#verification_code").wait_for()
    enter_code(page, code_on(page))
    assert at_app(page, app_url)["code"]


def test_choice(running: Running, watch: Watch, app_url: str) -> None:
    policies = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP"]}}
    place = pages(running, app_url, client=CHOICE, Policies=policies, **SMS_POOL)
    user(running, place.pool, email="ann@example.com", phone_number=PHONE)
    page = open_page(watch, place, app_url)
    watch.look("name")
    page.get_by_label("Username").fill("ann")
    press(page, "Next")
    page.get_by_role("button", name="Email message code").wait_for()
    watch.look("choose")
    press(page, "Password")
    page.get_by_role("textbox", name="Password").wait_for()
    watch.look("password")
    page.get_by_role("link", name="Back").click()
    page.get_by_label("Username").fill("ann")
    press(page, "Next")
    press(page, "Email message code")
    page.locator("#verification_code").wait_for()
    watch.look("email")
    enter_code(page, code_on(page))
    assert at_app(page, app_url)["code"]


@pytest.mark.parametrize("language", ["de", "fr", "es", "ja"])
def test_languages(running: Running, watch: Watch, app_url: str, language: str) -> None:
    place = pages(running, app_url, **EMAIL, **REQUIRED)
    provide_local(running, place, app_url)
    open_page(watch, place, app_url, "/login", lang=language)
    watch.look("login")
    open_page(watch, place, app_url, "/signup")
    assert watch.page.locator("html").get_attribute("lang") == language
    watch.look("signup")


def provide_local(running: Running, place: Any, app_url: str) -> None:
    provide(running, place, ["Contoso", "Fabrikam", "Northwind"], callback=app_url)


@pytest.mark.parametrize("version", [1, 2])
def test_providers_and_errors(running: Running, watch: Watch, app_url: str, version: int) -> None:
    place = pages(running, app_url, version=version)
    provide_local(running, place, app_url)
    open_page(watch, place, app_url, "/login")
    watch.look("providers")
    watch.page.goto(f"http://{place.host}/error?error=redirect_mismatch&client_id={place.client}")
    watch.look("error")
    watch.complaints.clear()  # the browser notes the status 400


def test_a_style_of_ones_own(running: Running, watch: Watch, app_url: str) -> None:
    blue = {"defaults": {"backgroundColor": "5b21b6ff", "textColor": "ffffffff"}}
    band = {"background": {"color": "2e1065ff"}, "borderColor": "2e1065ff"}
    style = {
        "categories": {
            "global": {"colorSchemeMode": "LIGHT", "pageHeader": {"enabled": True}, "pageFooter": {"enabled": True}},
            "form": {"location": {"horizontal": "END", "vertical": "CENTER"}},
        },
        "componentClasses": {
            "buttons": {"borderRadius": 22},
            "input": {"borderRadius": 22},
            "link": {"lightMode": {"defaults": {"textColor": "5b21b6ff"}}},
        },
        "components": {
            "primaryButton": {"lightMode": blue},
            "pageHeader": {"lightMode": band},
            "pageFooter": {"lightMode": band},
            "form": {"borderRadius": 24},
        },
    }
    place = pages(running, app_url, style=style)
    page = open_page(watch, place, app_url, "/login")
    watch.look("own")
    button = page.get_by_role("button", name="Sign in")
    assert button.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(91, 33, 182)"
    assert button.evaluate("node => getComputedStyle(node).borderRadius") == "22px"


def test_the_classic_style_sheet_is_worn(running: Running, watch: Watch, app_url: str) -> None:
    place = pages(running, app_url, version=1)
    css = ".submitButton-customizable { background-color: #0b6623; } .submitButton-customizable:hover { color: #fff; }"
    running.call("SetUICustomization", UserPoolId=place.pool, ClientId="ALL", CSS=css)
    page = open_page(watch, place, app_url, "/login")
    button = page.locator("input[name=signInSubmitButton]")
    assert button.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(11, 102, 35)"


def test_the_pages_work_by_keyboard_alone(running: Running, watch: Watch, app_url: str) -> None:
    """The first field has the focus; then one press of Tab a control, in reading order."""
    place = pages(running, app_url, style=DYNAMIC)
    user(running, place.pool)
    page = open_page(watch, place, app_url)
    expect(page.locator("[autofocus]")).to_be_focused()  # Chromium gives it the focus after the page has loaded
    page.keyboard.type("ann")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    order = []
    for _ in range(4):
        page.keyboard.press("Tab")
        order.append(
            page.evaluate("(document.activeElement.closest('label') || document.activeElement).innerText.trim()")
        )
    assert order == ["Show password", "Forgot your password?", "Sign in", "Create an account"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert at_app(page, app_url)["code"]


def test_in_a_pop_up_the_app_is_still_its_opener(running: Running, watch: Watch, app_url: str) -> None:
    """Libraries sign in so (oidc-client-ts, signinPopup): the callback sends its address to the window behind it."""
    place = pages(running, app_url)
    user(running, place.pool)
    watch.page.goto(app_url)
    address = f"http://{place.host}/oauth2/authorize?{place.query(redirect_uri=app_url)}"
    with watch.page.expect_popup() as opened:
        watch.page.evaluate("address => { window.open(address, '_blank', 'width=500,height=700') }", address)
    popup = opened.value
    sign_in(popup)
    at_app(popup, app_url)
    assert popup.evaluate("window.opener !== null && window.opener.location.origin === location.origin")


def test_without_scripts(running: Running, chromium: Any, app_url: str) -> None:
    place = pages(running, app_url)
    user(running, place.pool)
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"http://{place.host}/oauth2/authorize?{place.query(redirect_uri=app_url)}")
    sign_in(page)
    assert at_app(page, app_url)["code"]
    context.close()

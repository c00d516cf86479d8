"""Passkeys in Chromium with a virtual authenticator, on the host of the pool's domain."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.journeys import at_app, code_on, enter_code, open_page, pages, press
from tests.helpers.build import PASSWORD, user
from tests.helpers.harness import Running
from tests.helpers.site import CHOICE, EMAIL, Site
from tests.helpers.virtual_authenticator import AUTHENTICATOR
from tests.helpers.watch import Watch

POLICIES: dict[str, Any] = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}


def with_passkeys(running: Running, app_url: str, rp_id: str) -> Site:
    schema = [{"Name": "email", "Required": True}]
    place = pages(running, app_url, client=CHOICE, Policies=POLICIES, Schema=schema, **EMAIL)
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=place.pool,
        MfaConfiguration="OFF",
        WebAuthnConfiguration={"RelyingPartyId": rp_id, "UserVerification": "required"},
    )
    return place


def authenticator(watch: Watch) -> None:
    devtools = watch.page.context.new_cdp_session(watch.page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


@pytest.mark.parametrize("rp_id", ["auth.localhost", "pages.auth.localhost"])
def test_a_passkey_after_the_sign_up_signs_in(running: Running, watch: Watch, app_url: str, rp_id: str) -> None:
    place = with_passkeys(running, app_url, rp_id)
    authenticator(watch)
    page = open_page(watch, place, app_url)
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Username").fill("ann")
    page.get_by_label("Email").fill("ann@example.com")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    press(page, "Sign up")
    page.locator("#verification_code").wait_for()
    enter_code(page, code_on(page))
    page.get_by_role("heading", name="Add a passkey").wait_for()
    watch.look("add")
    press(page, "Create a passkey")
    assert at_app(page, app_url)["code"]
    page.context.clear_cookies()
    open_page(watch, place, app_url)
    page.get_by_label("Username").fill("ann")
    press(page, "Next")
    page.get_by_role("button", name="Passkey").wait_for()
    watch.look("choose")
    press(page, "Passkey")
    page.get_by_role("heading", name="Sign in with a passkey").wait_for()
    watch.look("get")
    press(page, "Sign in with a passkey")
    assert at_app(page, app_url)["state"] == "st-1"


def test_a_passkey_is_added_later_and_a_refusal_is_told(running: Running, watch: Watch, app_url: str) -> None:
    place = with_passkeys(running, app_url, "auth.localhost")
    user(running, place.pool, email="ann@example.com")
    page = open_page(watch, place, app_url)
    page.get_by_label("Username").fill("ann")
    press(page, "Next")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    at_app(page, app_url)
    page.goto(f"http://{place.host}/passkeys/add?client_id={place.client}&redirect_uri={app_url}")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**AUTHENTICATOR, "isUserVerified": False}})
    press(page, "Create a passkey")
    page.get_by_text("The passkey could not be used. Try again.").wait_for()
    watch.look("trouble")
    assert [text for text in watch.complaints if "NotAllowedError" in text]
    watch.complaints.clear()
    identifier = added["authenticatorId"]
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": identifier, "isUserVerified": True})
    press(page, "Create a passkey")
    page.wait_for_url(app_url)

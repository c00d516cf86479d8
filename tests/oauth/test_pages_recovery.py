"""`/forgotPassword` and `/confirmforgotPassword`: a new password for a code."""

from __future__ import annotations

import pytest

from tests.helpers.browser import Answer, Browser
from tests.helpers.build import PASSWORD, SMS, user
from tests.helpers.harness import Running
from tests.helpers.site import EMAIL, Site, site

NEW = {"password": "Better-horse-8", "passwordConfirmation": "Better-horse-8"}


def forgotten(place: Site, username: str = "ann") -> tuple[Browser, Answer]:
    browser = place.at("/login")
    browser.click("Forgot your password?")
    return browser, browser.submit(username=username)


@pytest.mark.parametrize("version", [1, 2])
def test_a_code_buys_a_new_password(running: Running, version: int) -> None:
    place = site(running, version=version, **EMAIL)
    user(running, place.pool, email="ann@example.com", email_verified="true")
    browser, page = forgotten(place)
    assert (page.path, page.title) == ("/confirmforgotPassword", "Reset your password")
    assert "We have sent a password reset code by email to a***@e***." in page.body
    again = {**NEW, "passwordConfirmation": "Bitter-horse-8"}
    assert browser.submit(code=page.code, **again).error == "The passwords do not match."
    assert browser.submit(code="000000", **NEW).error == "Invalid verification code provided, please try again."
    assert browser.submit(code="", **NEW).error == "Invalid verification code provided, please try again."
    page = browser.submit(code=page.code, **NEW)
    assert page.path == "/login"
    assert "Your password has been changed. Sign in with the new one." in page.body
    assert browser.submit(username="ann", password=PASSWORD).error == "Incorrect username or password."
    assert browser.submit(username="ann", password=NEW["password"]).left


def test_a_code_by_sms(running: Running) -> None:
    place = site(running, SmsConfiguration=SMS, AutoVerifiedAttributes=["phone_number"])
    user(running, place.pool, phone_number="+14155550123", phone_number_verified="true")
    browser, page = forgotten(place)
    assert "by SMS to +*******0123" in page.body
    assert browser.submit(code=page.code, **NEW).path == "/login"


def test_an_unknown_user_gets_the_same_page_or_an_error_as_the_client_has_it(running: Running) -> None:
    hiding = site(running, domain="hiding", client={"PreventUserExistenceErrors": "ENABLED"}, **EMAIL)
    browser, page = forgotten(hiding, "nobody")
    assert page.path == "/confirmforgotPassword"
    assert browser.submit(code="123456", **NEW).error == "Invalid verification code provided, please try again."
    telling = site(running, domain="telling", **EMAIL)
    _, page = forgotten(telling, "nobody")
    assert (page.path, page.error) == ("/forgotPassword", "No account with this name was found.")


def test_nobody_and_somebody_without_an_address(running: Running) -> None:
    place = site(running, **EMAIL)
    user(running, place.pool)
    _, page = forgotten(place, "")
    assert page.error == "Username is required."
    _, page = forgotten(place)
    assert page.error == (
        "This account has no verified email address or phone number to which a code could be sent. "
        "Please contact an administrator."
    )


def test_the_other_spelling_of_the_path_leads_to_the_page(running: Running) -> None:
    page = site(running).at("/confirmForgotPassword").page
    assert page is not None
    assert page.path == "/login"  # by /confirmforgotPassword, where nobody asked for a code

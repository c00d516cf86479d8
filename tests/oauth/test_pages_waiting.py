"""Users who wait to be confirmed: what to do, and no word of a message that was not sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.browser import Answer
from tests.helpers.build import PASSWORD, user
from tests.helpers.functions import Functions, answering
from tests.helpers.harness import Running
from tests.helpers.sign_up_pages import REQUIRED, passwords
from tests.helpers.site import CHOICE, EMAIL, Site, site

PENDING = "Your account is not confirmed yet. Enter the code that we sent you to confirm it."
UNSENT = "Your account is not confirmed yet. Choose “Send a new code” to get a code that confirms it."
CLOSED = "Your account is not confirmed yet, and no code can be sent to it. Please contact an administrator."


def sign_up(running: Running, place: Site, **attributes: str) -> None:
    given = [{"Name": name, "Value": value} for name, value in attributes.items()]
    running.call("SignUp", ClientId=place.client, Username="ann", Password=PASSWORD, UserAttributes=given)


def signed_in(place: Site) -> Answer:
    return place.at("/login").submit(username="ann", password=PASSWORD)


def hint(page: Answer | None) -> str | None:
    assert page is not None
    found = page.soup.select_one("aside.local > p")
    return found.get_text(" ", strip=True) if found else None


def test_who_was_sent_a_code_is_asked_for_it(running: Running) -> None:
    place = site(running, **EMAIL)
    sign_up(running, place, email="ann@example.com")
    page = signed_in(place)
    assert (page.path, page.error, page.lead) == ("/confirm", None, PENDING)


def test_who_was_sent_none_can_have_one_sent(running: Running) -> None:
    place = site(running)
    sign_up(running, place, email="ann@example.com")
    running.call("UpdateUserPool", UserPoolId=place.pool, **EMAIL)
    browser = place.at("/login")
    page = browser.submit(username="ann", password=PASSWORD)
    assert (page.path, page.error, page.lead) == ("/confirm", None, UNSENT)
    page = browser.submit(having="resend", resend="1")
    assert page.lead.startswith("We have sent a code by email to a***@e***.")
    assert browser.submit(having="code", code=page.code).path == "/login"


def test_a_code_that_is_over_was_no_help(running: Running) -> None:
    place = site(running, **EMAIL)
    sign_up(running, place, email="ann@example.com")
    running.world.clock.advance(90_000)
    assert signed_in(place).lead == UNSENT


def test_an_address_that_changed_since_makes_the_code_worthless(running: Running) -> None:
    place = site(running, **EMAIL)
    sign_up(running, place, email="ann@example.com")
    new = [{"Name": "email", "Value": "new@example.com"}]
    running.call("AdminUpdateUserAttributes", UserPoolId=place.pool, Username="ann", UserAttributes=new)
    assert signed_in(place).lead == UNSENT


def test_who_can_be_sent_none_is_told_so(running: Running) -> None:
    place = site(running, **EMAIL)
    sign_up(running, place)
    page = signed_in(place)
    assert (page.path, page.error, page.lead) == ("/confirm", None, CLOSED)
    assert not page.soup.select("form, .banner-error")
    assert hint(page) is not None


def test_a_password_asked_for_on_its_own_page_leads_there_too(running: Running) -> None:
    policies = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    place = site(running, client=CHOICE, Policies=policies, **EMAIL)
    user(running, place.pool, email="ann@example.com")
    browser = place.at("/login")
    assert browser.submit(username="ann").path == "/login/choose"
    assert browser.submit(answer="PASSWORD").path == "/login/password"
    running.call("AdminDeleteUser", UserPoolId=place.pool, Username="ann")
    sign_up(running, place, email="ann@example.com")
    page = browser.submit(password=PASSWORD)
    assert (page.path, page.error, page.lead) == ("/confirm", None, PENDING)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(
    ("pool", "lacks"),
    [
        ({}, "verifies no address (AutoVerifiedAttributes is empty)"),
        (REQUIRED, "verifies no address (AutoVerifiedAttributes is empty)"),
        (EMAIL, "asks for no address that the user pool verifies (AutoVerifiedAttributes)"),
        ({**EMAIL, **REQUIRED}, None),
        ({**EMAIL, "UsernameAttributes": ["email"]}, None),
        ({**EMAIL, "UsernameAttributes": ["phone_number"]}, "asks for no address"),
    ],
)
def test_the_form_says_at_once_what_the_pool_lacks(
    running: Running, version: int, pool: dict[str, Any], lacks: str | None
) -> None:
    found = hint(site(running, version=version, **pool).at("/signup").page)
    assert found is None if lacks is None else (found or "").startswith("Local emulator:")
    assert lacks is None or lacks in str(found)


def test_a_function_may_confirm_so_nothing_is_lacking(running: Running) -> None:
    functions = Functions(running, PreSignUp=answering(autoConfirmUser=True))
    place = site(running, LambdaConfig=functions.config)
    assert hint(place.at("/signup").page) is None


def test_another_host_is_told_nothing_of_the_pool(running: Running) -> None:
    place = site(running, domain=None)
    browser = place.browser()
    answer = browser._send("GET", f"{browser.base}/signup?{place.query()}", None, {"host": "id.example.com"})
    assert "AutoVerifiedAttributes" not in answer.body


def test_the_hint_is_in_the_pages_language(running: Running) -> None:
    found = hint(site(running).at("/signup", lang="de").page)
    assert str(found).startswith("Lokaler Emulator:")


def test_the_account_is_made_all_the_same(running: Running) -> None:
    place = site(running)
    page = place.at("/signup").submit(username="ann", **passwords())
    assert (page.path, page.lead) == ("/confirm", CLOSED)
    assert "verifies no address" in str(hint(page))
    assert running.call("AdminGetUser", UserPoolId=place.pool, Username="ann")["UserStatus"] == "UNCONFIRMED"

"""Threat protection on the pages: what it refuses is told there, and what it demands is asked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.acr_pages import Place
from tests.helpers.browser import Answer
from tests.helpers.build import DEVELOPER, PASSWORD, Setup, give_totp, totp, user
from tests.helpers.federated import tokens
from tests.helpers.fingerprint import encoded
from tests.helpers.harness import Running
from tests.helpers.mock_provider import at_page, site_of
from tests.helpers.protected import (
    ADDRESS_TEXT,
    BLOCKED_TEXT,
    LEAKED_TEXT,
    add_ons,
    configure,
    events,
    fix,
    leak,
    mfa,
    risk,
    status,
)
from tests.helpers.sign_up_pages import NEW, REQUIRED, passwords
from tests.helpers.site import CHOICE, EMAIL, Site, site

ALL = {"EventFilter": ["SIGN_IN", "SIGN_UP", "PASSWORD_CHANGE"], "Actions": {"EventAction": "BLOCK"}}
LOCAL = {"RiskExceptionConfiguration": {"BlockedIPRangeList": ["127.0.0.0/8"]}}


def guarded(running: Running, **more: Any) -> tuple[Site, Setup]:
    place = site(running, EmailConfiguration=DEVELOPER, **{**EMAIL, **add_ons(), **more})
    at = Setup(place.pool, place.client)
    configure(running, at)
    return place, at


def sign_in(place: Site) -> Answer:
    return place.at("/login").submit(username="ann", password=PASSWORD)


@pytest.mark.parametrize("version", [1, 2])
def test_a_block_is_told_on_the_page(running: Running, idp: Any, version: int) -> None:
    place, at = guarded(running, version=version)
    user(running, at.pool)
    configure(running, at, "BLOCK")
    fix(running, "High")
    answer = sign_in(place)
    assert (answer.status, answer.path, answer.error) == (200, "/login", BLOCKED_TEXT)
    assert risk(events(idp, at)[0]) == ("Block", "High", False)
    fix(running, "")
    assert sign_in(place).left


def test_a_blocked_address(running: Running) -> None:
    place, at = guarded(running)
    user(running, at.pool)
    configure(running, at, RiskExceptionConfiguration=LOCAL["RiskExceptionConfiguration"])
    assert sign_in(place).error == ADDRESS_TEXT
    browser = place.at("/forgotPassword")
    assert browser.submit(username="ann").error == ADDRESS_TEXT


def test_a_blocked_address_signs_nobody_up(running: Running) -> None:
    place, at = guarded(running, **REQUIRED)
    configure(running, at, RiskExceptionConfiguration=LOCAL["RiskExceptionConfiguration"])
    assert place.at("/signup").submit(**NEW, **passwords()).error == ADDRESS_TEXT
    assert len(running.world.store.users) == 0


def test_a_leaked_password_at_the_sign_in(running: Running, idp: Any) -> None:
    place, at = guarded(running)
    user(running, at.pool)
    configure(running, at, CompromisedCredentialsRiskConfiguration=ALL)
    leak(running, PASSWORD)
    assert sign_in(place).error == (
        "Your password has to be reset for security reasons. Follow the link for a forgotten password."
    )
    assert status(idp, at) == "RESET_REQUIRED"


def test_a_leaked_password_at_the_sign_up(running: Running) -> None:
    place, at = guarded(running, **REQUIRED)
    configure(running, at, CompromisedCredentialsRiskConfiguration=ALL)
    leak(running, PASSWORD)
    browser = place.at("/signup")
    assert browser.submit(**NEW, **passwords()).error == LEAKED_TEXT
    assert browser.submit(**NEW, **passwords("Another-horse-8")).path == "/confirm"


def test_a_leaked_password_at_the_recovery(running: Running) -> None:
    place, at = guarded(running)
    user(running, at.pool, email="ann@example.com", email_verified="true")
    configure(running, at, CompromisedCredentialsRiskConfiguration=ALL)
    leak(running, "Another-horse-8")
    browser = place.at("/forgotPassword")
    code = browser.submit(username="ann").code
    assert browser.submit(code=code, **passwords("Another-horse-8")).error == LEAKED_TEXT
    assert browser.submit(code=code, **passwords("Another-horse-9")).path == "/login"


def test_a_factor_that_a_risk_demands(running: Running, idp: Any) -> None:
    place, at = guarded(running)
    user(running, at.pool)
    mfa(running, at)
    secret = give_totp(running, idp, at, prefer=False)
    configure(running, at, "MFA_REQUIRED")
    fix(running, "Low")
    browser = place.at("/login")
    answer = browser.submit(username="ann", password=PASSWORD)
    assert not answer.left
    answer = browser.submit(code=totp(secret, running.world.clock.now()))
    assert answer.left
    assert "code" in answer.params


def test_by_choice_too(running: Running) -> None:
    place, at = guarded(running, client=CHOICE)
    user(running, at.pool)
    configure(running, at, "BLOCK")
    fix(running, "High")
    browser = place.at("/login")
    browser.submit(username="ann")
    answer = browser.submit(password=PASSWORD)
    assert (answer.status, answer.error) == (200, BLOCKED_TEXT)


def test_a_browser_that_is_stepped_up(running: Running, idp: Any) -> None:
    place = Place(running, **add_ons())
    at = Setup(place.site.pool, place.site.client)
    configure(running, at)
    browser = place.signed_in("SOFTWARE_TOKEN_MFA")
    place.ask(browser, 4)
    configure(running, at, RiskExceptionConfiguration=LOCAL["RiskExceptionConfiguration"])
    assert browser.submit(step_up="1").error == ADDRESS_TEXT
    configure(running, at, "BLOCK")
    fix(running, "High")
    place.ask(browser, 4)
    browser.submit(step_up="1")
    answer = browser.submit(code=place.totp(), having="code")
    assert not answer.left
    assert risk(events(idp, at)[0]) == ("Block", "High", False)


def test_the_fingerprint_of_a_scripted_form(running: Running, idp: Any) -> None:
    place, at = guarded(running, version=1)
    user(running, at.pool)
    browser = place.at("/login")
    fields = {"_csrf": browser.cookies["XSRF-TOKEN"], "username": "ann", "password": PASSWORD}
    told = encoded({"DeviceId": "d-1", "DeviceName": "Pixel 9"})
    browser.post(f"/login?{place.query()}", {**fields, "cognitoAsfData": told}, follow=False)
    assert events(idp, at)[0]["EventContextData"]["DeviceName"] == "Pixel 9"


def test_federation_is_not_looked_at(running: Running, idp: Any) -> None:
    place = site_of(running, "Google")
    at = Setup(place.pool, place.client)
    idp.update_user_pool(UserPoolId=at.pool, UserPoolTier="PLUS", **add_ons())
    configure(running, at, "BLOCK", RiskExceptionConfiguration=LOCAL["RiskExceptionConfiguration"])
    fix(running, "High")
    page = at_page(place, "Google").submit(having="claims", email="zoe@example.com", name="Zoe")
    assert tokens(place, page.params["code"])["email"] == "zoe@example.com"
    assert len(running.world.store.auth_events) == 0

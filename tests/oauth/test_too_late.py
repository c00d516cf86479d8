"""Who takes more than five minutes: back to the sign-in page, which says that something went wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.browser import Answer, Browser
from tests.helpers.build import PASSWORD, user
from tests.helpers.federated import Provider, arrive, depart, users, with_provider
from tests.helpers.harness import Running
from tests.helpers.saml_idp import corp, signed, visit
from tests.helpers.site import site

WRONG = "Something went wrong. Please sign in again."


def begins_again(answer: Answer) -> None:
    assert (answer.path, answer.status, answer.error) == ("/login", 200, WRONG)


def test_the_sign_in_form(running: Running) -> None:
    place = site(running)
    user(running, place.pool)
    browser = place.at("/login")
    running.world.clock.advance(299)
    assert browser.submit(having="password", username="ann", password=PASSWORD).left
    browser = place.at("/login")
    running.world.clock.advance(301)
    begins_again(browser.submit(having="password", username="ann", password=PASSWORD))
    assert "cognito" not in browser.cookies
    assert browser.submit(having="password", username="ann", password=PASSWORD).left


@pytest.mark.parametrize("began", ["x", "-1", "9" * 5000, "\u0665"])
def test_a_form_that_says_nonsense_of_its_time(running: Running, began: str) -> None:
    place = site(running)
    user(running, place.pool)
    browser = place.at("/login")
    answer = browser.submit(having="password", username="ann", password=PASSWORD, began=began)
    assert answer.left or answer.error == WRONG


def test_a_form_of_a_script_says_nothing_of_its_time(running: Running) -> None:
    place = site(running)
    user(running, place.pool)
    browser = place.at("/login")
    running.world.clock.advance(301)
    fields = {"_csrf": browser.cookies["XSRF-TOKEN"], "username": "ann", "password": PASSWORD}
    assert browser.post(f"/login?{place.query()}", fields).left


def test_an_oidc_provider_that_answers_too_late(running: Running, provider: Provider) -> None:
    at = with_provider(running, "Mine", "OIDC", provider.details)
    browser = at.browser()
    more = {"nonce": "n 1", "lang": "de", "prompt": "login", "max_age": "60", "resource": "https://api.example.com"}
    sent = depart(at, browser, "Mine", acr_values="urn:cognito:loa:2", **more)
    provider.nonce = sent["nonce"]
    running.world.clock.advance(300)
    answer = arrive(browser, sent)
    assert (answer.path, answer.status) == ("/login", 200)
    assert answer.error == "Etwas ist schiefgelaufen. Bitte melden Sie sich noch einmal an."
    asked = {
        "client_id": at.client,
        "state": "st-1",
        "scope": "openid email",
        "acr_values": "urn:cognito:loa:2",
        **more,
    }
    assert answer.params.items() >= asked.items()
    assert users(running, at.pool) == {}
    again: Any = browser.get(answer.url)
    assert again.error is None
    late = arrive(browser, sent)
    assert (late.path, late.params["error"]) == ("/error", "Invalid state")


def test_a_saml_provider_that_answers_too_late(running: Running) -> None:
    at = visit(corp(running))
    running.world.clock.advance(300)
    begins_again(at.send(signed(at.says.response(at.says.assertion()))))
    assert users(running, at.site.pool) == {}


def test_a_stranger_is_not_told_whose_request_it_was(running: Running, provider: Provider) -> None:
    at = with_provider(running, "Mine", "OIDC", provider.details)
    sent = depart(at, at.browser(), "Mine")
    running.world.clock.advance(300)
    stranger = Browser(running.port, at.host)
    depart(at, stranger, "Mine")
    assert arrive(stranger, sent).path == "/error"

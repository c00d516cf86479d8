"""The console's keyboard in Chromium: copying, searching, leaving a field; values that filter by a click."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console_journeys import ROOT, at, connected, furnish, opened
from tests.helpers.build import Setup, refused, sign_in
from tests.helpers.harness import Running
from tests.helpers.watch import Watch

pytestmark = pytest.mark.browser


@pytest.fixture
def place(running: Running, idp: Any) -> Setup:
    return furnish(running, idp)


def clipboard(page: Page) -> str:
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def test_c_copies_what_the_page_or_the_row_is_about(running: Running, watch: Watch, place: Setup, idp: Any) -> None:
    watch.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened(watch, running, at(place, "clients"))
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.locator("#arrivals")).to_have_text(f"Copied: {place.client}")
    assert clipboard(page) == place.client
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("c")
    page.keyboard.press("c")
    assert clipboard(page) == place.client
    code = running.world.outbox.all()[-1].code
    page.goto(running.url + f"{ROOT}/inbox/{running.world.outbox.all()[-1].id}")
    page.keyboard.press("c")
    expect(page.locator("#arrivals")).to_have_text(f"Copied: {code}")
    assert clipboard(page) == code


@pytest.mark.parametrize(
    ("path", "label"),
    [("/requests", "Operation"), ("/inbox", "Search messages"), ("/api", "Operation"), ("/clock", "Search users")],
)
def test_a_slash_leads_to_the_search_field(running: Running, watch: Watch, place: Setup, path: str, label: str) -> None:
    page = opened(watch, running, f"{ROOT}{path}")
    page.keyboard.press("/")
    name = "(e => e.getAttribute('aria-label'))(document.activeElement)"
    assert page.evaluate(name).startswith(label)
    page.keyboard.type("g")
    assert page.url.endswith(path), "in a field, a letter is a letter"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")


def test_escape_closes_a_menu(running: Running, watch: Watch, place: Setup) -> None:
    page = opened(watch, running, at(place, "settings"))
    page.locator("summary", has_text="Delete pool").click()
    expect(page.get_by_role("button", name="Delete pool")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Delete pool")).to_be_hidden()


def test_letters_after_g(running: Running, watch: Watch, place: Setup) -> None:
    page = opened(watch, running, f"{ROOT}/keys")
    for key, title in (("t", "Tokens"), ("y", "Seed"), ("x", "Faults")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        expect(page.locator('#nav a[aria-current="page"]')).to_contain_text(title)
        page.keyboard.press("Escape")  # the field of Tokens, which waits for one


def test_a_value_filters_by_a_click(running: Running, watch: Watch, place: Setup, idp: Any) -> None:
    page = opened(watch, running, f"{ROOT}/requests")
    connected(page)
    with refused("UserNotFoundException"):
        sign_in(idp, place, "ghost")
    expect(page.locator("#arrivals")).to_have_text("InitiateAuth was refused: UserNotFoundException.")
    page.get_by_role("link", name="auth.user-unknown").click()
    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page.locator(".filters .badge")).to_have_text("rule: auth.user-unknown")
    page.get_by_role("link", name="400 refused").click()
    expect(page.locator("#list tbody tr")).to_have_count(2)

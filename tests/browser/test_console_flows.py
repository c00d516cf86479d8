"""Flows, login pages and seeds on the console in Chromium."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.console_journeys import OAUTH, ROOT, at, judged, opened
from tests.helpers.build import PASSWORD, setup, user
from tests.helpers.harness import Running
from tests.helpers.watch import Watch

pytestmark = pytest.mark.browser


def test_srp_by_keyboard(running: Running, watch: Watch) -> None:
    place = setup(running)
    user(running, place.pool)
    page = opened(watch, running, f"{ROOT}/flows")
    page.get_by_role("link", name="SRP, number by number").click()
    page.get_by_label("User name").fill("ann")
    page.get_by_label("Password").fill("Wrong-horse-1")
    page.keyboard.press("Enter")
    steps = page.locator(".steps > li")
    expect(steps).to_have_count(10)
    expect(steps.nth(4)).to_contain_text("It fails here")
    expect(steps.nth(9)).to_contain_text("NotAuthorizedException")
    judged(watch, "srp-refused")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(steps.nth(4)).to_contain_text("The pool has the same number.")
    expect(steps.nth(9)).to_contain_text("Signed in: these are the tokens.")
    expect(steps.nth(9).locator("pre").last).to_contain_text("AccessToken")


BLUE: dict[str, Any] = {"components": {"primaryButton": {"lightMode": {"defaults": {"backgroundColor": "1144ccff"}}}}}


def test_a_login_page_with_its_branding(running: Running, watch: Watch) -> None:
    place = setup(running, OAUTH)
    running.call("CreateManagedLoginBranding", UserPoolId=place.pool, ClientId=place.client, Settings=BLUE)
    page = opened(watch, running, at(place, "pages"))
    button = page.frame_locator("iframe.preview").get_by_role("button", name="Sign in", include_hidden=True)
    expect(button).to_have_css("background-color", "rgb(17, 68, 204)")


def test_a_pool_as_a_seed(running: Running, watch: Watch) -> None:
    watch.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    place = setup(running, OAUTH)
    page = opened(watch, running, at(place, "seed"))
    text = page.get_by_role("textbox", name="The pool as a seed").input_value()
    page.get_by_role("button", name="Copy").click()
    assert page.evaluate("navigator.clipboard.readText()") == text
    page.get_by_role("textbox", name="The pool as a seed").fill(text.replace("PoolName: p\n", "PoolName: renamed\n"))
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("status")).to_have_text("The seed is applied.")
    expect(page.locator(".crumbs")).to_contain_text("renamed")

"""Flows on the console in Chromium: SRP number by number."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.console_journeys import ROOT, judged, opened
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
    judged(watch, "srp-signed-in")

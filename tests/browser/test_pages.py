"""Every journey through the pages in Chromium, without a serious accessibility violation on any of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watch
from tests.build import PASSWORD, SMS, totp, user
from tests.harness import Running
from tests.oauth.site import EMAIL, Site, site

REQUIRED = [{"Name": "email", "Required": True}, {"Name": "given_name", "Required": True}]


def at_app(page: Page, app_url: str) -> dict[str, str]:
    """Wait until the browser is back at the app; what it was told."""
    page.wait_for_url(f"{app_url}?**")
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def open_page(watch: Watch, place: Site, app_url: str, path: str = "/oauth2/authorize", **more: str) -> Page:
    watch.page.goto(f"http://{place.host}{path}?{place.query(redirect_uri=app_url, **more)}")
    return watch.page


def code_on(page: Page) -> str:
    """The code in the panel of messages."""
    if not page.locator("[data-code]").is_visible():
        page.locator("aside summary").click()
    return page.locator("[data-code]").inner_text()


def pages(running: Running, app_url: str, **more: Any) -> Site:
    client = {"CallbackURLs": [app_url], **more.pop("client", {})}
    return site(running, client=client, **more)


@pytest.mark.parametrize("version", [1, 2])
def test_sign_in(running: Running, watch: Watch, app_url: str, version: int) -> None:
    place = pages(running, app_url, version=version)
    user(running, place.pool)
    page = open_page(watch, place, app_url)
    watch.look("login")
    page.get_by_label("Username").fill("ann")
    page.get_by_label("Password").fill("Wrong-horse-7")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    watch.look("wrong")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    assert at_app(page, app_url)["state"] == "st-1"

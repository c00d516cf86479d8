"""What the tests in Chromium have in common."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page

from tests.helpers.build import PASSWORD
from tests.helpers.harness import Running
from tests.helpers.site import Site, site
from tests.helpers.watch import Watch

DYNAMIC: dict[str, Any] = {"categories": {"global": {"colorSchemeMode": "DYNAMIC"}}}
PHONE = "+14155550123"


def pages(running: Running, app_url: str, **more: Any) -> Site:
    """A site whose app is on this machine; managed login in the browser's colour scheme."""
    client = {"CallbackURLs": [app_url], **more.pop("client", {})}
    return site(running, client=client, **{"style": DYNAMIC, **more})


def open_page(watch: Watch, place: Site, app_url: str, path: str = "/oauth2/authorize", **more: str) -> Page:
    watch.page.goto(f"http://{place.host}{path}?{place.query(redirect_uri=app_url, **more)}")
    return watch.page


def at_app(page: Page, app_url: str) -> dict[str, str]:
    """Wait until the browser is back at the app; what the app is told."""
    page.wait_for_url(f"{app_url}?**")
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def code_on(page: Page) -> str:
    """The code in the panel of messages, which is opened as a person does."""
    if not page.locator("[data-code]").is_visible():
        page.locator("aside summary").click()
    return page.locator("[data-code]").inner_text()


def sign_in(page: Page, username: str = "ann", password: str = PASSWORD) -> None:
    page.locator("#signInFormUsername").fill(username)
    page.locator("#signInFormPassword").fill(password)
    page.keyboard.press("Enter")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def enter_code(page: Page, code: str) -> None:
    page.locator("#verification_code").fill(code)
    page.keyboard.press("Enter")

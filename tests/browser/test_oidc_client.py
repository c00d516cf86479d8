"""oidc-client-ts in Chromium, unmodified: redirects to sign in and out, renewal by refresh token and in a frame."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.apps import bundle, served, write_page
from tests.browser.journeys import sign_in
from tests.helpers.build import Setup, setup, user
from tests.helpers.harness import Running
from tests.helpers.oauth_client import OAUTH


@dataclass(frozen=True)
class App:
    """An app at `url`, and its pool."""

    url: str
    made: Setup
    sub: str


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("oidc")
    bundle("oidc_app.mjs", made)
    return made


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    with served(folder) as address:
        yield address


@pytest.fixture
def app(running: Running, folder: Path, url: str) -> App:
    made = setup(running, {**OAUTH, "CallbackURLs": [url], "LogoutURLs": [url]})
    sub = user(running, made.pool, email="ann@example.com", email_verified="true")
    settings = {
        "authority": f"{running.url}/{made.pool}",
        "client_id": made.client,
        "redirect_uri": url,
        "silent_redirect_uri": url,
        "scope": "openid email",
        "loadUserInfo": True,
        "automaticSilentRenew": False,
        "bye": url,
    }
    write_page(folder, json.dumps(settings))
    return App(url, made, sub)


@pytest.fixture
def page(chromium: Browser, app: App) -> Iterator[Page]:
    """The app, opened by someone who is signed out; none of its scripts fails."""
    context = chromium.new_context()
    context.set_default_timeout(15_000)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(app.url)
    expect(opened.locator("output")).to_have_text("signed out")
    yield opened
    context.close()
    assert not errors, errors


def held(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("app.user()")
    return found


def test_redirects_and_renewals(page: Page, app: App, running: Running, idp: Any) -> None:
    page.get_by_role("button", name="Sign in").click()
    page.locator("#signInFormPassword").wait_for()
    sign_in(page)
    expect(page.locator("output")).to_have_text("signed in: ann")
    assert page.url == app.url
    first = held(page)
    assert (first["profile"]["sub"], first["profile"]["email"], first["scope"]) == (
        app.sub, "ann@example.com", "openid email",
    )  # fmt: skip

    running.world.clock.advance(5)
    page.evaluate("app.renew()")  # by the refresh token
    second = held(page)
    assert second["access_token"] != first["access_token"]
    assert second["profile"]["sub"] == app.sub

    page.evaluate("app.forgetRefreshToken()")
    with page.expect_request(lambda request: "prompt=none" in request.url):
        page.evaluate("app.renew()")  # in a frame, by the session of the pages
    third = held(page)
    assert third["refresh_token"] not in (None, first["refresh_token"])
    assert third["profile"]["sub"] == app.sub

    page.evaluate("app.revoke()")
    with page.expect_request("**/logout?**") as asked:
        page.get_by_role("button", name="Sign out").click()
    answer = asked.value.response()
    assert answer is not None
    assert (answer.status, answer.headers["location"]) == (302, app.url)
    expect(page.locator("output")).to_have_text("signed out")
    # The session of the pages has ended, too.
    assert page.evaluate("app.renew().catch((error) => error.error)") == "login_required"

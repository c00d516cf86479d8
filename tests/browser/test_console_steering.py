"""Faults and snapshots on the console in Chromium: by mouse, and by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console_journeys import ROOT, connected, furnish, judged, opened
from tests.helpers.build import Setup, refused, user
from tests.helpers.harness import Running
from tests.helpers.watch import Watch

pytestmark = pytest.mark.browser


@pytest.fixture
def place(running: Running, idp: Any) -> Iterator[Setup]:
    _forget_snapshots(running)  # a reset leaves those of other tests alone
    yield furnish(running, idp)
    _forget_snapshots(running)


def _forget_snapshots(running: Running) -> None:
    for name in list(running.world.snapshots.all()):
        running.world.snapshots.delete(name)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of that name has the focus."""
    for _ in range(40):
        found = page.evaluate("(e => (e.getAttribute('aria-label') ?? e.textContent).trim())(document.activeElement)")
        if found == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {name!r}")


def go(page: Page, letter: str, title: str) -> None:
    """Go to a page by `g` and its letter."""
    page.keyboard.press("g")
    page.keyboard.press(letter)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def users(running: Running, place: Setup) -> int:
    return running.world.store.users.count("pool", place.pool)


class TestSnapshots:
    def test_by_mouse(self, running: Running, watch: Watch, place: Setup, tmp_path: Path) -> None:
        page = opened(watch, running, "/_emulator/")
        page.get_by_role("link", name="Snapshots").click()
        page.get_by_label("Name").fill("before")
        page.get_by_role("button", name="Take it").click()
        expect(page.get_by_role("status")).to_have_text("Saved.")
        user(running, place.pool, "dora")
        running.call("AdminDeleteUser", UserPoolId=place.pool, Username="carol")
        page.get_by_role("link", name="Compare").click()
        expect(page.get_by_role("heading", name="From before to now")).to_contain_text(re.compile(r"[1-9]\d* removed"))
        expect(page.locator(".diff del", has_text="carol · ")).to_have_count(1)
        expect(page.locator(".diff ins", has_text="dora · ")).to_have_count(1)
        judged(watch, "snapshots-compared")
        with page.expect_download() as downloading:
            page.get_by_role("link", name="File").click()
        assert downloading.value.suggested_filename == "before.snapshot"
        downloading.value.save_as(tmp_path / "before.snapshot")
        page.locator("summary", has_text="Go back to it").click()
        page.get_by_role("button", name="Go back to it").click()
        expect(page.get_by_role("status")).to_have_text("Everything is as it was in the snapshot.")
        assert users(running, place) == 3
        page.locator("summary", has_text="Delete").click()
        page.get_by_role("button", name="Delete").click()
        expect(page.locator("#list")).to_contain_text("No snapshot was taken.")
        page.get_by_label("Name").fill("again")
        page.get_by_label("Or a file").set_input_files(tmp_path / "before.snapshot")
        page.get_by_role("button", name="Take it").click()
        expect(page.locator("#list tbody tr")).to_contain_text(re.compile("again.*3"))
        (tmp_path / "broken").write_bytes(b"x")
        page.get_by_label("Name").fill("broken")
        page.get_by_label("Or a file").set_input_files(tmp_path / "broken")
        page.get_by_role("button", name="Take it").click()
        expect(page.get_by_role("alert").last).to_contain_text("The snapshot file is refused")
        watch.complaints.clear()  # Chromium's, that the answer was 400

    def test_by_keyboard_alone(self, running: Running, watch: Watch, place: Setup) -> None:
        page = opened(watch, running, "/_emulator/")
        connected(page)
        go(page, "n", "Snapshots")
        page.keyboard.press("n")
        page.keyboard.type("kept")
        page.keyboard.press("Enter")
        expect(page.locator("#list tbody tr")).to_have_count(1)
        running.call("AdminDeleteUser", UserPoolId=place.pool, Username="carol")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="From kept to now")).to_be_visible()
        page.keyboard.press("j")
        tab_to(page, "Go back to it")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_have_text("Everything is as it was in the snapshot.")
        assert users(running, place) == 3
        page.keyboard.press("j")
        tab_to(page, "Delete")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#list")).to_contain_text("No snapshot was taken.")


class TestFaults:
    def test_from_a_request_by_mouse(self, running: Running, watch: Watch, place: Setup, idp: Any) -> None:
        page = opened(watch, running, f"{ROOT}/requests?operation=ForgotPassword")
        page.get_by_role("link", name="ForgotPassword").first.click()
        page.get_by_role("link", name="Make this fail").click()
        expect(page.get_by_label("Only for this user")).to_have_value("alice")
        expect(page.get_by_label("How late")).to_be_hidden()
        page.get_by_label("The error").fill("CodeDeliveryFailureException")
        page.get_by_role("button", name="Add rule").click()
        expect(page.get_by_role("status")).to_have_text("Created.")
        connected(page)
        expect(page.locator("#list tbody tr")).to_contain_text("neverof 0 seen")
        with refused("CodeDeliveryFailureException"):
            idp.forgot_password(ClientId=place.client, Username="alice")
        expect(page.locator("#list tbody tr")).to_contain_text("onceof 1 seen")
        expect(page.locator("#list tbody tr")).to_contain_text("spent")
        judged(watch, "faults-spent")
        page.get_by_role("button", name="Remove").click()
        expect(page.locator("#list")).to_contain_text("Nothing is made to fail.")
        assert idp.forgot_password(ClientId=place.client, Username="alice")
        page.goto(running.url + f"{ROOT}/requests?operation=ForgotPassword")
        expect(page.locator("#list tbody tr", has_text="CodeDeliveryFailureException")).to_contain_text("fault")

    def test_by_keyboard_alone(self, running: Running, watch: Watch, place: Setup, idp: Any) -> None:
        page = opened(watch, running, "/_emulator/")
        connected(page)
        go(page, "x", "Faults")
        page.keyboard.press("n")
        page.keyboard.type("AdminGetUser")
        for _ in range(5):
            page.keyboard.press("Tab")
        page.keyboard.press("Control+a")
        page.keyboard.type("NotAuthorizedException")
        page.keyboard.press("Enter")
        expect(page.locator("#list tbody tr")).to_have_count(1)
        with refused("NotAuthorizedException"):
            idp.admin_get_user(UserPoolId=place.pool, Username="alice")
        expect(page.locator("#list tbody tr")).to_contain_text("onceof 1 seen")
        page.keyboard.press("j")
        tab_to(page, "Remove")
        page.keyboard.press("Enter")
        expect(page.locator("#list")).to_contain_text("Nothing is made to fail.")
        assert idp.admin_get_user(UserPoolId=place.pool, Username="alice")

    def test_an_effect_shows_its_own_fields(self, running: Running, watch: Watch) -> None:
        page = opened(watch, running, f"{ROOT}/faults")
        for effect, shown in (("latency", "How late"), ("drop", ""), ("error", "The error")):
            page.get_by_label("What happens").select_option(effect)
            for label in ("How late", "The error"):
                expect(page.get_by_label(label)).to_be_visible(visible=label == shown)

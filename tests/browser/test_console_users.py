"""Users on the console in Chromium: tokens in one click, export and import of files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.console_journeys import at, furnish, judged, opened, sub_of
from tests.helpers.build import Setup
from tests.helpers.harness import Running
from tests.helpers.watch import Watch

pytestmark = pytest.mark.browser


@pytest.fixture
def place(running: Running, idp: Any) -> Setup:
    return furnish(running, idp)


def test_tokens_in_one_click(running: Running, watch: Watch, place: Setup, idp: Any) -> None:
    watch.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened(watch, running, at(place, "users", sub_of(running, "alice")))
    page.get_by_role("button", name="Make tokens").click()
    expect(page.get_by_role("status")).to_have_count(3)
    page.get_by_role("button", name="Copy token").nth(1).click()
    token = page.evaluate("navigator.clipboard.readText()")
    claims = page.locator("[role=status]").nth(1)
    expect(claims).to_contain_text("token_use")
    judged(watch, "tokens-made")
    page.get_by_label("Expire in so many seconds").fill("-60")
    page.get_by_role("button", name="Make tokens").click()
    expect(page.get_by_text("would be refused")).to_have_count(2)
    page.goto(running.url + "/_emulator/console/tokens")
    page.get_by_label("An ID, access or refresh token").fill(token)
    page.get_by_role("button", name="Decode and verify").click()
    expect(page.get_by_role("heading", name="Access token")).to_contain_text("valid")


def test_users_out_and_in_again(running: Running, watch: Watch, place: Setup, idp: Any, tmp_path: Path) -> None:
    page = opened(watch, running, at(place, "users"))
    page.get_by_label("Choose carol").check()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Export", exact=True).click()
    file = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(file)
    assert "carol" in file.read_text("utf-8")
    assert "alice@" not in file.read_text("utf-8")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Export all").click()
    assert "alice@" in downloading.value.path().read_text("utf-8")
    idp.admin_delete_user(UserPoolId=place.pool, Username="carol")
    page.get_by_role("link", name="Import").click()
    page.get_by_label("A file").set_input_files(file)
    expect(page.get_by_label("Its text")).to_have_value(file.read_text("utf-8"))
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("status")).to_have_text("The seed is applied.")
    expect(page.get_by_role("link", name="carol")).to_be_visible()


def test_a_csv_file(running: Running, watch: Watch, place: Setup, tmp_path: Path) -> None:
    page = opened(watch, running, at(place, "users", "import"))
    columns = page.locator("pre").inner_text().strip()
    values = {"email": "eve@example.com", "email_verified": "true", "cognito:username": "eve"}
    values |= {"phone_number_verified": "false", "cognito:mfa_enabled": "false"}
    row = ",".join(values.get(name, "") for name in columns.split(","))
    (tmp_path / "users.csv").write_text(f"{columns}\n{row}\n", "utf-8")
    page.get_by_label("A file").set_input_files(tmp_path / "users.csv")
    expect(page.get_by_label("What it is")).to_have_value("csv")
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#job")).to_contain_text("Succeeded")
    page.locator("#job").get_by_role("link", name="Users").click()
    expect(page.get_by_role("link", name="eve")).to_be_visible()

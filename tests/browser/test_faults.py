"""Faults as a user in Chromium meets them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error, expect

from tests.browser.journeys import at_app, open_page, pages, sign_in
from tests.helpers.build import user
from tests.helpers.faults import fail
from tests.helpers.harness import Running
from tests.helpers.watch import Watch


def test_a_page_that_is_down_and_comes_back(running: Running, watch: Watch, app_url: str) -> None:
    place = pages(running, app_url)
    user(running, place.pool)
    fail(running, target="page", path="/login", error={"status": 503, "message": "Down for a test"}, times=1)
    page = open_page(watch, place, app_url)
    expect(page.get_by_text("Down for a test")).to_be_visible()
    watch.look("fault")
    (complaint,) = watch.complaints
    assert "503" in complaint
    watch.complaints.clear()
    page.reload()
    sign_in(page)
    assert at_app(page, app_url)["code"]


def test_a_connection_that_is_cut(running: Running, watch: Watch, app_url: str) -> None:
    place = pages(running, app_url)
    fail(running, target="page", path="/login", drop=True)
    with pytest.raises(Error, match=r"ERR_EMPTY_RESPONSE|ERR_CONNECTION"):
        open_page(watch, place, app_url)

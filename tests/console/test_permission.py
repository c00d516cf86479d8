"""Pages of other origins can neither read nor write the console; its pages hold no script but its own."""

from __future__ import annotations

import pytest

from cognito_emulator.control.guard import takes_forms
from cognito_emulator.routes import Audience, Row
from tests.helpers.build import setup, user
from tests.helpers.console_site import FORM, FORMS, PAGES, ROOT, Site, path_of
from tests.helpers.harness import Running


@pytest.mark.parametrize("row", FORMS, ids=lambda row: row.path)
def test_a_form_needs_an_origin_of_the_emulator(running: Running, site: Site, row: Row) -> None:
    place = setup(running)
    path = path_of(row, place.pool, user(running, place.pool))
    before = running.world.store.history.number
    token = site.token()
    for headers in (
        {},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:1"},
        {"origin": site.origin.replace("http:", "https:")},
        {"origin": site.origin, "sec-fetch-site": "cross-site"},
        {"origin": site.origin, "sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ):
        answer = site.request("POST", path, f"csrf={token}&do=delete", {**FORM, **headers})
        assert answer.status == 403, headers
        assert "another origin" in answer.text or "own pages only" in answer.text
    assert running.world.store.history.number == before


@pytest.mark.parametrize("row", FORMS, ids=lambda row: row.path)
def test_a_form_needs_the_token_of_this_browser(running: Running, site: Site, row: Row) -> None:
    place = setup(running)
    path = path_of(row, place.pool, user(running, place.pool))
    before = running.world.store.history.number
    other = Site(running)
    for token in ("", "x" * 64, other.token()):
        answer = site.post(path, {"do": "delete"}, csrf=token)
        assert answer.status == 403, path
        assert "Reload the page" in answer.words()
    cookieless = Site(running).request("POST", path, f"csrf={site.token()}&do=delete", {**FORM, "origin": site.origin})
    assert cookieless.status == 403
    assert running.world.store.history.number == before


def test_forms_are_taken_by_the_console_alone(running: Running, site: Site) -> None:
    token = site.token()
    headers = {**FORM, "origin": site.origin, "sec-fetch-site": "same-origin"}
    for path in ("/_emulator/reset", "/_emulator/seed", "/_emulator/clock", "/_emulator/requests/x/rewind"):
        assert site.request("POST", path, f"csrf={token}", headers).status == 415, path
    assert not takes_forms("/_emulator/consolex")
    assert all(takes_forms(row.path) for row in FORMS)
    for kind in ("text/plain", "multipart/form-data", ""):
        answer = site.request("POST", f"{ROOT}/clock", f"csrf={token}&do=freeze", {**headers, "content-type": kind})
        assert answer.status == 415
    assert not running.world.clock.is_frozen


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.path)
def test_no_page_is_for_other_origins_or_strange_hosts(running: Running, site: Site, row: Row) -> None:
    place = setup(running)
    path = path_of(row, place.pool, user(running, place.pool))
    answer = site.request("GET", path, headers={"origin": "http://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]
    if row.audience is Audience.DEVELOPERS:
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert site.request("GET", path, headers={"host": "evil.example"}).status == 403


def test_pages_hold_no_script_and_no_style_of_their_own(running: Running, site: Site) -> None:
    place = setup(running)
    sub = user(running, place.pool, email="ann@example.com")
    for row in PAGES:
        path = path_of(row, place.pool, sub)
        answer = site.request("GET", path)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        soup = answer.soup
        scripts = soup.select("script")
        assert [bool(one.get("src")) and not one.get_text() for one in scripts] == [True]
        assert not soup.select("style, [style]")
        assert not [name for tag in soup.find_all(True) for name in tag.attrs if name.startswith("on")]
        links = [str(tag.get("src") or "") for tag in soup.select("script, img, iframe, link")]
        assert not [link for link in links if link.startswith(("http:", "https:", "//"))]


def test_the_cookie_is_for_the_console_alone(site: Site) -> None:
    cookie = site.get(f"{ROOT}/clock").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "Path=/_emulator" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "set-cookie" not in site.get(f"{ROOT}/clock").headers
    site.cookies["emulator-console"] = "<script>"
    assert "<script>" not in site.get(f"{ROOT}/clock").headers["set-cookie"]


def test_what_the_emulator_sends_itself_is_refused(site: Site) -> None:
    from cognito_emulator.ports.web import SENT_BY_EMULATOR

    assert site.request("GET", "/_emulator/", headers={SENT_BY_EMULATOR: "1"}).status == 403

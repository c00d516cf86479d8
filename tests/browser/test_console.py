"""The console in Chromium: journeys by mouse and by keyboard alone, live parts, without script, and axe-core clean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser.console_journeys import ROOT, at, connected, furnish, hits, judged, opened, sub_of
from tests.helpers.build import PASSWORD, Setup, refused, sign_in, totp, user
from tests.helpers.harness import Running
from tests.helpers.watch import WIDE, Watch

pytestmark = pytest.mark.browser


@pytest.fixture
def place(running: Running, idp: Any) -> Setup:
    return furnish(running, idp)


SCREENS = {
    "home": "/_emulator/",
    "inbox": f"{ROOT}/inbox",
    "message": f"{ROOT}/inbox/MESSAGE",
    "requests": f"{ROOT}/requests",
    "request": f"{ROOT}/requests/REFUSED",
    "tokens": f"{ROOT}/tokens",
    "flows": f"{ROOT}/flows",
    "srp": f"{ROOT}/flows/srp",
    "clock": f"{ROOT}/clock",
    "faults": f"{ROOT}/faults",
    "snapshots": f"{ROOT}/snapshots",
    "guide": "/_emulator/guide?q=code",
    "page": "/_emulator/guide/seeds",
    "reference": "/_emulator/guide/pytest-reference",
    "keys": f"{ROOT}/keys",
    "find": f"{ROOT}/find?q=a",
    "api": f"{ROOT}/api?q=user",
    "operation": f"{ROOT}/api/cognito-idp/AdminCreateUser",
    "users": f"{ROOT}/pools/POOL/users",
    "user": f"{ROOT}/pools/POOL/users/ALICE",
    "new": f"{ROOT}/pools/POOL/users/new",
    "import": f"{ROOT}/pools/POOL/users/import",
    "groups": f"{ROOT}/pools/POOL/groups",
    "group": f"{ROOT}/pools/POOL/groups/admins",
    "clients": f"{ROOT}/pools/POOL/clients",
    "client": f"{ROOT}/pools/POOL/clients/CLIENT",
    "providers": f"{ROOT}/pools/POOL/providers",
    "pages": f"{ROOT}/pools/POOL/pages",
    "triggers": f"{ROOT}/pools/POOL/triggers",
    "settings": f"{ROOT}/pools/POOL/settings",
    "seed": f"{ROOT}/pools/POOL/seed",
}


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_is_accessible(running: Running, watch: Watch, place: Setup, screen: str) -> None:
    refusal = next(entry.id for entry in running.world.journal if entry.status >= 400)
    names = {
        "POOL": place.pool,
        "CLIENT": place.client,
        "ALICE": sub_of(running, "alice"),
        "REFUSED": refusal,
        "MESSAGE": running.world.outbox.all()[-1].id,
    }
    opened(watch, running, re.sub(r"[A-Z]{4,}", lambda found: names.get(found[0], found[0]), SCREENS[screen]))
    judged(watch, screen)


def test_empty_screens_are_accessible(running: Running, watch: Watch) -> None:
    running.world.journal.clear()
    opened(watch, running, "/_emulator/")
    judged(watch, "empty")
    page = watch.page
    page.get_by_role("button", name="Load the example").click()
    expect(page.get_by_role("status")).to_have_text("The example is loaded.")
    assert "done=" not in page.url
    page.get_by_role("link", name="local", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Users")
    expect(page.locator("#list tbody tr")).to_have_count(4)


def test_a_user_from_first_to_last_by_mouse(running: Running, watch: Watch, place: Setup, idp: Any) -> None:
    page = opened(watch, running, at(place, "users"))
    page.get_by_role("link", name="Add user").click()
    page.get_by_label("User name").fill("dora")
    page.get_by_label("email").fill("dora@example.com")
    page.locator("#password").fill("x")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("InvalidParameterException")
    judged(watch, "refused")
    watch.complaints.clear()  # Chromium's, that the answer was 400
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("dora")
    assert sign_in(idp, place, "dora")
    page.locator("#at-email").fill("d@example.com")
    page.get_by_role("button", name="Save attributes").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_text("Disabled", exact=True)).to_be_visible()
    page.locator("summary", has_text="Delete user").click()
    page.get_by_role("button", name="Delete user").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Users")
    expect(page.get_by_role("link", name="dora")).to_have_count(0)


def test_several_users_at_once(running: Running, watch: Watch, place: Setup) -> None:
    page = opened(watch, running, at(place, "users"))
    page.get_by_label("Choose all").check()
    page.get_by_label("Choose carol").uncheck()
    page.locator("summary", has_text="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#list tbody tr")).to_have_count(1)


def test_a_search_by_keyboard_alone(running: Running, watch: Watch, place: Setup) -> None:
    page = opened(watch, running, "/_emulator/")
    connected(page)
    page.keyboard.press("g")
    page.keyboard.press("u")
    expect(page.get_by_role("heading", level=1)).to_have_text("Users")
    page.keyboard.press("/")
    page.keyboard.type("carol")
    page.keyboard.press("Enter")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    assert "q=carol" in page.url
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("tr.on")).to_contain_text("carol")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("carol")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keyboard")


def test_moving_through_a_list(running: Running, watch: Watch, place: Setup) -> None:
    page = opened(watch, running, at(place, "users"))
    for key, name in (("j", "alice"), ("j", "bob"), ("j", "carol"), ("j", "carol"), ("k", "bob")):
        page.keyboard.press(key)
        expect(page.locator("tr.on th strong")).to_have_text(name)
    page.keyboard.press("x")
    assert page.get_by_label("Choose bob").is_checked()
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Add a user")


def test_the_palette(running: Running, watch: Watch, place: Setup) -> None:
    page = opened(watch, running, "/_emulator/")
    page.keyboard.press("Control+k")
    expect(hits(page).first).to_have_text(re.compile("Home"))
    watch._judge("palette")
    page.keyboard.type("bob")
    expect(hits(page)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("bob")
    page.keyboard.press("Control+k")
    page.keyboard.type("clock")
    expect(hits(page).first).to_contain_text("Clock")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_code_arrives_while_one_looks(running: Running, watch: Watch, place: Setup, idp: Any) -> None:
    page = opened(watch, running, f"{ROOT}/inbox")
    connected(page)
    attributes = [{"Name": "email", "Value": "eve@example.com"}]
    idp.sign_up(ClientId=place.client, Username="eve", Password=PASSWORD, UserAttributes=attributes)
    code = running.world.outbox.all()[-1].code
    assert code is not None
    expect(page.locator("#list tbody tr").first).to_contain_text("eve@example.com")
    expect(page.locator("#list .code").first).to_have_text(f"{code[:3]} {code[3:]}")
    expect(page.locator("#arrivals")).to_contain_text(code)
    watch.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#list [data-copy]").first.click()
    assert page.evaluate("navigator.clipboard.readText()") == code
    page.get_by_role("link", name="eve@example.com").click()
    expect(page.locator(".code.big")).to_be_visible()
    expect(page.frame_locator("iframe").locator("body")).to_contain_text(code)


def test_messages_are_new_until_the_inbox_was_looked_at(running: Running, watch: Watch, place: Setup, idp: Any) -> None:
    page = opened(watch, running, f"{ROOT}/inbox")
    page.goto(running.url + f"{ROOT}/keys")
    connected(page)
    attributes = [{"Name": "email", "Value": "new@example.com"}]
    idp.sign_up(ClientId=place.client, Username="new", Password=PASSWORD, UserAttributes=attributes)
    expect(page.locator("#nav a[data-key=i] span")).to_have_text("1 new")
    page.goto(running.url + f"{ROOT}/inbox")
    expect(page.get_by_text("new", exact=True)).to_have_count(1)
    page.reload()
    expect(page.get_by_text("new", exact=True)).to_have_count(0)


def test_from_a_refusal_to_its_cause(running: Running, watch: Watch, place: Setup, idp: Any) -> None:
    page = opened(watch, running, f"{ROOT}/requests?status=4xx")
    connected(page)
    before = page.locator("#list tbody tr").count()
    with refused("UserNotFoundException"):
        idp.admin_get_user(UserPoolId=place.pool, Username="ghost")
    expect(page.locator("#list tbody tr")).to_have_count(before + 1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".why")).to_contain_text("User does not exist.")
    page.get_by_role("link", name="All of these").click()
    assert "operation=AdminGetUser" in page.url


def test_back_to_before(running: Running, watch: Watch, place: Setup, idp: Any) -> None:
    idp.admin_delete_user(UserPoolId=place.pool, Username="alice")
    page = opened(watch, running, f"{ROOT}/requests?operation=AdminDeleteUser")
    page.get_by_role("link", name="AdminDeleteUser").first.click()
    page.locator("summary", has_text="Go back to before this").click()
    page.get_by_role("button", name="Go back", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("The state is what it was")
    assert idp.admin_get_user(UserPoolId=place.pool, Username="alice")


def test_the_clock(running: Running, watch: Watch, place: Setup) -> None:
    page = opened(watch, running, f"{ROOT}/clock")
    page.get_by_role("button", name="Freeze", exact=True).click()
    expect(page.locator("#clock")).to_contain_text("Frozen")
    page.get_by_role("button", name="+1 h").click()
    assert running.world.clock.offset == pytest.approx(3600, abs=20)
    other = watch.page.context.new_page()
    other.goto(running.url + f"{ROOT}/keys")
    connected(other)
    page.get_by_role("button", name="Machine's time").click()
    expect(other.locator("#clock")).to_contain_text("Live")
    before = other.locator("[data-tick]").inner_text()
    expect(other.locator("[data-tick]")).not_to_have_text(before)


def test_tokens_and_the_authenticator(running: Running, watch: Watch, place: Setup, idp: Any) -> None:
    page = opened(watch, running, at(place, "users", sub_of(running, "alice")))
    secret = page.locator("#totp dd code").inner_text()
    assert page.locator("#totp .code").inner_text().replace(" ", "") in {
        totp(secret, running.world.clock.now()),
        totp(secret, running.world.clock.now() - 5),
    }
    running.call("AdminEnableUser", UserPoolId=place.pool, Username="bob")
    access = sign_in(idp, place, "bob")["AccessToken"]
    page.goto(running.url + f"{ROOT}/tokens")
    page.get_by_label("An ID, access or refresh token").fill(access)
    page.get_by_role("button", name="Decode and verify").click()
    expect(page.get_by_role("heading", name="Access token")).to_contain_text("valid")
    judged(watch, "decoded")


def test_any_operation(running: Running, watch: Watch, place: Setup) -> None:
    page = opened(watch, running, f"{ROOT}/api?q=AdminGetUser")
    page.get_by_role("link", name="AdminGetUser", exact=True).click()
    page.get_by_label("Username (required)").fill("alice")
    page.get_by_role("button", name="Call AdminGetUser").click()
    expect(page.get_by_role("status")).to_contain_text("Answered.")
    page.locator("summary", has_text="boto3").click()
    expect(page.locator("details[open] pre")).to_contain_text("cognito.admin_get_user(")
    judged(watch, "answered")


class TestWithoutScript:
    @pytest.fixture
    def page(self, chromium: Browser, running: Running) -> Iterator[Page]:
        context = chromium.new_context(java_script_enabled=False, viewport=WIDE)
        context.set_default_timeout(15_000)
        yield context.new_page()
        context.close()

    def test_everything_but_live_parts_works(self, running: Running, page: Page, place: Setup, idp: Any) -> None:
        page.goto(running.url + at(place, "users"))
        page.get_by_label("Search users", exact=True).fill("carol")
        page.get_by_role("button", name="Search", exact=True).click()
        expect(page.locator("#list tbody tr")).to_have_count(1)
        expect(page.get_by_text("Copy", exact=True)).to_have_count(0)
        page.get_by_role("link", name="carol").click()
        page.get_by_label("New password").fill("Another-horse-9")
        page.get_by_role("button", name="Set password", exact=True).click()
        expect(page.get_by_role("status")).to_have_text("Saved.")
        assert sign_in(idp, place, "carol", "Another-horse-9")
        page.get_by_label("Search users, requests, messages, ids").fill("carol")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Search")
        page.goto(running.url + f"{ROOT}/clock")
        page.get_by_role("button", name="Freeze", exact=True).click()
        assert running.world.clock.is_frozen
        page.goto(running.url + "/_emulator/")
        page.get_by_role("link", name="Amplify v6").click()
        expect(page.locator("#connect pre")).to_contain_text("userPoolEndpoint")


def test_a_script_in_a_name_does_not_run(running: Running, watch: Watch, place: Setup) -> None:
    evil = "<img/src=x/onerror=alert(1)><script>alert(2)</script>"
    said: list[str] = []

    def note(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    watch.page.on("dialog", note)
    sub = user(running, place.pool, evil, given_name=evil)
    for path in (at(place, "users"), at(place, "users", sub), f"{ROOT}/find?q=img"):
        opened(watch, running, path)
        expect(watch.page.get_by_text(evil).first).to_be_visible()
    watch.page.keyboard.press("Control+k")
    watch.page.keyboard.type("img")
    expect(hits(watch.page).first).to_contain_text(evil)
    assert said == []


def test_the_server_gone_and_back(chromium: Browser) -> None:
    from cognito_emulator import Emulator
    from cognito_emulator.settings import Settings

    with Emulator(Settings(port=0)) as first:
        port = first.port
        page = chromium.new_page(viewport=WIDE)
        page.set_default_timeout(20_000)
        page.goto(f"http://localhost:{port}/_emulator/")
        connected(page)
        expect(page.locator("#gone")).to_be_hidden()
    expect(page.locator("#gone")).to_be_visible()
    expect(page.locator("#gone")).to_have_text("The emulator does not answer. Trying again …")
    with Emulator(Settings(port=port), seed={"UserPools": [{"PoolName": "returned", "Id": "us-east-1_returned1"}]}):
        expect(page.locator("#gone")).to_be_hidden(timeout=20_000)
        expect(page.locator("#pools")).to_contain_text("returned")
    page.close()

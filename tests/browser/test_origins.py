"""A page of another origin in Chromium reaches what apps call, and neither signed operations nor the control API."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from cognito_emulator.ports.keys import Keys
from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.browser.apps import served
from tests.helpers.build import PASSWORD, setup
from tests.helpers.harness import Running, key_sets_in_turn
from tests.helpers.raw import authorization
from tests.helpers.watch import FLAGS

NAMES = "MAP evil.example 127.0.0.1, MAP app.example.com 127.0.0.1"
CALL = """async ([url, target, members, headers]) => {
  try {
    const answer = await fetch(url, {method: "POST", body: JSON.stringify(members), headers: {
      "content-type": "application/x-amz-json-1.1", "x-amz-target": target, ...headers}});
    return [answer.status, await answer.json()];
  } catch (error) { return [0, String(error)]; }
}"""
READ = """async ([url, options]) => {
  try { const answer = await fetch(url, options); return [answer.status, await answer.text()]; }
  catch (error) { return [0, String(error)]; }
}"""


@pytest.fixture(scope="module")
def other_names(chromium: Browser) -> Iterator[Browser]:
    """A browser for which names of the internet lead to this machine."""
    flags = [*FLAGS, f"--host-resolver-rules={NAMES}"]
    made = chromium.browser_type.launch(
        executable_path=shutil.which(os.environ.get("CHROMIUM") or "chromium"), headless=True, args=flags
    )
    yield made
    made.close()


@pytest.fixture
def page_at(other_names: Browser, tmp_path: Path) -> Iterator[Any]:
    """Opens a page at a host of that name."""
    (tmp_path / "index.html").write_text("<!doctype html><title>A page</title>", "utf-8")
    context = other_names.new_context()

    with served(tmp_path) as url:

        def opened(host: str) -> Page:
            page = context.new_page()
            page.goto(url.replace("localhost", host))
            return page

        yield opened
    context.close()


def call(page: Page, running: Running, operation: str, signed: bool, **members: Any) -> Any:
    headers = {"authorization": authorization()} if signed else {}
    target = f"AWSCognitoIdentityProviderService.{operation}"
    return page.evaluate(CALL, [f"{running.url}/", target, members, headers])


def test_a_strange_page(running: Running, page_at: Any) -> None:
    made = setup(running, AutoVerifiedAttributes=["email"])
    page = page_at("evil.example")
    # What an app calls is open.
    email = [{"Name": "email", "Value": "ann@example.com"}]
    status, _ = call(
        page, running, "SignUp", False, ClientId=made.client, Username="ann", Password=PASSWORD, UserAttributes=email
    )
    assert status == 200
    # What AWS signs is refused, and the page can read why.
    for operation, members in (
        ("CreateUserPool", {"PoolName": "evil"}),
        ("AdminGetUser", {"UserPoolId": made.pool, "Username": "ann"}),
        ("AdminConfirmSignUp", {"UserPoolId": made.pool, "Username": "ann"}),
    ):
        for signed in (True, False):
            status, answer = call(page, running, operation, signed, **members)
            assert (status, answer["__type"]) == (403, "AccessDeniedException")
            assert "--allow-origin http://evil.example:" in answer["message"]
    assert running.call("AdminGetUser", UserPoolId=made.pool, Username="ann")["UserStatus"] == "UNCONFIRMED"
    assert len(running.call("ListUserPools", MaxResults=60)["UserPools"]) == 1
    # The control API is unreadable, and nothing is written.
    for method, path in (("GET", "/_emulator/messages"), ("GET", "/_aws/ses"), ("POST", "/_emulator/reset")):
        for mode in ("cors", "no-cors"):
            status, text = page.evaluate(READ, [f"{running.url}{path}", {"method": method, "mode": mode}])
            assert (status, "ann@example.com" in text) == (0, False)
    assert len(running.world.outbox.all()) == 1


def test_a_page_whose_name_leads_to_the_emulator(running: Running, page_at: Any) -> None:
    """DNS rebinding: the page and the emulator are of the same origin."""
    page = page_at("evil.example")
    page.goto(f"http://evil.example:{running.port}/")
    status, answer = page.evaluate(
        CALL,
        ["/", "AWSCognitoIdentityProviderService.ListUserPools", {"MaxResults": 1}, {"authorization": authorization()}],
    )
    assert (status, answer["__type"]) == (403, "AccessDeniedException")
    assert page.evaluate(READ, ["/_emulator/messages", {}])[0] == 403


def test_a_page_of_this_machine(running: Running, page_at: Any) -> None:
    for host in ("localhost", "127.0.0.1", "app.localhost"):
        assert call(page_at(host), running, "ListUserPools", True, MaxResults=1)[0] == 200


def test_a_page_that_was_named(page_at: Any) -> None:
    page = page_at("app.example.com")
    origin = page.evaluate("location.origin")
    running = Running(World(Settings(port=0, allow_origin=(origin,)), keys=Keys(key_sets_in_turn())))
    try:
        assert call(page, running, "ListUserPools", True, MaxResults=1)[0] == 200
        assert call(page_at("evil.example"), running, "ListUserPools", True, MaxResults=1)[0] == 403
    finally:
        running.stop()

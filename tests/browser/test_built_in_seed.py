"""A new user of the built-in seed signs up in Chromium, from the address that the command prints to the app."""

from __future__ import annotations

from urllib.parse import urlencode

from playwright.sync_api import BrowserContext

from cognito_emulator.seed import apply, parse_default
from tests.browser.journeys import code_on, enter_code, press
from tests.helpers.harness import Running

HOME = "http://localhost:3000/"
WEB = "localweb000000000000000001"


def test_sign_up_to_the_end(running: Running, context: BrowserContext) -> None:
    running.run(apply(running.world, parse_default()))
    page = context.new_page()
    page.goto(f"{running.url}/login?{urlencode({'client_id': WEB, 'response_type': 'code', 'redirect_uri': HOME})}")
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Username").fill("zoe")
    page.get_by_label("Email").fill("zoe@example.com")
    for field in page.locator("input[type=password]").all():
        field.fill("Zoe-12345")
    press(page, "Sign up")
    page.locator("#verification_code").wait_for()
    with page.expect_request(lambda request: request.url.startswith(f"{HOME}?code=")):  # where no app listens
        enter_code(page, code_on(page))
    found = running.call("AdminGetUser", UserPoolId="us-east-1_localpool", Username="zoe")
    assert found["UserStatus"] == "CONFIRMED"

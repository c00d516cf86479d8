"""What the journeys through the console have in common."""

from __future__ import annotations

from typing import Any, Literal

from playwright.sync_api import Locator, Page

from tests.helpers.build import Setup, give_totp, refused, setup, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.watch import WIDE, Watch

ROOT = "/_emulator/console"
LOOKS: tuple[tuple[Literal["light", "dark"], int], ...] = (
    ("light", 1440),
    ("light", 768),
    ("light", 375),
    ("dark", 1440),
)
# Widths at which nothing may be cut off either: where columns are narrowest.
BETWEEN = (1100, 1240)
TOTP: dict[str, Any] = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
OAUTH: dict[str, Any] = {
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthFlows": ["code"],
    "AllowedOAuthScopes": ["openid"],
    "CallbackURLs": ["http://localhost:3000/"],
    "SupportedIdentityProviders": ["COGNITO"],
    "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
}
# What can be clicked, and lies beyond the right edge of its panel, which hides it.
CUT_OFF = """() => {
    const edge = (one) => one.getBoundingClientRect().right;
    return [...document.querySelectorAll('main :is(a, button, input, select, textarea, summary)')]
        .filter((one) => one.checkVisibility() && edge(one) > edge(one.closest('.panel') ?? document.body) + 1)
        .map((one) => one.outerHTML);
}"""


def furnish(running: Running, idp: Any) -> Setup:
    """Make a pool with users in several states, a group, requests and messages."""
    running.world.journal.clear()
    made = setup(running, OAUTH, AutoVerifiedAttributes=["email"])
    running.call("SetUserPoolMfaConfig", UserPoolId=made.pool, MfaConfiguration="OPTIONAL", **TOTP)
    user(running, made.pool, "alice", email="alice@example.com", email_verified="true")
    user(running, made.pool, "bob", email="bob@example.com")
    user(running, made.pool, "carol", permanent=False)
    running.call("AdminDisableUser", UserPoolId=made.pool, Username="bob")
    running.call("CreateGroup", UserPoolId=made.pool, GroupName="admins", Precedence=1, Description="May do everything")
    running.call("AdminAddUserToGroup", UserPoolId=made.pool, GroupName="admins", Username="alice")
    give_totp(running, idp, made, "alice", prefer=False)
    running.world.clock.reset()
    with refused("NotAuthorizedException"):
        sign_in(idp, made, "alice", "Wrong-horse-1")
    idp.forgot_password(ClientId=made.client, Username="alice")
    return made


def at(place: Setup, *parts: str) -> str:
    return "/".join([ROOT, "pools", place.pool, *parts])


def opened(watch: Watch, running: Running, path: str) -> Page:
    watch.page.goto(running.url + path)
    return watch.page


def connected(page: Page) -> None:
    page.locator("body[data-connected]").wait_for()


def hits(page: Page) -> Locator:
    """What the palette has found."""
    return page.get_by_role("dialog").get_by_role("option")


def sub_of(running: Running, name: str) -> str:
    return next(one.sub for one in running.world.store.users if one.username == name)


def judged(watch: Watch, what: str) -> None:
    """Wide, middle and narrow, light and dark: all is inside the window, and axe-core has no objection.

    Colours do not depend on the width, so dark is judged at one.
    """
    for scheme, width in LOOKS:
        watch.page.emulate_media(color_scheme=scheme)
        watch.page.set_viewport_size({"width": width, "height": 900})
        watch._judge(f"{what} ({width}, {scheme})")
        cut = watch.page.evaluate(CUT_OFF)
        assert not cut, f"{what} ({width}): out of the window: {cut}"
        if watch.folder is not None:
            path = watch.folder / f"console-{what}-{width}-{scheme}.png"
            watch.page.screenshot(path=str(path), full_page=True)
    watch.page.emulate_media(color_scheme="light")
    for width in BETWEEN:
        watch.page.set_viewport_size({"width": width, "height": 900})
        cut = watch.page.evaluate(CUT_OFF)
        assert not cut, f"{what} ({width}): out of the window: {cut}"
    watch.page.set_viewport_size(WIDE)

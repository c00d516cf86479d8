"""A mock identity provider, and its page."""

from __future__ import annotations

from typing import Any

from tests.helpers.browser import Answer, Browser
from tests.helpers.federated import MAPPING, SOCIAL, with_provider
from tests.helpers.harness import Running
from tests.helpers.site import Site

APPLE = {"client_id": "app", "team_id": "t", "key_id": "k", "private_key": "p8", "authorize_scopes": "email name"}
DETAILS = {
    "Google": SOCIAL,
    "Facebook": {**SOCIAL, "authorize_scopes": "public_profile, email"},
    "LoginWithAmazon": {**SOCIAL, "authorize_scopes": "profile"},
    "SignInWithApple": APPLE,
}
PLAIN = {"email": "email", "name": "name"}


def site_of(running: Running, type_: str, **more: Any) -> Site:
    more.setdefault("mapping", PLAIN if type_ in ("Facebook", "LoginWithAmazon") else MAPPING)
    return with_provider(running, type_, type_, DETAILS[type_], **more)


def at_page(site: Site, type_: str, **more: str) -> Browser:
    """A browser at the mock provider's page."""
    browser = site.browser()
    page = browser.get(f"/oauth2/authorize?{site.query(identity_provider=type_, **more)}")
    assert "is the mock of" in page.body
    return browser


def back(browser: Browser, answer: Answer) -> Answer:
    """The end of the round: Apple's answer is a form that a browser sends by itself."""
    return browser.submit(having="state") if answer.soup.find("form", {"data-submit": True}) else answer

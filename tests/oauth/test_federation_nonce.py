"""The nonce of a sign-in at a provider: Cognito makes one for the provider, and an app that sent none finds it in its
first ID token [observed: nextauthjs/next-auth#3403, #3544, panva/oauth4webapi#188]."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.helpers.browser import APP, Browser
from tests.helpers.build import PASSWORD, user
from tests.helpers.federated import SOCIAL, Provider, arrive, depart, tokens, with_provider
from tests.helpers.harness import Running
from tests.helpers.site import Site


@pytest.fixture
def site(running: Running, provider: Provider) -> Site:
    return with_provider(running, "Mine", "OIDC", provider.details)


def came_back(site: Site, provider: Provider, browser: Browser, **more: str) -> tuple[str, dict[str, Any]]:
    """The nonce that the provider was sent, and the claims of the ID token."""
    sent = depart(site, browser, "Mine", **more)
    provider.nonce = sent["nonce"]
    return sent["nonce"], tokens(site, arrive(browser, sent).params["code"])


def test_an_app_that_sends_none_gets_the_one_made_for_the_provider(site: Site, provider: Provider) -> None:
    made, claims = came_back(site, provider, site.browser())
    assert re.fullmatch(r"[A-Za-z0-9_-]{171}", made)
    assert claims["nonce"] == made


def test_an_app_gets_its_own_nonce_back(site: Site, provider: Provider) -> None:
    made, claims = came_back(site, provider, site.browser(), nonce="n-1")
    assert made != "n-1"
    assert claims["nonce"] == "n-1"


def test_a_live_session_adds_none(site: Site, provider: Provider) -> None:
    browser = site.browser()
    came_back(site, provider, browser)
    again = browser.get(f"/oauth2/authorize?{site.query()}")
    assert again.url.startswith(APP)
    assert "nonce" not in tokens(site, again.params["code"])


def test_a_user_of_the_pool_itself_has_none(running: Running, provider: Provider) -> None:
    site = with_provider(running, "Mine", "OIDC", provider.details)
    user(running, site.pool)
    browser = site.at("/login")
    answer = browser.submit(having="password", username="ann", password=PASSWORD)
    assert "nonce" not in tokens(site, answer.params["code"])


def test_a_social_provider_without_id_token(running: Running, provider: Provider) -> None:
    """Facebook is sent no nonce and answers no ID token; ours has one all the same."""
    details = {
        **SOCIAL,
        "api_version": "v17.0",
        "authorize_url": f"{provider.url}/authorize",
        "token_url": f"{provider.url}/token",
        "attributes_url": f"{provider.url}/userinfo",
    }
    site = with_provider(running, "Facebook", "Facebook", details, mapping={"email": "email"})
    provider.userinfo = {"id": "f-1"}
    browser = site.browser()
    sent = depart(site, browser, "Facebook")
    assert "nonce" not in sent
    assert len(tokens(site, arrive(browser, sent).params["code"])["nonce"]) == 171

"""Sign in by a provider named Mine, whose ID token says what the test wants."""

from __future__ import annotations

from typing import Any

from tests.helpers.federated import Provider, arrive, depart, with_provider
from tests.helpers.harness import Running
from tests.helpers.site import Site

EMAIL = {"email": "email"}


def made(running: Running, provider: Provider, mapping: dict[str, str] | None = None, **more: Any) -> Site:
    return with_provider(running, "Mine", "OIDC", provider.details, mapping=mapping, **more)


def come(site: Site, provider: Provider, **claims: Any) -> Any:
    """A sign-in of a new browser; `claims` are what the ID token says beside the usual."""
    browser = site.browser()
    sent = depart(site, browser, "Mine")
    provider.nonce = sent["nonce"]
    provider.claims = claims
    if "sub" in claims:
        provider.userinfo = {"sub": claims["sub"]}
    return arrive(browser, sent)

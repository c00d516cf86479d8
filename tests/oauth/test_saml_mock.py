"""A mock SAML provider: the page, and a real Response by it."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from cognito_emulator.seed import fixups
from tests.helpers.federated import tokens
from tests.helpers.harness import Running
from tests.helpers.saml_idp import corp
from tests.helpers.site import Site


@pytest.fixture
def details() -> dict[str, Any]:
    """More ProviderDetails."""
    return {}


@pytest.fixture
def site(running: Running, details: dict[str, Any]) -> Site:
    found = corp(running, **details)
    mapping = {"email": "email"}
    running.call("UpdateIdentityProvider", UserPoolId=found.pool, ProviderName="Corp", AttributeMapping=mapping)

    async def become_mock() -> None:
        fixups.make_mock(running.world, (found.pool, "Corp"))

    running.run(become_mock())
    return found


def test_a_sign_in_by_the_page(site: Site) -> None:
    browser = site.browser()
    page = browser.get(f"/oauth2/authorize?{site.query(identity_provider='Corp')}")
    assert "/saml?SAMLRequest=" in page.url
    assert "Corp" in page.title
    browser.submit(having="email", email="zoe@example.com", sub="zoe<&>")
    assert browser.page is not None
    assert browser.page.title == "Signing in…"
    answer = browser.submit()
    found = tokens(site, answer.params["code"])
    assert (found["email"], found["cognito:username"]) == ("zoe@example.com", "Corp_zoe<&>")


@pytest.mark.parametrize("details", [{"EncryptedResponses": "true", "RequestSigningAlgorithm": "rsa-sha256"}])
def test_a_provider_that_has_to_encrypt(site: Site) -> None:
    browser = site.browser()
    browser.get(f"/oauth2/authorize?{site.query(identity_provider='Corp')}")
    browser.submit(having="email", email="zoe@example.com", sub="zoe-of-corp")
    assert browser.page is not None
    response = base64.b64decode(browser.page.fields(browser.page.form())["SAMLResponse"])
    assert b"EncryptedAssertion" in response
    assert b"zoe-of-corp" not in response
    answer = browser.submit()
    assert tokens(site, answer.params["code"])["email"] == "zoe@example.com"


def test_what_is_no_request(site: Site) -> None:
    browser = site.browser()
    root = f"/_emulator/idp/{site.pool}/Corp"
    assert browser.get(f"{root}/saml").status == 400
    assert browser.get(f"{root}/saml?SAMLRequest=AAAA").status == 400
    assert browser.get(f"{root}/authorize?response_type=code").status == 400
    assert browser.get(f"{root}/jwks").status == 404
    page = browser.get(f"/oauth2/authorize?{site.query(identity_provider='Corp')}")
    bad = browser.submit(having="email", email="zoe@example.com", claims='{"x": "\\u0001"}')
    assert "XML cannot hold" in bad.body
    forged = browser.post(page.url, {"sub": "eve"})
    assert "not sent by this page" in forged.body

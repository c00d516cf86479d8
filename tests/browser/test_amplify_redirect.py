"""aws-amplify v6 in Chromium, unmodified: its redirects over HTTPS, and passkeys at the app's own origin."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from cognito_emulator.server import Emulator
from tests.browser.apps import bundle, served, write_page
from tests.browser.journeys import sign_in
from tests.helpers.build import PASSWORD
from tests.helpers.virtual_authenticator import AUTHENTICATOR

SCOPES = ["openid", "email", "profile", "aws.cognito.signin.user.admin"]


@dataclass(frozen=True)
class Shop:
    """An app at `url`, and the emulator its users are in."""

    emulator: Emulator
    url: str
    domain: str
    pool: str
    sub: str


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the app's script and all that it imports."""
    made = tmp_path_factory.mktemp("app")
    bundle("amplify_app.mjs", made)
    return made


@pytest.fixture(scope="module")
def origin(folder: Path) -> Iterator[str]:
    with served(folder) as url:
        yield url


@pytest.fixture(scope="module")
def shop(folder: Path, origin: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with Emulator(tls=True, tls_port=0, tls_dir=str(tmp_path_factory.mktemp("tls"))) as emulator:
        cognito = emulator.client()
        policies = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}
        pool = cognito.create_user_pool(PoolName="shop", Policies=policies)["UserPool"]["Id"]
        passkeys = {"RelyingPartyId": "localhost", "UserVerification": "required"}
        cognito.set_user_pool_mfa_config(UserPoolId=pool, WebAuthnConfiguration=passkeys, MfaConfiguration="OFF")
        cognito.create_user_pool_domain(UserPoolId=pool, Domain="shop")
        client = cognito.create_user_pool_client(
            UserPoolId=pool,
            ClientName="web",
            ExplicitAuthFlows=["ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            AllowedOAuthFlowsUserPoolClient=True,
            AllowedOAuthFlows=["code"],
            AllowedOAuthScopes=SCOPES,
            CallbackURLs=[origin],
            LogoutURLs=[origin],
            SupportedIdentityProviders=["COGNITO"],
        )["UserPoolClient"]["ClientId"]
        made = cognito.admin_create_user(UserPoolId=pool, Username="ann", MessageAction="SUPPRESS")["User"]
        cognito.admin_set_user_password(UserPoolId=pool, Username="ann", Password=PASSWORD, Permanent=True)
        domain = f"shop.auth.localhost:{urlsplit(emulator.tls_url).port}"
        oauth = {"domain": domain, "scopes": SCOPES, "responseType": "code"}
        oauth |= {"redirectSignIn": [origin], "redirectSignOut": [origin]}
        settings = {"userPoolId": pool, "userPoolClientId": client, "userPoolEndpoint": emulator.url}
        config = {"Auth": {"Cognito": {**settings, "loginWith": {"oauth": oauth}}}}
        write_page(folder, json.dumps(config))
        sub = next(one["Value"] for one in made["Attributes"] if one["Name"] == "sub")
        yield Shop(emulator, origin, domain, pool, sub)


@pytest.fixture
def page(chromium: Browser, shop: Shop) -> Iterator[Page]:
    """The app, opened by someone who is signed out; none of its scripts fails."""
    context = chromium.new_context(ignore_https_errors=True)
    context.set_default_timeout(15_000)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(shop.url)
    expect(opened.locator("output")).to_have_text("signed out: UserUnAuthenticatedException")
    yield opened
    context.close()
    assert not errors, errors


def verified(page: Page, shop: Shop) -> dict[str, Any]:
    """The payload of the ID token that Amplify holds, once GetUser has taken the access token with it."""
    tokens = page.evaluate("app.tokens()")
    found = shop.emulator.client().get_user(AccessToken=tokens["access"])
    assert {"Name": "sub", "Value": shop.sub} in found["UserAttributes"]
    assert tokens["id"]["sub"] == shop.sub
    payload: dict[str, Any] = tokens["id"]
    return payload


def test_redirect_to_sign_in_and_out(page: Page, shop: Shop) -> None:
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"https://{shop.domain}/**")
    sign_in(page)
    page.wait_for_url(f"{shop.url}**")
    expect(page.locator("output")).to_have_text("signed in: ann")
    assert page.evaluate("app.getCurrentUser()")["userId"] == shop.sub
    assert verified(page, shop)["cognito:username"] == "ann"
    page.reload()
    expect(page.locator("output")).to_have_text("signed in: ann")

    with page.expect_request(f"https://{shop.domain}/logout?**") as asked:
        page.get_by_role("button", name="Sign out").click()
    answer = asked.value.response()
    assert answer is not None
    assert (answer.status, answer.headers["location"]) == (302, shop.url)
    page.wait_for_url(shop.url)
    expect(page.locator("output")).to_have_text("signed out: UserUnAuthenticatedException")
    assert page.evaluate("app.tokens()") is None
    page.get_by_role("button", name="Sign in").click()
    page.locator("#signInFormPassword").wait_for()  # the session of the pages has ended, too
    assert urlsplit(page.url).netloc == shop.domain


def test_a_passkey_of_the_app(page: Page, shop: Shop) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    choice = {"authFlowType": "USER_AUTH", "preferredChallenge": "PASSWORD"}
    by_password = {"username": "ann", "password": PASSWORD, "options": choice}
    assert page.evaluate("input => app.signIn(input)", by_password)["isSignedIn"]
    page.evaluate("app.associateWebAuthnCredential()")
    [listed] = page.evaluate("app.listWebAuthnCredentials()")["credentials"]
    assert listed["relyingPartyId"] == "localhost"
    held = devtools.send("WebAuthn.getCredentials", {"authenticatorId": added["authenticatorId"]})["credentials"]
    assert [one["rpId"] for one in held] == ["localhost"]
    page.evaluate("app.signOut()")
    page.wait_for_url(shop.url)
    expect(page.locator("output")).to_have_text("signed out: UserUnAuthenticatedException")

    by_passkey = {"username": "ann", "options": {"authFlowType": "USER_AUTH", "preferredChallenge": "WEB_AUTHN"}}
    done = page.evaluate("input => app.signIn(input)", by_passkey)
    assert done == {"isSignedIn": True, "nextStep": {"signInStep": "DONE"}}
    assert verified(page, shop)["cognito:username"] == "ann"
    page.evaluate("input => app.deleteWebAuthnCredential(input)", {"credentialId": listed["credentialId"]})
    assert page.evaluate("app.listWebAuthnCredentials()")["credentials"] == []

    page.evaluate("app.signOut()")
    page.wait_for_url(shop.url)
    expect(page.locator("output")).to_have_text("signed out: UserUnAuthenticatedException")
    asked = page.evaluate("input => app.signIn(input)", by_passkey)
    expected = {
        "signInStep": "CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION",
        "availableChallenges": ["PASSWORD_SRP", "PASSWORD"],
    }
    assert asked == {"isSignedIn": False, "nextStep": expected}

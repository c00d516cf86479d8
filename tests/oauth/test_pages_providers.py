"""Identity providers on the sign-in page: buttons, a field for an e-mail address, and clients without local users."""

from __future__ import annotations

import pytest

from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.oauth.pages.marks import mark_of
from tests.helpers.browser import Answer
from tests.helpers.build import PASSWORD, user
from tests.helpers.harness import Running
from tests.helpers.page_look import offer, provide, social
from tests.helpers.saml import metadata
from tests.helpers.site import OAUTH, Site, site


def with_saml(running: Running, place: Site, *more: str) -> None:
    """`Corporate`, and more SAML providers, each with an identifier."""
    names = ["Corporate", *more]
    for name in names:
        running.call(
            "CreateIdentityProvider",
            UserPoolId=place.pool,
            ProviderName=name,
            ProviderType="SAML",
            ProviderDetails={"MetadataFile": metadata()},
            IdpIdentifiers=["corp.example" if name == "Corporate" else f"{name.lower()}.example"],
        )
    offer(running, place, "COGNITO", *names)


def test_a_button_leads_to_the_provider_with_the_same_request(running: Running) -> None:
    place = site(running)
    with_saml(running, place)
    page = place.at("/login").page
    assert page is not None
    button = page.soup.select_one("a.idp")
    assert button is not None
    path, _, query = str(button["href"]).partition("?")
    assert path == "/oauth2/authorize"
    assert query == f"{place.query()}&identity_provider=Corporate"


def test_the_classic_pages_ask_for_an_address_where_every_saml_provider_has_identifiers(running: Running) -> None:
    place = site(running, version=1)
    with_saml(running, place, "Branch")
    browser = place.at("/login")
    assert browser.page is not None
    assert not browser.page.soup.select("a.idp")
    assert browser.page.soup.find("label", string="Enter your corporate email")
    page = browser.submit(having="idp_domain", idp_domain="ann@elsewhere.example")
    assert page.error == "No identity provider was found for this email address."
    answer = browser.submit(having="idp_domain", follow=False, idp_domain="Ann@Corp.example")
    location = answer.headers["location"]
    assert location.startswith("/oauth2/authorize?")
    assert "identity_provider=Corporate" in location
    assert "login_hint=Ann%40Corp.example" in location


@pytest.mark.parametrize("path", ["/signup", "/forgotPassword", "/confirm", "/login/password"])
def test_a_client_without_local_users_has_no_pages_for_them(running: Running, path: str) -> None:
    place = site(running)
    provide(running, place, ["Alpha"], local=False)
    page = place.at(path).page
    assert page is not None
    assert page.path == "/login"


def test_a_client_without_local_users_takes_no_password(running: Running) -> None:
    """Also from whoever sends the form that is not shown."""
    place = site(running)
    user(running, place.pool)
    provide(running, place, ["Alpha"], local=False)
    browser = place.at("/login")
    fields = {"csrf": browser.cookies["XSRF-TOKEN"], "username": "ann", "password": PASSWORD}
    assert browser.post(f"/login?{place.query()}", fields).path == "/login"
    assert browser.post(f"/signup?{place.query()}", {**fields, "username": "bob"}).path == "/login"
    assert "cognito" not in browser.cookies
    assert running.call("ListUsers", UserPoolId=place.pool)["Users"][0]["Username"] == "ann"


def test_a_single_saml_provider_has_a_button(running: Running) -> None:
    """Also with an identifier, on the classic pages."""
    place = site(running, version=1)
    with_saml(running, place)
    page = place.at("/login").page
    assert page is not None
    assert [str(one["href"]).rpartition("=")[2] for one in page.soup.select("a.idp")] == ["Corporate"]
    assert not page.soup.find(None, {"name": "idp_domain"})


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("asked", [{"identity_provider": "Corp"}, {"idp_identifier": "corp.example"}])
def test_a_provider_that_the_client_does_not_have(running: Running, version: int, asked: dict[str, str]) -> None:
    """The sign-in page says so, and goes on."""
    place = site(running, version=version)
    user(running, place.pool)
    browser = place.at("/oauth2/authorize", **asked)
    assert browser.page is not None
    assert (browser.page.path, browser.page.error) == (
        "/login",
        "Login option is not available. Please try another one",
    )
    assert browser.submit(having="password", username="ann", password=PASSWORD).left


@pytest.mark.parametrize("last", ["emptied", "deleted"])
def test_a_client_that_offers_nothing_takes_no_password(running: Running, last: str) -> None:
    """SupportedIdentityProviders sent empty, and a client whose only provider is deleted."""
    place = site(running)
    user(running, place.pool)
    browser = place.at("/login")
    if last == "emptied":
        offer(running, place)
    else:
        with_saml(running, place)
        offer(running, place, "Corporate")
        running.call("DeleteIdentityProvider", UserPoolId=place.pool, ProviderName="Corporate")
    fields = {"csrf": browser.cookies["XSRF-TOKEN"], "username": "ann", "password": PASSWORD}
    page = browser.post(f"/login?{place.query()}", fields)
    assert page.path == "/login"
    assert not page.soup.find(None, {"name": "password"})
    assert "cognito" not in browser.cookies


def test_a_client_without_the_list_has_the_pools_own_users(running: Running) -> None:
    place = site(running)
    user(running, place.pool)
    offer(running, place)
    running.call("UpdateUserPoolClient", UserPoolId=place.pool, ClientId=place.client, **OAUTH)
    assert place.at("/login").submit(having="password", username="ann", password=PASSWORD).left


def marks(page: Answer) -> dict[str, bool]:
    """The buttons by their text, and whether each has a mark; its letter begins the text of one without."""
    return {link.get_text(strip=True): bool(link.select_one("svg.mark")) for link in page.soup.select("a.idp")}


def test_known_providers_have_their_marks_and_others_a_letter(running: Running) -> None:
    place = site(running)
    names = ["Google", "Facebook", "LoginWithAmazon", "SignInWithApple", "Entra", "Contoso"]
    social(running, place, *names)
    offer(running, place, "COGNITO", *names)
    page = place.at("/login").page
    assert page is not None
    assert marks(page) == {
        "Continue with Google": True,
        "Continue with Facebook": True,
        "Continue with Amazon": True,
        "Continue with Apple": True,
        "Continue with Entra": True,
        "CContinue with Contoso": False,
    }
    drawn = [str(svg) for svg in page.soup.select("a.idp svg")]
    assert len(set(drawn)) == 5
    for colours, svg in zip(("#4285f4", "#1877f2", "#ff9900", "currentColor", "#00a4ef"), drawn, strict=True):
        assert colours in svg


@pytest.mark.parametrize("issuer", ["https://login.microsoftonline.com.evil.example", "https://[", "", "x"])
def test_an_issuer_that_only_resembles_a_known_one_has_no_mark(issuer: str) -> None:
    details = {"oidc_issuer": issuer}
    assert mark_of(Provider("p", "Entra", "OIDC", 0, 0, details)) is None

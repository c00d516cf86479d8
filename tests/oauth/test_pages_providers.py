"""Identity providers on the sign-in page: buttons, a field for an e-mail address, and clients without local users."""

from __future__ import annotations

import pytest

from tests.build import PASSWORD, user
from tests.harness import Running
from tests.oauth.site import OAUTH, Site, site
from tests.oauth.test_pages_look import provide
from tests.saml import metadata


def with_saml(running: Running, place: Site) -> None:
    running.call(
        "CreateIdentityProvider",
        UserPoolId=place.pool,
        ProviderName="Corporate",
        ProviderType="SAML",
        ProviderDetails={"MetadataFile": metadata()},
        IdpIdentifiers=["corp.example"],
    )
    running.call(
        "UpdateUserPoolClient",
        UserPoolId=place.pool,
        ClientId=place.client,
        SupportedIdentityProviders=["COGNITO", "Corporate"],
        **OAUTH,
    )


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
    with_saml(running, place)
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

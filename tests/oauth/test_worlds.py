"""The pages and OAuth endpoints of a world below `/w/<name>/`: every link, redirect and cookie stays there."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
import pytest

from cognito_emulator.seed import fixups
from tests.helpers.browser import APP, Answer, Browser
from tests.helpers.build import PASSWORD, user
from tests.helpers.control_api import JSON_TYPE
from tests.helpers.federated import MAPPING, SOCIAL, with_provider
from tests.helpers.harness import Running
from tests.helpers.saml_idp import corp
from tests.helpers.sign_up_pages import NEW, REQUIRED, passwords
from tests.helpers.site import EMAIL, Site, site
from tests.helpers.worlds import below, made_worlds

W = "/w/one"


@pytest.fixture
def world_one(running: Running) -> Iterator[Running]:
    yield below(running, "one")
    url = f"http://127.0.0.1:{running.port}/_emulator/worlds/one"
    urllib.request.urlopen(urllib.request.Request(url, headers=JSON_TYPE, method="DELETE")).close()


@pytest.fixture
def pages(world_one: Running) -> Site:
    """A pool with pages and one user, in that world alone."""
    made = site(world_one, domain=None, **EMAIL)
    user(world_one, made.pool, email="ann@example.com", email_verified="true")
    return made


def links(answer: Answer) -> list[str]:
    """All addresses of this host in a page."""
    names = ("href", "src", "action", "srcset")
    found = [str(tag[name]) for tag in answer.soup.find_all(True) for name in names if tag.get(name)]
    return [link for link in found if not re.match(r"[a-z]+:|#", link)]


def exchanged(site: Site, code: str, base: str = W) -> Any:
    fields = {"grant_type": "authorization_code", "client_id": site.client, "code": code, "redirect_uri": APP}
    url = f"http://127.0.0.1:{site.running.port}{base}/oauth2/token"
    try:
        with urllib.request.urlopen(url, urlencode(fields).encode()) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return json.load(error)


@pytest.mark.parametrize("host", ["localhost", "pages.auth.localhost"])
def test_a_sign_in_stays_in_the_world_up_to_its_tokens(pages: Site, host: str) -> None:
    if host != "localhost":
        pages.running.call("CreateUserPoolDomain", UserPoolId=pages.pool, Domain="pages", ManagedLoginVersion=2)
        branding: dict[str, Any] = {"UseCognitoProvidedValues": True}
        pages.running.call("CreateManagedLoginBranding", UserPoolId=pages.pool, ClientId=pages.client, **branding)
    browser = Browser(pages.running.port, f"{host}:{pages.running.port}")
    page = browser.get(f"{W}/oauth2/authorize?{pages.query()}")
    assert (page.path, page.status) == (f"{W}/login", 200)
    cookies = page.set_cookies
    while not page.left:
        assert page.path.startswith(f"{W}/")
        page = browser.submit(having="username", username="ann", password=PASSWORD)
        cookies += page.set_cookies
    assert cookies
    found = exchanged(pages, page.params["code"])
    claims = jwt.decode(found["id_token"], options={"verify_signature": False})
    assert (claims["iss"], claims["cognito:username"]) == (f"{pages.running.url}/{pages.pool}", "ann")
    again = browser.get(f"{W}/oauth2/authorize?{pages.query()}")
    assert again.left, "the session of the browser"
    assert exchanged(pages, again.params["code"], base="") == {"error": "invalid_client"}


def test_every_cookie_is_for_the_world_alone(pages: Site) -> None:
    browser = pages.at(f"{W}/login", lang="de")
    assert browser.page is not None
    cookies = browser.page.set_cookies
    signed_in = browser.submit(having="username", follow=False, username="ann", password=PASSWORD)
    cookies += signed_in.set_cookies
    assert {cookie.partition("=")[0] for cookie in cookies} >= {"XSRF-TOKEN", "lang", "cognito"}
    assert {re.findall(r"(?i)path=([^;]*)", cookie)[0] for cookie in cookies} == {W}


@pytest.mark.parametrize("path", ["/login", "/signup", "/forgotPassword", "/login?lang=de", "/error?error=x"])
@pytest.mark.parametrize("version", [1, 2])
def test_every_link_of_a_page_leads_into_the_world(world_one: Running, version: int, path: str) -> None:
    made = site(world_one, version=version, **EMAIL)
    browser = made.browser()
    page = browser.get(f"{W}{path}{'&' if '?' in path else '?'}{made.query()}")
    assert page.status in (200, 400)
    found = links(page)
    assert found
    assert all(link.startswith(f"{W}/") for link in found), found
    for sheet in (link for link in found if ".css" in link):
        style = browser.get(sheet)
        assert (style.status, style.headers["content-type"].partition(";")[0]) == (200, "text/css")
        assert all(link.startswith((f"{W}/", "data:")) for link in re.findall(r"url\([\"']?([^\"')]+)", style.body))


def test_a_sign_up_by_the_pages(world_one: Running) -> None:
    pages = site(world_one, domain=None, **EMAIL, **REQUIRED)
    browser = pages.at(f"{W}/login")
    page = browser.click("Create an account")
    assert page.path == f"{W}/signup"
    page = browser.submit(having="username", **NEW, **passwords())
    assert page.path == f"{W}/confirm"
    browser.submit(having="code", code=page.code)
    users = pages.running.call("ListUsers", UserPoolId=pages.pool)["Users"]
    assert {one["Username"]: one["UserStatus"] for one in users} == {"ann": "CONFIRMED"}


def test_a_sign_out_leads_back_to_the_worlds_login(pages: Site) -> None:
    browser = pages.at(f"{W}/login")
    browser.submit(having="username", username="ann", password=PASSWORD)
    page = browser.get(f"{W}/logout?{pages.query()}")
    assert page.path == f"{W}/login"
    assert "cognito" not in browser.cookies


def test_the_mock_of_google_knows_the_worlds_callback(world_one: Running) -> None:
    made = with_provider(world_one, "Google", "Google", SOCIAL, mapping=MAPPING)
    browser = made.browser()
    page = browser.get(f"{W}/oauth2/authorize?{made.query(identity_provider='Google')}")
    assert page.path == f"{W}/_emulator/idp/{made.pool}/Google/authorize"
    assert page.params["redirect_uri"] == f"{world_one.url}/oauth2/idpresponse"
    answer = browser.submit(having="email", email="zoe@example.com", sub="g-1")
    assert answer.left, answer
    claims = jwt.decode(exchanged(made, answer.params["code"])["id_token"], options={"verify_signature": False})
    assert claims["cognito:username"] == "Google_g-1"
    assert claims["identities"][0]["providerName"] == "Google"


def test_the_mock_redirects_to_no_other_worlds_callback(world_one: Running) -> None:
    made = with_provider(world_one, "Google", "Google", SOCIAL, mapping=MAPPING)
    given = made.browser().get(f"{W}/oauth2/authorize?{made.query(identity_provider='Google')}")
    elsewhere = given.url.replace("%2Fw%2Fone%2Foauth2", "%2Foauth2")
    assert elsewhere != given.url
    assert made.browser().get(elsewhere).status == 400


def test_the_mock_of_a_saml_provider_posts_into_the_world(
    running: Running, world_one: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = made_worlds(monkeypatch)
    found = corp(world_one)

    async def become_mock() -> None:
        fixups.make_mock(made[0], (found.pool, "Corp"))

    running.run(become_mock())
    browser = found.browser()
    page = browser.get(f"{W}/oauth2/authorize?{found.query(identity_provider='Corp')}")
    assert page.path.startswith(f"{W}/_emulator/idp/{found.pool}/Corp/saml")
    page = browser.submit(having="email", email="zoe@example.com", sub="zoe")
    assert page.form()["action"] == f"{world_one.url}/saml2/idpresponse"
    answer = browser.submit()
    assert answer.left, answer
    claims = jwt.decode(exchanged(found, answer.params["code"])["id_token"], options={"verify_signature": False})
    assert claims["cognito:username"] == "Corp_zoe"


def test_a_link_in_a_message_confirms_in_the_world(world_one: Running) -> None:
    by_link: dict[str, Any] = {"VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_LINK"}}
    made = site(world_one, domain="linked", **EMAIL, **by_link)
    address = [{"Name": "email", "Value": "bob@example.com"}]
    world_one.call("SignUp", ClientId=made.client, Username="bob", Password=PASSWORD, UserAttributes=address)
    with urllib.request.urlopen(f"{world_one.url}/_emulator/messages") as answer:
        link = json.load(answer)["messages"][-1]["link"]
    assert urlsplit(link).path == f"{W}/confirmUser/"
    assert Browser(made.running.port).get(link).status == 200
    assert world_one.call("AdminGetUser", UserPoolId=made.pool, Username="bob")["UserStatus"] == "CONFIRMED"

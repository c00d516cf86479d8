"""The authorization code grant, walked on the console."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from cognito_emulator.console.walk import challenge_of
from tests.helpers.build import PASSWORD, Setup, setup, user
from tests.helpers.console_site import FORM, OAUTH, ROOT, Answer, Site
from tests.helpers.harness import Running

PATH = f"{ROOT}/flows"


@pytest.fixture(params=[False, True], ids=["public", "secret"])
def place(request: pytest.FixtureRequest, running: Running) -> Setup:
    made = setup(running, {**OAUTH, "GenerateSecret": request.param, "LogoutURLs": ["http://localhost:3000/bye"]})
    user(running, made.pool, email="ann@example.com")
    return made


def signed_in(site: Site, authorize: str) -> str:
    """Sign in on the login page; the address that the browser is led to."""
    path = authorize.removeprefix(site.origin)
    page = site.request("GET", path)
    while page.status in (302, 303):
        page = site.request("GET", page.headers["location"].removeprefix(site.origin))
    login = page.soup.select_one("form[name=cognitoSignInForm], form")
    assert login is not None
    fields = {str(one["name"]): str(one.get("value") or "") for one in page.soup.select("form input[name]")}
    fields |= {"username": "ann", "password": PASSWORD}
    action = str(login.get("action") or page.path).removeprefix(site.origin)
    answer = site.request("POST", action, urlencode(fields), {**FORM, "origin": site.origin})
    assert answer.status in (302, 303), answer.text
    return answer.headers["location"]


def use(site: Site, page: Answer, place: Setup, do: str) -> Answer:
    names = ("id_token", "access_token", "refresh_token")
    fields = {name: str(page.soup.select(f"input[name={name}]")[0]["value"]) for name in names}
    return site.post(PATH, {"client": place.client, "do": do, **fields})


def test_the_whole_walk(site: Site, place: Setup) -> None:
    page = site.get(f"{PATH}?client={place.client}")
    link = page.soup.select_one("a.primary")
    assert link is not None
    back = signed_in(site, str(link["href"]))
    assert back.startswith("http://localhost:3000/callback?code=")
    tokens = site.post(PATH, {"client": place.client, "do": "exchange", "address": back})
    assert "200" in tokens.words("[role=status]")
    panels = tokens.soup.select("section[aria-label$=_token]")
    claims = {str(one["aria-label"]): one.select("pre")[0].get_text() for one in panels}
    assert '"email": "ann@example.com"' in claims["id_token"]
    assert '"token_use": "access"' in claims["access_token"]
    assert "ann@example.com" in use(site, tokens, place, "userinfo").words("[role=status]")
    fresh = use(site, tokens, place, "refresh")
    assert "access_token" in fresh.words("[role=status]")
    assert "200" in use(site, tokens, place, "revoke").words("[role=status]")
    assert "refused" in use(site, tokens, place, "refresh").words("[role=status]")
    again = site.post(PATH, {"client": place.client, "do": "exchange", "address": back})
    assert "400 refused" in again.words("[role=status]")
    assert "invalid_grant" in again.words("[role=status]")


def test_another_browser_has_another_verifier(running: Running, site: Site, place: Setup) -> None:
    link = site.get(f"{PATH}?client={place.client}").soup.select("a.primary")[0]["href"]
    back = signed_in(site, str(link))
    other = Site(running).post(PATH, {"client": place.client, "do": "exchange", "address": back})
    assert "invalid_grant" in other.words("[role=status]")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://localhost:3000/?error=access_denied&error_description=No", "ended with access_denied. No"),
        ("http://localhost:3000/", "The address has no code."),
        ("http://[x", "This is no address."),
        ("", "The address has no code."),
    ],
)
def test_addresses_without_a_code(site: Site, place: Setup, address: str, expected: str) -> None:
    assert expected in site.post(PATH, {"client": place.client, "do": "exchange", "address": address}).refusal


def test_what_cannot_be_walked(running: Running, site: Site) -> None:
    assert "No app client has a login page." in site.get(PATH).words()
    place = setup(running)
    assert "AllowedOAuthFlowsUserPoolClient is not on." in site.get(f"{PATH}?client={place.client}").words()
    site.get(f"{PATH}?client=x", 404)
    for do in ("x", ""):
        assert "'do' must be one of" in site.post(PATH, {"client": place.client, "do": do}).refusal
    for do in ("refresh", "userinfo", "revoke", "exchange"):
        odd: dict[str, Any] = {"client": place.client, "do": do, "access_token": "\u00e9\r\nx", "refresh_token": "x"}
        answer = site.post(PATH, {**odd, "address": "http://x/?code=y"})
        assert answer.status in (200, 400), do


def test_the_challenge_is_rfc_7636s() -> None:
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_links_parameters(site: Site, place: Setup) -> None:
    link = str(site.get(f"{PATH}?client={place.client}").soup.select("a.primary")[0]["href"])
    values = {name: found[0] for name, found in parse_qs(urlsplit(link).query).items()}
    assert values["code_challenge_method"] == "S256"
    assert re.fullmatch(r"[\w-]{43}", values["code_challenge"])
    assert values["redirect_uri"] == "http://localhost:3000/callback"

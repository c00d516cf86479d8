"""Sign-in at a real OpenID provider on this machine: npm's oidc-provider, with its own pages and its own checks."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, build_opener

import pytest
from bs4 import BeautifulSoup

from tests.helpers.browser import Browser
from tests.helpers.build import refused
from tests.helpers.federated import MAPPING, SECRET, refusal, tokens, users, with_provider
from tests.helpers.foreign_logins import know_oidc, oidc_pool
from tests.helpers.harness import Running
from tests.helpers.identity_pools import UNSUPPORTED, forged, payload
from tests.helpers.npm import install
from tests.helpers.site import Site

FOLDER = Path(__file__).parent / "node"
pytestmark = pytest.mark.clients


@pytest.fixture(scope="module")
def issuer(shared_server: Running) -> Iterator[str]:
    """The provider's issuer; it knows one client, `rp`."""
    install(FOLDER)
    given = {"callback": f"{shared_server.url}/oauth2/idpresponse", "clientId": "rp", "secret": SECRET}
    started = subprocess.Popen(["node", "provider.mjs"], cwd=FOLDER, stdin=-1, stdout=-1, stderr=-3, text=True)
    assert started.stdin is not None
    assert started.stdout is not None
    with started:
        started.stdin.write(json.dumps(given) + "\n")
        started.stdin.flush()
        yield json.loads(started.stdout.readline())["issuer"]
        started.stdin.close()
        started.wait(10)


@pytest.fixture
def site(running: Running, issuer: str) -> Site:
    details = {
        "client_id": "rp",
        "client_secret": SECRET,
        "authorize_scopes": "openid email profile",
        "oidc_issuer": issuer,
        "attributes_request_method": "GET",
    }
    return with_provider(running, "Real", "OIDC", details, mapping=MAPPING)


class _NoRedirect(HTTPRedirectHandler):
    """An answer is handed over as it is."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Visitor:
    """A browser at the provider: keeps cookies, follows redirects, until it is sent back to the emulator."""

    def __init__(self, home: str) -> None:
        self.home = home
        self.opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()), _NoRedirect())

    def go(self, url: str, fields: dict[str, str] | None = None) -> tuple[str, BeautifulSoup]:
        """(address, page) where it ends; no page where that is the emulator."""
        for _ in range(10):
            if url.startswith(self.home):
                return url, BeautifulSoup("", "html.parser")
            status, headers, body = self._once(url, fields)
            if status not in (302, 303):
                assert status == 200, body
                return url, BeautifulSoup(body, "html.parser")
            url, fields = urljoin(url, headers["location"]), None
        raise AssertionError("too many redirects")

    def _once(self, url: str, fields: dict[str, str] | None) -> tuple[int, Any, str]:
        from urllib.error import HTTPError

        try:
            answer = self.opener.open(url, urlencode(fields).encode() if fields is not None else None, timeout=20)
        except HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.headers, answer.read().decode()

    def submit(self, url: str, page: BeautifulSoup, **changed: str) -> tuple[str, BeautifulSoup]:
        form = page.form
        assert form is not None, page
        fields = {str(one["name"]): str(one.get("value", "")) for one in form.find_all("input") if one.get("name")}
        return self.go(urljoin(url, str(form["action"])), {**fields, **changed})


def to_the_provider(site: Site, browser: Browser, visitor: Visitor, **more: str) -> tuple[str, BeautifulSoup]:
    answer = browser.get(f"/oauth2/authorize?{site.query(identity_provider='Real', **more)}", follow=False)
    return visitor.go(answer.headers["location"])


def test_a_sign_in(running: Running, site: Site) -> None:
    browser, visitor = site.browser(), Visitor(running.url)
    url, page = to_the_provider(site, browser, visitor)
    url, page = visitor.submit(url, page, login="ann", password="x")
    url, page = visitor.submit(url, page)  # consent
    assert url.startswith(f"{running.url}/oauth2/idpresponse?code=")
    found = tokens(site, browser.get(url.removeprefix(running.url)).params["code"])
    assert (found["cognito:username"], found["email"], found["email_verified"]) == ("Real_ann", "ann@example.com", True)
    assert users(running, site.pool)["Real_ann"]["name"] == "Name of ann"
    # A new browser session here, the provider's own goes on: nobody is asked again, and it is the same user.
    browser = site.browser()
    url, page = to_the_provider(site, browser, visitor)
    again = tokens(site, browser.get(url.removeprefix(running.url)).params["code"])
    assert again["sub"] == found["sub"]
    # prompt=login is the provider's to heed.
    url, page = to_the_provider(site, site.browser(), visitor, prompt="login")
    assert page.find("input", {"name": "login"}) is not None


def test_the_user_gives_up(running: Running, site: Site) -> None:
    browser, visitor = site.browser(), Visitor(running.url)
    url, page = to_the_provider(site, browser, visitor)
    abort = next(str(one["href"]) for one in page.find_all("a") if "abort" in str(one["href"]))
    url, _ = visitor.go(urljoin(url, abort))
    error, text = refusal(browser.get(url.removeprefix(running.url)))
    assert (error, text) == ("access_denied", "End-User aborted interaction")


def test_a_code_is_good_once_and_the_secret_is_checked(running: Running, site: Site) -> None:
    browser, visitor = site.browser(), Visitor(running.url)
    url, page = to_the_provider(site, browser, visitor)
    url, page = visitor.submit(url, page, login="bob", password="x")
    url, page = visitor.submit(url, page)
    provider = running.call("DescribeIdentityProvider", UserPoolId=site.pool, ProviderName="Real")["IdentityProvider"]
    details = {**provider["ProviderDetails"], "client_secret": "wrong"}
    running.call("UpdateIdentityProvider", UserPoolId=site.pool, ProviderName="Real", ProviderDetails=details)
    error, text = refusal(browser.get(url.removeprefix(running.url)))
    assert (error, text.startswith("Real Error - 401 invalid_client")) == ("invalid_request", True)


def test_its_id_token_is_a_login_of_an_identity_pool(running: Running, site: Site, issuer: str) -> None:
    """As an app without a user pool has it: by a code of its own."""
    arn, host = know_oidc(running, issuer, "rp")
    pool, identity = oidc_pool(running, arn), running.client("cognito-identity")
    first, other = (_id_token(running, issuer, name) for name in ("ann", "bob"))
    known = identity.get_id(IdentityPoolId=pool, Logins={host: first})["IdentityId"]
    assert identity.get_id(IdentityPoolId=pool, Logins={host: other})["IdentityId"] != known
    answer = identity.get_credentials_for_identity(IdentityId=known, Logins={host: first})
    told = payload(answer["Credentials"]["SessionToken"])
    assert (told["sub"], told["amr"]) == (known, ["authenticated", host])
    with refused("NotAuthorizedException", "Invalid login token. Couldn't verify signed token."):
        identity.get_id(IdentityPoolId=pool, Logins={host: forged(first, sub="bob")})
    know_oidc(running, issuer, "other")
    with refused("NotAuthorizedException", UNSUPPORTED):
        identity.get_id(IdentityPoolId=pool, Logins={host: first})


def _id_token(running: Running, issuer: str, name: str) -> str:
    callback = f"{running.url}/oauth2/idpresponse"
    query = {"client_id": "rp", "redirect_uri": callback, "response_type": "code", "scope": "openid", "nonce": "n"}
    visitor = Visitor(running.url)
    url, page = visitor.go(f"{issuer}/auth?{urlencode(query)}")
    url, page = visitor.submit(url, page, login=name, password="x")
    url, page = visitor.submit(url, page)  # consent
    (code,) = parse_qs(urlsplit(url).query)["code"]
    given = {"grant_type": "authorization_code", "code": code, "redirect_uri": callback}
    sent = urlencode({**given, "client_id": "rp", "client_secret": SECRET}).encode()
    with visitor.opener.open(f"{issuer}/token", sent, timeout=20) as answer:
        token: str = json.loads(answer.read())["id_token"]
    return token

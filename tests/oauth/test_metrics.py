"""The metrics of sign-ins on the pages, at identity providers, and at the token endpoint."""

from __future__ import annotations

from tests.helpers.build import PASSWORD, user
from tests.helpers.faults import fail
from tests.helpers.federated import Provider, arrive, depart, tokens, with_provider
from tests.helpers.harness import Running
from tests.helpers.mock_provider import at_page, site_of
from tests.helpers.oauth_client import Browser, oauth_setup
from tests.helpers.site import EMAIL, Site, site
from tests.helpers.token_endpoint import code_for, exchange


def points(running: Running, name: str) -> list[tuple[tuple[str, ...], int, int]]:
    found = [(metric, total, number) for metric, total, number in running.world.metrics if metric.name == name]
    return [(tuple(value for _, value in metric.dimensions), total, number) for metric, total, number in found]


def calls(running: Running) -> dict[str, int]:
    return {values[2]: total for values, total, _ in points(running, "CallCount")}


def test_the_pages(running: Running) -> None:
    at = site(running, **EMAIL)
    user(running, at.pool)
    browser = at.at("/login")
    browser.submit(username="ann", password="Wrong-horse-7")
    assert points(running, "SignInSuccesses") == [((at.pool, at.client), 0, 1)]
    left = browser.submit(username="ann", password=PASSWORD)
    assert points(running, "SignInSuccesses") == [((at.pool, at.client), 0, 1)], "a code is no token"
    tokens(at, left.params["code"])
    assert points(running, "SignInSuccesses") == [((at.pool, at.client), 1, 2)]
    assert calls(running) == {"UserAuthentication": 2}


def test_the_implicit_grant(running: Running) -> None:
    at = site(running)
    user(running, at.pool)
    assert at.at("/login", response_type="token").submit(username="ann", password=PASSWORD).left
    assert points(running, "SignInSuccesses") == [((at.pool, at.client), 1, 1)]


def test_a_sign_up_on_the_pages(running: Running) -> None:
    at = site(running)
    browser = at.at("/signup")
    browser.submit(username="ann", password="short", passwordConfirmation="short")
    assert points(running, "SignUpSuccesses") == [((at.pool, at.client), 0, 1)]
    browser.submit(username="ann", password=PASSWORD, passwordConfirmation=PASSWORD)
    assert points(running, "SignUpSuccesses") == [((at.pool, at.client), 1, 2)]


def test_the_token_endpoint(running: Running) -> None:
    at = oauth_setup(running)
    refresh = exchange(running, at, code_for(running, at)).json["refresh_token"]
    exchange(running, at, "no code")
    assert points(running, "SignInSuccesses") == [((at.pool, at.client), 1, 2)]
    for token in (refresh, "none"):
        form = {"grant_type": "refresh_token", "client_id": at.client, "refresh_token": token}
        Browser(running).token(form)
    assert points(running, "TokenRefreshSuccesses") == [((at.pool, at.client), 1, 2)]
    Browser(running).token({"grant_type": "client_credentials", "client_id": at.client})
    assert calls(running) == {"UserAuthentication": 2, "ClientAuthentication": 1}


def signed_in_there(at: Site, provider: Provider) -> dict[str, str]:
    browser = at.browser()
    sent = depart(at, browser, "Mine")
    provider.nonce = sent["nonce"]
    return arrive(browser, sent).params


def test_federation(running: Running, provider: Provider) -> None:
    at = with_provider(running, "Mine", "OIDC", provider.details)
    code = signed_in_there(at, provider)["code"]
    here = (at.pool, at.client, "Mine")
    assert points(running, "FederationSuccesses") == [], "a code is no token"
    tokens(at, code)
    assert points(running, "FederationSuccesses") == [(here, 1, 1)]
    fail(running, target="idp", error="timeout", times=1)
    assert "error" in signed_in_there(at, provider)
    assert points(running, "FederationSuccesses") == [(here, 1, 2)]
    assert points(running, "SignInSuccesses") == []
    assert calls(running) == {"UserFederation": 2}


def test_a_sign_in_at_the_mock_of_google_is_one_request_that_succeeds(running: Running) -> None:
    site = site_of(running, "Google")
    browser = at_page(site, "Google")
    tokens(site, browser.submit(having="claims", email="zoe@example.com", name="Zoe").params["code"])
    assert points(running, "FederationSuccesses") == [((site.pool, site.client, "Google"), 1, 1)]

"""Faults of pages, OAuth endpoints, key documents, and calls to identity providers."""

from __future__ import annotations

import http.client
import time
from typing import Any

import jwt
import pytest

from tests.helpers.build import PASSWORD, setup, sign_in, user
from tests.helpers.faults import entry_of, fail, struck
from tests.helpers.federated import Provider, arrive, depart, refusal, tokens, with_provider
from tests.helpers.harness import Running
from tests.helpers.oauth_client import Browser, basic, oauth_setup
from tests.helpers.site import Site, site
from tests.helpers.token_endpoint import code_for, exchange

FAULT = "x-emulator-fault"


# --- pages ---------------------------------------------------------------------------------------------------


def test_a_page_that_fails_is_a_page(running: Running) -> None:
    at = site(running)
    rule = fail(running, target="page", path="/login", error={"status": 503, "message": "Down for a test"}, times=1)
    browser = at.at("/login")
    assert browser.page is not None
    assert (browser.page.status, browser.page.headers[FAULT]) == (503, rule)
    assert "Down for a test" in browser.page.soup.get_text()
    again = browser.get(f"/login?{at.query()}")
    assert (again.status, FAULT in again.headers) == (200, False)
    entry = entry_of(running, rule)
    assert (entry.kind, entry.status) == ("page", 503)


def test_a_form_is_matched_by_its_user(running: Running) -> None:
    at = site(running)
    for name in ("ann", "bob"):
        user(running, at.pool, name)
    fail(running, target="page", match={"user": "bob", "client": at.client, "pool": at.pool}, error=500)
    signed_in = at.at("/login").submit(username="ann", password=PASSWORD)
    assert signed_in.left
    refused = at.at("/login").submit(username="bob", password=PASSWORD)
    assert refused.status == 500


def test_a_path_ends_in_anything(running: Running) -> None:
    at = site(running)
    rule = fail(running, path="/mfa/*", error=500)
    assert at.at("/login").page.status == 200  # type: ignore[union-attr]
    assert at.browser().get(f"/mfa/code?{at.query()}").status == 500
    assert struck(running, rule) == 1


def test_a_page_that_is_slow_and_one_that_is_cut_off(running: Running) -> None:
    at = site(running)
    fail(running, target="page", path="/login", latency_ms=120, times=1)
    started = time.perf_counter()
    assert at.at("/login").page.status == 200  # type: ignore[union-attr]
    assert time.perf_counter() - started >= 0.12
    rule = fail(running, target="page", path="/login", drop=True)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        at.at("/login")
    entry = entry_of(running, rule)
    assert entry.status == 0


def test_the_pages_files_and_the_mock_provider_go_on(running: Running) -> None:
    at = site(running)
    fail(running, target=["page", "token"], error=500)
    assert at.browser().get("/_pages/pages.js").status != 500
    assert at.browser().get(f"/_emulator/idp/{at.pool}/None/jwks").status != 500


# --- OAuth endpoints -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "status", "body"),
    [
        ("invalid_grant", 400, {"error": "invalid_grant"}),
        (503, 503, {"error": "temporarily_unavailable"}),
        ({"code": "server_error", "message": "m"}, 500, {"error": "server_error", "error_description": "m"}),
    ],
)
def test_the_token_endpoint(running: Running, error: Any, status: int, body: dict[str, str]) -> None:
    at = oauth_setup(running)
    code = code_for(running, at)
    rule = fail(running, target="token", path="/oauth2/token", error=error, times=1)
    answer = exchange(running, at, code)
    assert (answer.status, answer.headers[FAULT]) == (status, rule)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert body.items() <= answer.json.items()
    assert exchange(running, at, code).status == 200, "the code was not used up"


def test_clients_of_endpoints(running: Running) -> None:
    at, other = oauth_setup(running, GenerateSecret=True), oauth_setup(running)
    fail(running, target="token", match={"client": at.client}, error=503)
    assert at.secret
    assert Browser(running).token({"grant_type": "x"}, authorization=basic(at.client, at.secret)).status == 503
    assert Browser(running).token({"grant_type": "x", "client_id": at.client}).status == 503
    assert exchange(running, other, code_for(running, other)).status == 200


def test_a_bearer_tells_the_user(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    token = sign_in(idp, at)["AccessToken"]
    fail(running, target="token", path="/oauth2/userInfo", match={"user": "ann"}, error=500, times=1)
    found = [Browser(running).request("GET", "/oauth2/userInfo", authorization=f"Bearer {token}") for _ in range(2)]
    assert [one.status for one in found] == [500, 401]


# --- keys ----------------------------------------------------------------------------------------------------


def test_keys_that_have_been_rotated(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    token = sign_in(idp, at)["AccessToken"]
    kid = jwt.get_unverified_header(token)["kid"]
    rule = fail(running, target="jwks", rotate=True, times=1, match={"pool": at.pool})
    path = f"/{at.pool}/.well-known/jwks.json"
    shown = Browser(running).get(path)
    assert (shown.status, shown.headers[FAULT]) == (200, rule)
    assert kid not in {key["kid"] for key in shown.json["keys"]}
    fail(running, id=rule, target="jwks", rotate=True, times=1)
    key = jwt.PyJWKClient(running.url + path, cache_jwk_set=False).get_signing_key_from_jwt(token)
    assert jwt.decode(token, key, algorithms=["RS256"])["username"] == "ann"
    assert struck(running, rule) == 1, "the client has asked again for a key that it did not know"


def test_keys_that_cannot_be_had(running: Running) -> None:
    at, other = setup(running), setup(running)
    fail(running, target="jwks", error=503, match={"pool": at.pool})
    assert Browser(running).get(f"/{at.pool}/.well-known/jwks.json").status == 503
    assert Browser(running).get(f"/{other.pool}/.well-known/jwks.json").status == 200


# --- providers -----------------------------------------------------------------------------------------------


@pytest.fixture
def federated(running: Running, provider: Provider) -> Site:
    return with_provider(running, "Mine", "OIDC", provider.details)


def signed_in_there(at: Site, provider: Provider) -> Any:
    browser = at.browser()
    provider.nonce = depart(at, browser, "Mine")["nonce"]
    assert browser.page is not None
    sent = dict(part.split("=", 1) for part in browser.page.headers["location"].split("?", 1)[1].split("&"))
    return arrive(browser, sent)


@pytest.mark.parametrize(
    ("rule", "description"),
    [
        ({"error": {"status": 503, "code": "temporarily_unavailable", "message": "m"}},
         "Mine Error - 503 temporarily_unavailable m"),
        ({"error": "timeout"}, "Timeout occurred in calling IdP token endpoint"),
        ({"error": "unreachable"}, "Connection reset"),
        ({"drop": True}, "Connection reset"),
        ({"latency_ms": 5_000}, "Timeout occurred in calling IdP token endpoint"),
    ],
)  # fmt: skip
def test_a_provider_that_is_down(
    running: Running, federated: Site, provider: Provider, rule: dict[str, Any], description: str
) -> None:
    made = fail(running, target="idp", operation="Mine", path=f"{provider.url}/token", times=1, **rule)
    answer = signed_in_there(federated, provider)
    assert refusal(answer)[1] == description
    assert struck(running, made) == 1
    entry = entry_of(running, made)
    assert entry.path == "/oauth2/idpresponse"
    assert tokens(federated, signed_in_there(federated, provider).params["code"])["identities"]


def test_other_providers_go_on(running: Running, federated: Site, provider: Provider) -> None:
    fail(running, target="idp", operation="Other", error="timeout")
    fail(running, target="idp", match={"pool": "us-east-1_other"}, error="timeout")
    fail(running, target="idp", path="https://elsewhere.example.com/*", error="timeout")
    assert "code" in signed_in_there(federated, provider).params

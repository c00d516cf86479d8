"""The mock of Google, Facebook, Amazon and Apple: its page, its protocol, and who may use it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest

from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.helpers.browser import Answer, Browser
from tests.helpers.federated import MAPPING, SOCIAL, Provider, refusal, tokens, users, with_provider
from tests.helpers.harness import Running
from tests.helpers.mock_provider import DETAILS, PLAIN, at_page, back, site_of
from tests.helpers.site import Site


@pytest.mark.parametrize("type_", DETAILS)
def test_somebody_who_is_typed(running: Running, type_: str) -> None:
    site = site_of(running, type_)
    browser = at_page(site, type_)
    page = browser.submit(having="claims", email="zoe@example.com", name="Zoe <b>")
    found = tokens(site, back(browser, page).params["code"])
    assert (found["email"], found["email_verified"]) == ("zoe@example.com", type_ in ("Google", "SignInWithApple"))
    (entry,) = found["identities"]
    assert (entry["providerName"], entry["providerType"]) == (type_, type_)
    assert found["cognito:username"] == f"{type_}_{entry['userId']}"
    # He is remembered, and is the same person when he is chosen.
    browser = at_page(site, type_)
    assert browser.page is not None
    assert "Zoe" not in browser.page.body
    page = browser.submit(having="person", person=entry["userId"])
    assert tokens(site, back(browser, page).params["code"])["sub"] == found["sub"]
    assert list(users(running, site.pool)) == [found["cognito:username"]]


@pytest.mark.parametrize("type_", ["Google", "Facebook"])
def test_its_issuer_is_the_same_for_the_browser_and_for_the_emulator(
    running: Running, monkeypatch: pytest.MonkeyPatch, type_: str
) -> None:
    """Where the address follows requests, they reach it by different hosts."""
    monkeypatch.setattr(running.world.address, "follows", True)
    monkeypatch.setattr(running.world.address, "fixed", f"http://other.test:{running.port}")
    monkeypatch.setattr(running.world, "bound_url", f"http://127.0.0.1:{running.port}")
    site = site_of(running, type_)
    browser = at_page(site, type_)
    page = browser.submit(having="claims", email="zoe@example.com")
    found = tokens(site, back(browser, page).params["code"])
    assert found["iss"] == f"{browser.base}/{site.pool}"


def test_samples_are_offered_first(running: Running) -> None:
    site = site_of(running, "Google")
    browser = at_page(site, "Google", login_hint="hint@example.com")
    assert browser.page is not None
    people = browser.page.soup.find_all("button", {"name": "person"})
    assert [one.span.get_text().split("1")[0] for one in people if one.span] == ["ann@example.com", "bob@example.com"]
    assert browser.page.fields(browser.page.form(having="claims"))["email"] == "hint@example.com"
    answer = browser.submit(having="person", person=str(people[1]["value"]))
    assert tokens(site, answer.params["code"])["email"] == "bob@example.com"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "An e-mail address, a name or a sub is needed"),
        ({"sub": "ä"}, "sub is a text of 1 to 255 ASCII characters"),
        ({"sub": "x" * 256}, "sub is a text of 1 to 255 ASCII characters"),
        ({"email": "a@b.c", "claims": "no json"}, "The further claims are no JSON object"),
        ({"email": "a@b.c", "claims": "[1]"}, "The further claims are no JSON object"),
        ({"email": "a@b.c", "claims": '{"iss": "x"}'}, "iss is the provider's to say"),
        ({"claims": '{"sub": 7}'}, "sub is a text of 1 to 255 ASCII characters"),
        ({"name": "x" * 9000}, "The claims have more than 8192 characters"),
    ],
)
def test_somebody_who_cannot_be(running: Running, fields: dict[str, str], text: str) -> None:
    site = site_of(running, "Google")
    page = at_page(site, "Google").submit(having="claims", **fields)
    assert (page.status, page.error) == (200, text)
    assert users(running, site.pool) == {}


def test_further_claims_and_an_unverified_address(running: Running) -> None:
    site = site_of(running, "Google", mapping={**MAPPING, "locale": "lang"})
    browser = at_page(site, "Google")
    assert browser.page is not None
    form = browser.page.form(having="claims")
    fields = {**browser.page.fields(form), "email": "a@b.cc", "claims": '{"lang": "de"}', "sub": "me"}
    del fields["email_verified"]  # the box is not ticked
    found = tokens(site, browser.post(str(form["action"]), fields).params["code"])
    assert found["email_verified"] is False
    assert users(running, site.pool)["Google_me"]["locale"] == "de"


@pytest.mark.parametrize("type_", ["Google", "SignInWithApple"])
def test_nobody_comes_back(running: Running, type_: str) -> None:
    site = site_of(running, type_)
    browser = at_page(site, type_)
    answer = back(browser, browser.submit(having="cancel", cancel="1"))
    assert refusal(answer) == ("access_denied", "The user has cancelled.")


def test_a_form_of_another_site(running: Running) -> None:
    site = site_of(running, "Google")
    browser = at_page(site, "Google")
    page = browser.submit(having="claims", _csrf="forged", email="eve@example.com")
    assert page.error == "The form was not sent by this page. Please try again."
    assert page.headers["x-frame-options"] == "DENY"
    assert users(running, site.pool) == {}


# --- chosen beforehand -------------------------------------------------------------------------------------


def choose(running: Running, pool: str, name: str, body: Any, headers: dict[str, str] | None = None) -> Answer:
    browser = Browser(running.port)
    given = {"content-type": "application/json", **(headers or {})}
    return browser._send("POST", f"{browser.base}/_emulator/idp/{pool}/{name}", json.dumps(body), given)


def test_a_test_chooses_who_comes_back(running: Running) -> None:
    site = site_of(running, "Google")
    answer = choose(running, site.pool, "Google", {"claims": {"email": "ann@example.com", "sub": "g-1", "name": "Ann"}})
    assert answer.status == 200
    shown = json.loads(answer.body)
    assert (shown["mock"], shown["people"][0]["next"], shown["people"][0]["sub"]) == (True, True, "g-1")
    assert shown["issuer"] == f"{running.url}/_emulator/idp/{site.pool}/Google"
    done = site.browser().get(f"/oauth2/authorize?{site.query(identity_provider='Google')}")
    assert tokens(site, done.params["code"])["cognito:username"] == "Google_g-1"
    listed = json.loads(Browser(running.port).get("/_emulator/idp").body)["providers"]
    assert listed == [{"pool": site.pool, "provider": "Google", "type": "Google", "issuer": shown["issuer"]}]
    at_page(site, "Google")  # once
    choose(running, site.pool, "Google", {"claims": {"sub": "a"}})
    choose(running, site.pool, "Google", {"claims": {"sub": "b"}})
    done = site.browser().get(f"/oauth2/authorize?{site.query(identity_provider='Google')}")
    assert tokens(site, done.params["code"])["cognito:username"] == "Google_b"
    at_page(site, "Google")


def test_an_oidc_provider_becomes_a_mock_at_run_time(running: Running, provider: Provider) -> None:
    site = with_provider(running, "My/Own", "OIDC", provider.details)
    assert choose(running, site.pool, "My/Own", {"claims": {"sub": "a"}}).status == 409
    assert choose(running, site.pool, "My/Own", {"mock": True, "claims": {"sub": "a"}}).status == 200
    done = site.browser().get(f"/oauth2/authorize?{site.query(identity_provider='My/Own')}")
    assert tokens(site, done.params["code"])["cognito:username"] == "My/Own_a"
    assert "/token" not in [path for path, _, _ in provider.requests]
    choose(running, site.pool, "My/Own", {"mock": False})
    answer = site.browser().get(f"/oauth2/authorize?{site.query(identity_provider='My/Own')}", follow=False)
    assert answer.headers["location"].startswith(provider.url)


def test_the_old_name_of_mock_is_read_with_a_warning(
    running: Running, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    site = with_provider(running, "Mine", "OIDC", provider.details)
    answer = choose(running, site.pool, "Mine", {"pretend": True, "claims": {"sub": "a"}})
    assert (answer.status, json.loads(answer.body)["mock"]) == (200, True)
    assert [record.getMessage() for record in caplog.records] == [
        "POST /_emulator/idp: the member pretend is now called mock; rename it"
    ]
    site.browser().get(f"/oauth2/authorize?{site.query(identity_provider='Mine')}")  # the choice is used up


@pytest.mark.parametrize(
    ("name", "body", "headers", "status"),
    [
        ("Nobody", {}, {}, 404),
        ("Google", {"x": 1}, {}, 400),
        ("Google", {"claims": []}, {}, 400),
        ("Google", {"claims": {}}, {}, 400),
        ("Google", {"mock": "yes"}, {}, 400),
        ("Google", {"pretend": "yes"}, {}, 400),
        ("Google", {"mock": True, "pretend": True}, {}, 400),
        ("Google", {"claims": {"sub": "a"}}, {"origin": "https://evil.example.com"}, 403),
        ("Google", {"claims": {"sub": "a"}}, {"content-type": "text/plain"}, 415),
    ],
)
def test_choices_that_are_refused(running: Running, name: str, body: Any, headers: dict[str, str], status: int) -> None:
    site = site_of(running, "Google")
    assert choose(running, site.pool, name, body, headers).status == status
    at_page(site, "Google")


# --- the protocol ------------------------------------------------------------------------------------------


def post(running: Running, path: str, **fields: str) -> Answer:
    return Browser(running.port).post(path, fields)


@pytest.fixture
def with_own_keys() -> Iterator[Running]:
    """A server whose keys are all different: those of the shared one come in turn."""
    started = Running(World(Settings(port=0)))
    yield started
    started.stop()


def test_its_documents_and_tokens_are_those_of_openid(with_own_keys: Running) -> None:
    running = with_own_keys
    site = site_of(running, "Google")
    root = f"/_emulator/idp/{site.pool}/Google"
    browser = site.browser()
    document = json.loads(browser.get(f"{root}/.well-known/openid-configuration").body)
    assert document["issuer"] == f"{running.url}{root}"
    code = _code(running, site, nonce="n-1")
    given = {"grant_type": "authorization_code", "code": code, "redirect_uri": f"{running.url}/oauth2/idpresponse"}
    secret = {"client_id": "our-id", "client_secret": "our-secret"}
    answer = json.loads(post(running, f"{root}/token", **given, **secret).body)
    keys = json.loads(browser.get(f"{root}/jwks").body)["keys"]
    claims = jwt.decode(
        answer["id_token"], jwt.PyJWK(keys[0]).key, ["RS256"], audience="our-id", issuer=document["issuer"]
    )
    assert (claims["sub"], claims["nonce"]) == ("p-1", "n-1")
    pool_keys = json.loads(browser.get(f"/{site.pool}/.well-known/jwks.json").body)["keys"]
    assert keys[0]["kid"] not in [one["kid"] for one in pool_keys]
    again = post(running, f"{root}/token", **given, **secret)
    assert (again.status, json.loads(again.body)) == (400, {"error": "invalid_grant"})


def _code(running: Running, site: Site, **more: str) -> str:
    choose(running, site.pool, "Google", {"claims": {"sub": "p-1"}})
    asked = {"client_id": "our-id", "response_type": "code", "redirect_uri": f"{running.url}/oauth2/idpresponse"}
    root = f"/_emulator/idp/{site.pool}/Google"
    answer = Browser(running.port).get(f"{root}/authorize?{urlencode({**asked, **more})}", follow=False)
    return answer.headers["location"].partition("code=")[2].partition("&")[0]


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_id": "other"}, 401, "invalid_client"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"code": "made-up"}, 400, "invalid_grant"),
        ({"redirect_uri": "http://localhost/other"}, 400, "invalid_grant"),
    ],
)
def test_token_requests_that_are_refused(running: Running, changed: dict[str, str], status: int, error: str) -> None:
    site = site_of(running, "Google")
    given = {
        "grant_type": "authorization_code",
        "code": _code(running, site),
        "redirect_uri": f"{running.url}/oauth2/idpresponse",
        "client_id": "our-id",
        "client_secret": "our-secret",
        **changed,
    }
    answer = post(running, f"/_emulator/idp/{site.pool}/Google/token", **given)
    assert (answer.status, json.loads(answer.body)) == (status, {"error": error})


def test_a_code_ends(running: Running) -> None:
    site = site_of(running, "Google")
    code = _code(running, site)
    running.world.clock.advance(300)
    given = {"grant_type": "authorization_code", "code": code, "redirect_uri": f"{running.url}/oauth2/idpresponse"}
    secret = {"client_id": "our-id", "client_secret": "our-secret"}
    answer = post(running, f"/_emulator/idp/{site.pool}/Google/token", **given, **secret)
    assert json.loads(answer.body) == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "https://evil.example.com/oauth2/idpresponse"},
        {"redirect_uri": "http://localhost/elsewhere"},
        {"redirect_uri": "http://localhost/oauth2/idpresponse#x"},
        {"redirect_uri": "http://[::1/oauth2/idpresponse"},
        {"redirect_uri": "//localhost/oauth2/idpresponse"},
        {"client_id": "other"},
        {"response_type": "token"},
    ],
)
def test_it_sends_browsers_nowhere_else(running: Running, changed: dict[str, str]) -> None:
    site = site_of(running, "Google")
    choose(running, site.pool, "Google", {"claims": {"sub": "p-1"}})
    asked = {"client_id": "our-id", "response_type": "code", "redirect_uri": f"{running.url}/oauth2/idpresponse"}
    query = urlencode({**asked, **changed})
    answer = Browser(running.port).get(f"/_emulator/idp/{site.pool}/Google/authorize?{query}", follow=False)
    assert (answer.status, "location" in answer.headers) == (400, False)


@pytest.mark.parametrize("path", [".well-known/openid-configuration", "jwks", "token", "userinfo"])
def test_it_stands_in_for_nobody_else(running: Running, provider: Provider, path: str) -> None:
    site = with_provider(running, "Mine", "OIDC", provider.details)
    assert Browser(running.port).get(f"/_emulator/idp/{site.pool}/Mine/{path}").status == 404


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer x", "Basic abc", "Bearer a.b.c"])
def test_a_profile_is_for_the_bearer(running: Running, token: str) -> None:
    site = site_of(running, "Google")
    browser = Browser(running.port)
    answer = browser._send(
        "GET", f"{browser.base}/_emulator/idp/{site.pool}/Google/userinfo", None, {"authorization": token}
    )
    assert (answer.status, json.loads(answer.body)) == (401, {"error": "invalid_token"})


def test_its_id_tokens_are_no_tokens_of_the_pool(running: Running, idp: Any) -> None:
    """Somebody who has one is nobody here."""
    site = site_of(running, "Google", mapping={**MAPPING, "custom:t": "id_token"}, Schema=_text("t"))
    at_page(site, "Google").submit(having="claims", sub="x")
    presented = users(running, site.pool)["Google_x"]["custom:t"]
    header = json.loads(base64.urlsafe_b64decode(presented.split(".")[0] + "=="))
    assert header["alg"] == "RS256"
    answer = Browser(running.port).get("/oauth2/userInfo", follow=False)
    assert answer.status == 400 or answer.status == 401
    browser = Browser(running.port)
    given = browser._send("GET", f"{browser.base}/oauth2/userInfo", None, {"authorization": f"Bearer {presented}"})
    assert given.status == 401


def _text(name: str) -> list[dict[str, Any]]:
    return [{"Name": name, "AttributeDataType": "String", "Mutable": True}]


def test_who_was_there_goes_with_the_provider(running: Running, idp: Any) -> None:
    site = site_of(running, "Google")
    at_page(site, "Google").submit(having="claims", email="zoe@example.com")
    store = running.world.store
    assert len(store.people) == 1
    idp.delete_identity_provider(UserPoolId=site.pool, ProviderName="Google")
    assert len(store.people) == 0


# --- a social provider elsewhere ---------------------------------------------------------------------------


def test_a_social_provider_led_to_another_place(running: Running, provider: Provider) -> None:
    details = {
        **DETAILS["Facebook"],
        "authorize_url": f"{provider.url}/authorize",
        "token_url": f"{provider.url}/token",
        "attributes_url": f"{provider.url}/userinfo?fields=",
    }
    site = with_provider(running, "Facebook", "Facebook", details, mapping={"email": "email"})
    provider.userinfo = {"id": "f-1", "email": "ann@example.com"}
    browser = site.browser()
    answer = browser.get(f"/oauth2/authorize?{site.query(identity_provider='Facebook')}", follow=False)
    assert answer.headers["location"].startswith(f"{provider.url}/authorize?client_id=our-id")
    assert "nonce" not in answer.headers["location"]
    state = answer.headers["location"].partition("state=")[2].partition("&")[0]
    done = browser.get(f"/oauth2/idpresponse?code=c&state={state}")
    assert tokens(site, done.params["code"])["cognito:username"] == "Facebook_f-1"
    asked = {path: fields for path, _, fields in provider.requests}
    assert (asked["/token"]["client_secret"], asked["/userinfo"]) == ("our-secret", {"fields": "email,id"})


def test_a_social_provider_led_astray_in_part_reaches_nobody(running: Running, provider: Provider) -> None:
    details = {**DETAILS["Facebook"], "authorize_url": f"{provider.url}/authorize"}
    site = with_provider(running, "Facebook", "Facebook", details, mapping=PLAIN)
    answer = site.browser().get(f"/oauth2/authorize?{site.query(identity_provider='Facebook')}")
    assert refusal(answer) == ("server_error", "Facebook Error - no token_url, attributes_url")


def test_google_led_to_another_issuer(running: Running, provider: Provider) -> None:
    details = {**SOCIAL, "client_id": "rp", "oidc_issuer": provider.url}
    site = with_provider(running, "Google", "Google", details, mapping=MAPPING)
    browser = site.browser()
    answer = browser.get(f"/oauth2/authorize?{site.query(identity_provider='Google')}", follow=False)
    location = answer.headers["location"]
    provider.nonce = location.partition("nonce=")[2].partition("&")[0]
    state = location.partition("state=")[2].partition("&")[0]
    done = browser.get(f"/oauth2/idpresponse?code=c&state={state}")
    assert tokens(site, done.params["code"])["cognito:username"] == "Google_s-1"

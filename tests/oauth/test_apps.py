"""/oauth2/userInfo, /oauth2/revoke, /logout, discovery, and which pool a host means."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.oauth import hosts
from tests.helpers.build import Setup, refused, setup, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.oauth_client import BYE, CALLBACK, OAUTH, Browser, Reply, basic, oauth_setup, signed_in
from tests.helpers.token_endpoint import code_for, exchange

GONE = "Access token is expired, disabled, or deleted, or the user has globally signed out."


def tokens(running: Running, at: Setup, **asked: str) -> dict[str, Any]:
    found: dict[str, Any] = exchange(running, at, code_for(running, at, **asked)).json
    return found


def ask(running: Running, token: str, host: str | None = None) -> Reply:
    return Browser(running, host).request("GET", "/oauth2/userInfo", authorization=f"Bearer {token}")


# --- userInfo ------------------------------------------------------------------------------------------


def test_userinfo_is_all_texts(running: Running) -> None:
    at = oauth_setup(running)
    sub = user(running, at.pool, email="a@x.org", email_verified="true")
    answer = ask(running, tokens(running, at)["access_token"])
    assert answer.status == 200
    assert answer.json == {"sub": sub, "email": "a@x.org", "email_verified": "true", "username": "ann"}
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_userinfo_without_a_token(running: Running) -> None:
    cases: list[dict[str, Any]] = [{}, {"authorization": "Basic x"}, {"authorization": "Bearer "}]
    for header in cases:
        answer = Browser(running).request("GET", "/oauth2/userInfo", **header)
        assert answer.status == 400
        text = 'error="invalid_request", error_description="Bad OAuth2 request at UserInfo Endpoint"'
        assert answer.headers["www-authenticate"] == text


def test_userinfo_refuses_tokens_that_are_not_good(running: Running, idp: Any) -> None:
    at = oauth_setup(running)
    got = tokens(running, at)
    bad = [got["id_token"], got["access_token"][:-4] + "AAAA", "x", got["refresh_token"]]
    for token in bad:
        answer = ask(running, token)
        assert answer.status == 401
        assert answer.headers["www-authenticate"] == f'error="invalid_token", error_description="{GONE}"'
    assert ask(running, got["access_token"]).status == 200
    running.world.clock.advance(3600)
    assert ask(running, got["access_token"]).status == 401


def test_userinfo_of_a_token_without_openid(running: Running, idp: Any) -> None:
    """One of the API, and one of the authorization endpoint."""
    at = oauth_setup(running)
    browser = signed_in(running, at, user(running, at.pool))
    scope = "aws.cognito.signin.user.admin"
    hosted = browser.authorize(at.client, response_type="token", scope=scope).fragment["access_token"]
    for token in (sign_in(idp, at)["AccessToken"], hosted):
        answer = ask(running, token)
        text = "Access token does not contain openid scope"
        assert (answer.status, answer.json) == (401, {"error": "invalid_token", "error_description": text})
        assert answer.headers["www-authenticate"] == f'error="invalid_token", error_description="{text}"'


def test_userinfo_ends_with_the_sign_in(running: Running, idp: Any) -> None:
    at = oauth_setup(running)
    got = tokens(running, at)
    idp.global_sign_out(AccessToken=got["access_token"])
    assert ask(running, got["access_token"]).status == 401


def test_userinfo_of_a_disabled_user(running: Running) -> None:
    at = oauth_setup(running)
    got = tokens(running, at)
    running.call("AdminDisableUser", UserPoolId=at.pool, Username="ann")
    assert ask(running, got["access_token"]).status == 401


# --- revoke --------------------------------------------------------------------------------------------


def revoke(running: Running, form: dict[str, str], **headers: Any) -> Reply:
    return Browser(running).request("POST", "/oauth2/revoke", form, **headers)


def test_revoking_ends_all_tokens_of_the_sign_in(running: Running, idp: Any) -> None:
    at = oauth_setup(running)
    got = tokens(running, at)
    form = {"token": got["refresh_token"], "client_id": at.client}
    answer = revoke(running, form)
    assert (answer.status, answer.body) == (200, b"")
    assert revoke(running, form).status == 200
    assert ask(running, got["access_token"]).status == 401
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        idp.get_user(AccessToken=got["access_token"])
    refresh = {"grant_type": "refresh_token", "client_id": at.client, "refresh_token": got["refresh_token"]}
    assert Browser(running).token(refresh).json["error"] == "invalid_grant"


def test_errors_of_revoke(running: Running) -> None:
    at = oauth_setup(running, GenerateSecret=True)
    header = {"authorization": basic(at.client, at.secret or "")}
    got = tokens(running, at)
    assert revoke(running, {"token": "unknown"}, **header).status == 200
    missing = revoke(running, {}, **header)
    assert (missing.status, missing.json["error"]) == (400, "invalid_request")
    access = revoke(running, {"token": got["access_token"]}, **header)
    assert (access.status, access.json) == (400, {"error": "unsupported_token_type"})
    for wrong in ({"authorization": basic(at.client, "x")}, {"authorization": basic("nobody", "x")}):
        answer = revoke(running, {"token": got["refresh_token"]}, **wrong)
        assert (answer.status, answer.json["error"]) == (401, "invalid_client")
    none = revoke(running, {"token": got["refresh_token"], "client_id": at.client})
    assert (none.status, none.json["error"]) == (401, "invalid_client")
    made = running.call("CreateUserPoolClient", UserPoolId=at.pool, ClientName="d", **OAUTH)["UserPoolClient"]
    foreign = revoke(running, {"token": got["refresh_token"], "client_id": made["ClientId"]})
    assert (foreign.status, foreign.json["error"]) == (400, "unauthorized_client")
    assert ask(running, got["access_token"]).status == 200


def test_a_client_that_does_not_revoke(running: Running) -> None:
    at = oauth_setup(running, EnableTokenRevocation=False)
    got = tokens(running, at)
    answer = revoke(running, {"token": got["refresh_token"], "client_id": at.client})
    assert (answer.status, answer.json["error"]) == (400, "invalid_request")


# --- logout --------------------------------------------------------------------------------------------


def test_logout_ends_the_session_and_leads_to_the_client(running: Running) -> None:
    at = oauth_setup(running)
    browser = signed_in(running, at, user(running, at.pool))
    answer = browser.get("/logout", client_id=at.client, logout_uri=BYE, redirect_uri=CALLBACK)
    assert (answer.status, answer.location) == (302, BYE)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith('cognito="";')
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Max-Age=0"} <= {part.strip() for part in cookie.split(";")}
    # Whoever kept the cookie is signed out, too.
    assert browser.authorize(at.client).location.startswith("/login?")


def test_logout_leads_to_the_sign_in_page(running: Running) -> None:
    at = oauth_setup(running)
    browser = signed_in(running, at, user(running, at.pool))
    asked = {"client_id": at.client, "redirect_uri": CALLBACK, "response_type": "code", "state": "s"}
    answer = browser.get("/logout", **asked, identity_provider="Google")
    assert answer.location.startswith("/login?")
    scope = "openid email phone profile aws.cognito.signin.user.admin"
    assert answer.query == {**asked, "scope": scope}
    assert browser.get("/logout", **asked, scope="openid").query["scope"] == "openid"


LOGOUT = [
    ({}, "Required String parameter 'redirect_uri' is not present"),
    ({"logout_uri": "https://evil.example.com"}, "Required String parameter 'redirect_uri' is not present"),
    ({"logout_uri": BYE + "/"}, "Required String parameter 'redirect_uri' is not present"),
    ({"client_id": ""}, "Required String parameter 'client_id' is not present"),
    ({"client_id": "1nobody", "logout_uri": BYE}, "Client does not exist."),
    ({"redirect_uri": CALLBACK}, "Required String parameter 'response_type' is not present"),
    ({"redirect_uri": "https://evil.example.com", "response_type": "code"}, "redirect_mismatch"),
]


@pytest.mark.parametrize(("changes", "error"), LOGOUT)
def test_errors_of_logout_end_no_session(running: Running, changes: dict[str, str], error: str) -> None:
    at = oauth_setup(running)
    browser = signed_in(running, at, user(running, at.pool))
    answer = browser.get("/logout", **{"client_id": at.client, **changes})
    assert (answer.status, answer.query["error"]) == (302, error)
    assert answer.location.startswith("/error?")
    assert "code" in browser.authorize(at.client).query


def test_logout_is_got(running: Running) -> None:
    assert Browser(running).request("POST", "/logout", {}).status == 405


# --- hosts ---------------------------------------------------------------------------------------------


def with_domains(running: Running) -> Setup:
    at = oauth_setup(running)
    running.call("CreateUserPoolDomain", UserPoolId=at.pool, Domain="shop", ManagedLoginVersion=2)
    config = {"CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/x"}
    running.call("CreateUserPoolDomain", UserPoolId=at.pool, Domain="auth.shop.test", CustomDomainConfig=config)
    return at


HOSTS = ["shop.auth.localhost", "shop.auth.us-east-1.amazoncognito.com", "auth.shop.test", "SHOP.auth.localhost"]


@pytest.mark.parametrize("host", HOSTS)
def test_a_domain_serves_its_pool_alone(running: Running, host: str) -> None:
    at = with_domains(running)
    browser = signed_in(running, at, user(running, at.pool))
    browser.host = f"{host}:{running.port}"
    code = browser.authorize(at.client).query["code"]
    form = {"grant_type": "authorization_code", "client_id": at.client, "code": code, "redirect_uri": CALLBACK}
    got = browser.token(form)
    assert got.status == 200
    assert ask(running, got.json["access_token"], browser.host).status == 200
    other = oauth_setup(running)
    assert browser.authorize(other.client).query["error"] == "Client does not exist."
    assert browser.token({**form, "client_id": other.client}).json["error"] == "invalid_client"
    assert browser.get("/logout", client_id=other.client, logout_uri=BYE).query["error"] == "Client does not exist."
    strange = tokens(running, other)["access_token"]
    assert ask(running, strange).status == 200
    assert ask(running, strange, browser.host).status == 401


def test_a_domain_that_nobody_has(running: Running) -> None:
    at = with_domains(running)
    for host in ("nobody.auth.localhost", "shop.auth.eu-west-1.amazoncognito.com"):
        answer = Browser(running, host).authorize(at.client)
        assert (answer.status, answer.json["message"]) == (404, "User pool domain does not exist.")


def test_a_proxy_tells_the_name(running: Running) -> None:
    at = with_domains(running)
    other = oauth_setup(running)
    assert at.pool != other.pool
    browser = Browser(running)
    path = f"/oauth2/authorize?client_id={other.client}&redirect_uri={CALLBACK}&response_type=code"
    answer = browser.request("GET", path, x_forwarded_host="auth.shop.test")
    assert answer.query["error"] == "Client does not exist."


def test_the_classic_pages_know_no_prompt(running: Running) -> None:
    at = oauth_setup(running)
    running.call("CreateUserPoolDomain", UserPoolId=at.pool, Domain="old")
    assert Browser(running, "old.auth.localhost").authorize(at.client, prompt="none").location.startswith("/login?")


def test_of_two_regions_domains_the_settings_come_first(running: Running) -> None:
    at = with_domains(running)
    far = running.client(region="eu-west-1")
    pool = far.create_user_pool(PoolName="far")["UserPool"]["Id"]
    far.create_user_pool_domain(UserPoolId=pool, Domain="shop")
    assert hosts.find(running.world, "shop.auth.localhost").pool == running.world.store.pools.get(at.pool)
    found = hosts.find(running.world, "shop.auth.eu-west-1.amazoncognito.com").pool
    assert found is not None
    assert found.id == pool


# --- discovery -----------------------------------------------------------------------------------------


def test_discovery_names_what_is_served(running: Running) -> None:
    at = setup(running)
    document = Browser(running).request("GET", f"/{at.pool}/.well-known/openid-configuration").json
    for name in ("authorization", "token", "userinfo", "revocation", "end_session"):
        address = document[f"{name}_endpoint"]
        assert address.startswith(running.url)
        reply = Browser(running).request("GET", address.removeprefix(running.url))
        assert reply.status != 404, name
    assert document["token_endpoint_auth_methods_supported"] == ["client_secret_basic", "client_secret_post"]
    assert "registration_endpoint" not in document

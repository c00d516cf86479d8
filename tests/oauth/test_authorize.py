"""/oauth2/authorize: what comes back at once, every documented error, and where each goes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import setup, user
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest
from tests.helpers.oauth_client import CALLBACK, CHALLENGE, IN_TOKENS, OAUTH, Browser, claims, oauth_setup, signed_in


def test_without_a_session_the_whole_query_goes_to_the_sign_in_page(running: Running) -> None:
    at = oauth_setup(running)
    path = f"client_id={at.client}&redirect_uri={CALLBACK}&response_type=code&scope=openid%20email&x=%C3%A4"
    answer = Browser(running).request("GET", f"/oauth2/authorize?{path}")
    assert (answer.status, answer.location) == (302, f"/login?{path}")
    assert "no-store" in answer.headers["cache-control"]
    assert "access-control-allow-origin" not in answer.headers


PAGE = [
    ({"client_id": None}, "Required String parameter 'client_id' is not present"),
    ({"client_id": "1nobody"}, "Client does not exist."),
    ({"redirect_uri": None}, "Required String parameter 'redirect_uri' is not present"),
    ({"redirect_uri": "https://evil.example.com/"}, "redirect_mismatch"),
    ({"redirect_uri": CALLBACK + "/"}, "redirect_mismatch"),
    ({"redirect_uri": CALLBACK + "?x=1"}, "redirect_mismatch"),
    ({"redirect_uri": CALLBACK.replace("app", "APP")}, "redirect_mismatch"),
    ({"redirect_uri": CALLBACK + "#x"}, "redirect_mismatch"),
]


@pytest.mark.parametrize(("changes", "error"), PAGE)
def test_what_cannot_be_trusted_is_told_on_a_page(running: Running, changes: dict[str, str | None], error: str) -> None:
    at = oauth_setup(running)
    answer = Browser(running).authorize(changes.pop("client_id", at.client) or "", **changes)
    assert answer.status == 302
    assert answer.location.startswith("/error?")
    assert answer.query["error"] == error
    assert "state" not in answer.query


def test_a_mismatch_names_the_client(running: Running) -> None:
    at = oauth_setup(running)
    answer = Browser(running).authorize(at.client, redirect_uri="https://x.example.com")
    assert answer.location == f"/error?error=redirect_mismatch&client_id={at.client}"


REDIRECTED: list[tuple[dict[str, str | None], str, str | None]] = [
    ({"response_type": None}, "invalid_request", "response_type is required"),
    ({"response_type": "id_token"}, "invalid_request", "invalid_response_type"),
    ({"code_challenge": CHALLENGE}, "invalid_request", "code_challenge_method must be S256"),
    ({"code_challenge": CHALLENGE, "code_challenge_method": "plain"}, "invalid_request", None),
    ({"code_challenge_method": "S256"}, "invalid_request", "code_challenge is missing or malformed"),
    ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request", None),
    ({"scope": "openid nonsense"}, "invalid_request", "invalid_scope"),
    ({"scope": 'open"id'}, "invalid_request", "invalid_scope"),
    ({"scope": "email"}, "invalid_request", "invalid_scope"),
    ({"scope": "openid offline_access"}, "invalid_request", "invalid_scope"),
    ({"prompt": "none"}, "login_required", None),
    ({"prompt": "none login"}, "invalid_request", "invalid_prompt"),
    ({"prompt": "maybe"}, "invalid_request", "invalid_prompt"),
    ({"max_age": "-1"}, "invalid_request", "invalid_max_age"),
    ({"resource": "api"}, "invalid_target", "invalid_resource"),
    ({"resource": "http://api.example.com"}, "invalid_target", "invalid_resource"),
    ({"identity_provider": "Google", "prompt": "none"}, "login_required", None),
]


@pytest.mark.parametrize(("changes", "error", "description"), REDIRECTED)
def test_other_mistakes_go_back_to_the_client(
    running: Running, changes: dict[str, str | None], error: str, description: str | None
) -> None:
    at = oauth_setup(running)
    answer = Browser(running).authorize(at.client, **changes)
    assert answer.status == 302
    assert answer.location.startswith(f"{CALLBACK}?")
    assert (answer.query["error"], answer.query["state"]) == (error, "s t&")
    if description:
        assert answer.query["error_description"] == description
        assert answer.location.index("error_description=") < answer.location.index("&error=")


def test_a_grant_that_the_client_does_not_have(running: Running) -> None:
    at = oauth_setup(running, AllowedOAuthFlows=["implicit"])
    assert Browser(running).authorize(at.client).query["error"] == "unauthorized_client"
    other = oauth_setup(running, AllowedOAuthFlows=["code"])
    answer = Browser(running).authorize(other.client, response_type="token")
    assert (answer.fragment["error"], answer.fragment["state"]) == ("unauthorized_client", "s t&")
    assert "?" not in answer.location


def test_a_client_without_oauth(running: Running) -> None:
    at = setup(running, {"CallbackURLs": [CALLBACK]})
    answer = Browser(running).authorize(at.client)
    assert answer.query["error_description"] == "Client is not enabled for OAuth2.0 flows."
    assert answer.query["error"] == "invalid_request"


def test_a_parameter_that_comes_twice_is_refused(running: Running) -> None:
    at = oauth_setup(running)
    path = f"/oauth2/authorize?client_id={at.client}&redirect_uri={CALLBACK}&redirect_uri=https://evil.example.com"
    assert Browser(running).request("GET", path + "&response_type=code").query["error"] == "invalid_request"


def test_only_get_is_taken(running: Running) -> None:
    assert Browser(running).request("POST", "/oauth2/authorize", {}).status == 405


# --- a live session ------------------------------------------------------------------------------------


def test_a_live_session_gives_a_code_at_once(running: Running) -> None:
    at = oauth_setup(running)
    browser = signed_in(running, at, user(running, at.pool))
    for prompt in (None, "none", "select_account", "consent"):
        answer = browser.authorize(at.client, prompt=prompt)
        assert answer.location.startswith(f"{CALLBACK}?code=")
        assert answer.query["state"] == "s t&"
        assert len(answer.query["code"]) == 36


def test_a_callback_with_a_query_keeps_it(running: Running) -> None:
    at = oauth_setup(running)
    browser = signed_in(running, at, user(running, at.pool))
    answer = browser.authorize(at.client, redirect_uri="myapp://done?x=1", state=None)
    assert answer.location.startswith("myapp://done?x=1&code=")


def test_prompt_login_and_max_age_ask_again(running: Running) -> None:
    at = oauth_setup(running)
    browser = signed_in(running, at, user(running, at.pool))
    assert browser.authorize(at.client, prompt="login").location.startswith("/login?")
    assert "code" in browser.authorize(at.client, max_age="60").query
    running.world.clock.advance(61)
    assert browser.authorize(at.client, max_age="60").location.startswith("/login?")
    assert browser.authorize(at.client, max_age="60", prompt="none").query["error"] == "login_required"
    assert "code" in browser.authorize(at.client, max_age="100").query


def test_the_session_ends_an_hour_after_the_sign_in(running: Running) -> None:
    at = oauth_setup(running)
    browser = signed_in(running, at, user(running, at.pool))
    running.world.clock.advance(3599)
    assert "code" in browser.authorize(at.client).query
    running.world.clock.advance(1)
    assert browser.authorize(at.client).location.startswith("/login?")


def test_the_session_is_for_all_clients_of_its_pool_and_for_no_other(running: Running) -> None:
    at = oauth_setup(running)
    browser = signed_in(running, at, user(running, at.pool))
    made = running.call("CreateUserPoolClient", UserPoolId=at.pool, ClientName="d", **OAUTH)["UserPoolClient"]
    assert "code" in browser.authorize(made["ClientId"]).query
    assert browser.authorize(oauth_setup(running).client).location.startswith("/login?")


def test_a_user_who_is_disabled_or_gone_has_no_session(running: Running) -> None:
    at = oauth_setup(running)
    browser = signed_in(running, at, user(running, at.pool))
    running.call("AdminDisableUser", UserPoolId=at.pool, Username="ann")
    assert browser.authorize(at.client, prompt="none").query["error"] == "login_required"
    running.call("AdminEnableUser", UserPoolId=at.pool, Username="ann")
    assert "code" in browser.authorize(at.client, prompt="none").query
    running.call("AdminDeleteUser", UserPoolId=at.pool, Username="ann")
    assert browser.authorize(at.client, prompt="none").query["error"] == "login_required"


def test_a_made_up_cookie_is_none(running: Running) -> None:
    at = oauth_setup(running)
    assert Browser(running, cookies={"cognito": "x"}).authorize(at.client).location.startswith("/login?")


@needs_newest
def test_each_client_says_how_long_it_takes_a_tracked_session(running: Running) -> None:
    at = oauth_setup(running)
    made = running.call("CreateUserPoolClient", UserPoolId=at.pool, ClientName="d", **OAUTH)["UserPoolClient"]
    tracking: dict[str, Any] = {"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 5}}
    running.call("SetUserPoolSessionConfiguration", UserPoolId=at.pool, **tracking)
    ids = {"UserPoolId": at.pool, "ClientId": made["ClientId"]}
    running.call("SetUserPoolClientSessionConfiguration", **ids, SSOSession={"MaxValidityMinutes": 120})
    browser = signed_in(running, at, user(running, at.pool))
    running.world.clock.advance(3700)
    assert browser.authorize(at.client).location.startswith("/login?")
    assert "code" in browser.authorize(made["ClientId"]).query
    running.world.clock.advance(3500)
    assert browser.authorize(made["ClientId"]).location.startswith("/login?")


# --- implicit ------------------------------------------------------------------------------------------


def test_tokens_come_in_the_fragment(running: Running) -> None:
    at = oauth_setup(running)
    sub = user(running, at.pool, email="ann@example.com")
    browser = signed_in(running, at, sub)
    answer = browser.authorize(at.client, response_type="token", scope="openid email", nonce="n-1")
    got = answer.fragment
    assert answer.location.startswith(f"{CALLBACK}#id_token=")
    assert (got["token_type"], got["expires_in"], got["state"]) == ("bearer", "3600", "s t&")
    assert "refresh_token" not in got
    assert claims(got["id_token"])["nonce"] == "n-1"
    assert claims(got["access_token"])["scope"] == "openid email"


def test_without_openid_there_is_no_id_token(running: Running) -> None:
    at = oauth_setup(running)
    browser = signed_in(running, at, user(running, at.pool))
    scope = "aws.cognito.signin.user.admin"
    got = browser.authorize(at.client, response_type="token", scope=scope).fragment
    assert "id_token" not in got
    assert claims(got["access_token"])["scope"] == scope


def test_unasked_all_scopes_of_the_client_are_granted(running: Running) -> None:
    at = oauth_setup(running)
    browser = signed_in(running, at, user(running, at.pool))
    got = browser.authorize(at.client, response_type="token").fragment
    assert claims(got["access_token"])["scope"] == IN_TOKENS


def test_a_default_redirect_uri_takes_the_place_of_none(running: Running) -> None:
    at = oauth_setup(running, DefaultRedirectURI=CALLBACK)
    browser = signed_in(running, at, user(running, at.pool))
    assert browser.authorize(at.client, redirect_uri=None).location.startswith(f"{CALLBACK}?code=")


def test_the_older_names_of_both_endpoints(running: Running) -> None:
    """As awslabs' cognito-at-edge calls them, at the pool's domain."""
    at = oauth_setup(running)
    running.call("CreateUserPoolDomain", UserPoolId=at.pool, Domain="older")
    browser = signed_in(running, at, user(running, at.pool))
    browser.host = "older.auth.us-east-1.amazoncognito.com"
    query = {"client_id": at.client, "redirect_uri": CALLBACK, "response_type": "code"}
    answer = browser.get("/authorize", **query)
    assert "access-control-allow-origin" not in answer.headers
    form = {"grant_type": "authorization_code", "client_id": at.client, "code": answer.query["code"]}
    got = browser.request("POST", "/token", {**form, "redirect_uri": CALLBACK})
    assert (got.status, got.headers["access-control-allow-origin"]) == (200, "*")
    assert "access_token" in got.json
    assert browser.request("GET", "/token").status == 405

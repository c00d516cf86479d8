"""Whatever is sent to the endpoints, the answer is one of theirs: never a 500."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.helpers.build import user
from tests.helpers.harness import Running
from tests.helpers.oauth_client import CALLBACK, Browser, oauth_setup, signed_in

_NAMES = (
    "client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "prompt", "max_age", "resource",
    "code_challenge", "code_challenge_method", "identity_provider", "idp_identifier", "login_hint", "lang",
    "logout_uri", "grant_type", "code", "code_verifier", "refresh_token", "token", "client_secret",
    "aws_client_metadata", "subject_token", "subject_token_type", "actor_token", "audience",
)  # fmt: skip
_GRANTS = (
    "authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"
)  # fmt: skip
_ANY: dict[str, Any] = {
    "max_examples": 40,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}
_TEXTS = st.text(max_size=20) | st.sampled_from([CALLBACK, "code", "token", "openid", "S256", *_GRANTS])


@settings(**_ANY)
@given(st.dictionaries(st.sampled_from(_NAMES), _TEXTS))
def test_any_parameters(running: Running, params: dict[str, str]) -> None:
    at = oauth_setup(running)
    browser = Browser(running, cookies={"cognito": "x"})
    clean = {name: value.encode("utf-8", "replace").decode() for name, value in params.items()}
    for path in ("/oauth2/authorize", "/logout"):
        assert browser.get(path, **{"client_id": at.client, **clean}).status in (302, 400)
    for path in ("/oauth2/token", "/oauth2/revoke"):
        assert browser.request("POST", path, {"client_id": at.client, **clean}).status in (200, 400, 401, 501)


@settings(**_ANY)
@given(st.binary(max_size=60))
def test_any_bytes(running: Running, body: bytes) -> None:
    form, kind = "application/x-www-form-urlencoded", "application/json"
    at = oauth_setup(running)
    for path in ("/oauth2/token", "/oauth2/revoke"):
        assert Browser(running).request("POST", path, body=body, content_type=form).status in (400, 401)
    answer = Browser(running).request("POST", f"/{at.pool}/oauth2/register", body=body, content_type=kind)
    assert answer.status in (400, 403)
    for scheme in ("Basic", "Bearer", ""):
        header = f"{scheme} {body.hex()}"
        assert Browser(running).request("GET", "/oauth2/userInfo", authorization=header).status in (400, 401)
        assert Browser(running).request("POST", "/oauth2/token", {}, authorization=header).status == 400


def test_a_query_that_is_no_text_goes_on_to_the_page_as_it_is(running: Running) -> None:
    at = oauth_setup(running)
    path = f"/oauth2/authorize?client_id={at.client}&redirect_uri={CALLBACK}&response_type=code&state=%ff%00"
    answer = Browser(running).request("GET", path)
    assert (answer.status, answer.location) == (302, path.replace("/oauth2/authorize", "/login"))


def test_a_callback_in_another_alphabet(running: Running) -> None:
    at = oauth_setup(running, CallbackURLs=[CALLBACK, "myapp://終わり"])
    browser = signed_in(running, at, user(running, at.pool))
    answer = browser.authorize(at.client, redirect_uri="myapp://終わり")
    assert answer.location.startswith("myapp://%E7%B5%82%E3%82%8F%E3%82%8A?code=")

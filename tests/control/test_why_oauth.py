"""Why the OAuth endpoints and the pages refuse: rule, setting, value and remedy in the entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cognito_emulator.domain.rules import RULES
from tests.helpers.build import Setup, setup, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.oauth_client import CALLBACK, CHALLENGE, OAUTH, SCOPES, VERIFIER, Browser, Reply, oauth_setup
from tests.helpers.site import site
from tests.helpers.token_endpoint import code_for, exchange, machine
from tests.helpers.why import ANY, entry_of, why_of

CALLBACKS = [CALLBACK, "myapp://done?x=1"]
Call = Callable[[Running], Reply]


def _authorize(client: dict[str, Any] | None = None, **changes: str | None) -> Call:
    return lambda running: Browser(running).authorize(oauth_setup(running, **(client or {})).client, **changes)


def _without_oauth(running: Running) -> Reply:
    off = {"AllowedOAuthFlowsUserPoolClient": False, "CallbackURLs": [CALLBACK]}
    return Browser(running).authorize(setup(running, off).client)


def _redeem(client: dict[str, Any] | None = None, asked: dict[str, str] | None = None, **more: str) -> Call:
    def call(running: Running) -> Reply:
        at = oauth_setup(running, **(client or {}))
        return exchange(running, at, code_for(running, at, **(asked or {})), **more)

    return call


def _unknown_code(running: Running) -> Reply:
    return exchange(running, oauth_setup(running), "x" * 36)


def _used_code(running: Running) -> Reply:
    at = oauth_setup(running)
    code = code_for(running, at)
    assert exchange(running, at, code).status == 200
    return exchange(running, at, code)


def _late_code(running: Running) -> Reply:
    at = oauth_setup(running)
    code = code_for(running, at)
    running.world.clock.advance(301)
    return exchange(running, at, code)


def _foreign_code(running: Running) -> Reply:
    at = oauth_setup(running)
    code = code_for(running, at)
    made = running.call("CreateUserPoolClient", UserPoolId=at.pool, ClientName="o", **OAUTH)["UserPoolClient"]
    return exchange(running, Setup(at.pool, made["ClientId"]), code)


def _grant(kind: str, **form: str) -> Call:
    def call(running: Running) -> Reply:
        return Browser(running).token({"grant_type": kind, "client_id": oauth_setup(running).client, **form})

    return call


def _revoked(running: Running) -> Reply:
    at = oauth_setup(running)
    token = exchange(running, at, code_for(running, at)).json["refresh_token"]
    browser = Browser(running)
    assert browser.request("POST", "/oauth2/revoke", {"token": token, "client_id": at.client}).status == 200
    return browser.token({"grant_type": "refresh_token", "client_id": at.client, "refresh_token": token})


def _machine(scope: str = "", secret: str = "") -> Call:
    def call(running: Running) -> Reply:
        at = machine(running)
        form = {"grant_type": "client_credentials", "client_id": at.client, "client_secret": secret or at.secret or ""}
        return Browser(running).token(form | ({"scope": scope} if scope else {}))

    return call


def _without_openid(running: Running) -> Reply:
    at = setup(running)
    user(running, at.pool)
    token = sign_in(running.client(), at)["AccessToken"]
    return Browser(running).request("GET", "/oauth2/userInfo", authorization=f"Bearer {token}")


def _revoke(token: str, **client: Any) -> Call:
    def call(running: Running) -> Reply:
        at = oauth_setup(running, **client)
        found = exchange(running, at, code_for(running, at)).json[token]
        return Browser(running).request("POST", "/oauth2/revoke", {"token": found, "client_id": at.client})

    return call


CASES: list[tuple[str, str, str | None, Any, Call]] = [
    ("redirect mismatch", "oauth.redirect-mismatch", "CallbackURLs", CALLBACKS,
     _authorize(redirect_uri=f"{CALLBACK}/")),
    ("unknown client", "oauth.client-unknown", None, "nowhere",
     lambda running: Browser(running).authorize("nowhere")),
    ("missing client", "oauth.parameter-missing", None, "client_id", _authorize(client_id=None)),
    ("client without OAuth", "oauth.client-off", "AllowedOAuthFlowsUserPoolClient", False, _without_oauth),
    ("response type", "oauth.response-type", "response_type", "code token", _authorize(response_type="code token")),
    ("implicit grant", "oauth.grant-not-enabled", "AllowedOAuthFlows", ["code"],
     _authorize({"AllowedOAuthFlows": ["code"]}, response_type="token")),
    ("scope", "oauth.scope", "AllowedOAuthScopes", SCOPES, _authorize(scope="openid api/read")),
    ("plain PKCE", "oauth.challenge-method", "code_challenge_method", "plain",
     _authorize(code_challenge=VERIFIER, code_challenge_method="plain")),
    ("prompt none", "oauth.login-required", "prompt", ["none"], _authorize(prompt="none")),
    ("unknown code", "oauth.code-unknown", None, None, _unknown_code),
    ("used code", "oauth.code-used", None, None, _used_code),
    ("expired code", "oauth.code-expired", "lifetime", 300, _late_code),
    ("code of another client", "oauth.code-other-client", "client_id", ANY, _foreign_code),
    ("other redirect", "oauth.redirect-differs", "redirect_uri", CALLBACK, _redeem(redirect_uri=CALLBACKS[1])),
    ("missing verifier", "oauth.verifier-missing", None, None,
     _redeem(asked={"code_challenge": CHALLENGE, "code_challenge_method": "S256"})),
    ("wrong verifier", "oauth.verifier-wrong", None, None,
     _redeem(asked={"code_challenge": CHALLENGE, "code_challenge_method": "S256"}, code_verifier="b" * 50)),
    ("missing secret", "oauth.client-secret", None, None, _redeem({"GenerateSecret": True}, client_secret="")),
    ("needless secret", "oauth.client-secret-unexpected", "GenerateSecret", False, _redeem(client_secret="x")),
    ("unknown grant", "oauth.grant-type-unknown", None, "password", _grant("password")),
    ("refresh flow", "auth.flow-not-enabled", "ExplicitAuthFlows", ANY, lambda running: Browser(running).token(
        {"grant_type": "refresh_token", "refresh_token": "x",
         "client_id": setup(running, {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"]}).client})),
    ("client without machines", "oauth.grant-not-enabled", "AllowedOAuthFlows", ["code", "implicit"],
     _grant("client_credentials")),
    ("revoked refresh token", "tokens.refresh-revoked", None, None, _revoked),
    ("scope of a machine", "oauth.scope", "AllowedOAuthScopes", ["api/read"], _machine("api/write")),
    ("secret of a machine", "oauth.client-secret", None, None, _machine(secret="x")),
    ("userInfo without openid", "oauth.openid-missing", None, None, _without_openid),
    ("revoked access token", "tokens.not-a-refresh-token", None, None, _revoke("access_token")),
    ("revocation off", "tokens.revocation-off", "EnableTokenRevocation", False,
     _revoke("refresh_token", EnableTokenRevocation=False)),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "setting", "value", "call"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_the_entry_of_a_refusal_tells_why(
    running: Running, rule: str, setting: str | None, value: Any, call: Call
) -> None:
    why = why_of(running, call(running).headers)
    assert (why["rule"], why["setting"]) == (rule, setting)
    assert value is ANY or why["value"] == value
    assert (why["sentence"], why["source"], why["remedy"]) == (
        RULES[rule].sentence,
        RULES[rule].source,
        RULES[rule].remedy,
    )


def test_a_secret_is_not_shown(running: Running) -> None:
    """The entry of a wrong secret has neither the sent nor the right one."""
    at = machine(running)
    form = {"grant_type": "client_credentials", "client_id": at.client, "client_secret": "sent-by-mistake"}
    reply = Browser(running).token(form)
    entry = str(entry_of(running, reply.headers["x-emulator-why"].rpartition("/")[2]))
    assert "oauth.client-secret" in entry
    assert "sent-by-mistake" not in entry
    assert str(at.secret) not in entry


@pytest.mark.parametrize(
    ("form", "rule"),
    [
        ({"username": "ann", "password": "Wrong-horse-7"}, "auth.password-wrong"),
        ({"username": "nobody", "password": "Wrong-horse-7"}, "auth.user-unknown"),
        ({"username": "ann", "password": ""}, "auth.password-empty"),
    ],
)
def test_a_page_tells_why(running: Running, form: dict[str, str], rule: str) -> None:
    at = site(running)
    user(running, at.pool)
    browser = at.at("/login")
    answer = browser.submit(follow=False, **form)
    why = why_of(running, answer.headers)
    assert (why["rule"], why["guide"]) == (rule, f"{running.world.public_url}/_emulator/guide/sign-in")

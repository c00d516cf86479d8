"""Scopes of access tokens: none that was deleted, by whichever door; the order of the claim; what a client cannot read
is left out of the answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.helpers.build import PASSWORD, Setup, user
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest
from tests.helpers.oauth_client import CALLBACK, IN_TOKENS, OAUTH, Browser, basic, claims, oauth_setup, signed_in

READ, WRITE = "api/read", "api/write"
BOTH = [{"ScopeName": "read", "ScopeDescription": "r"}, {"ScopeName": "write", "ScopeDescription": "w"}]


def scope_of(token: str) -> set[str]:
    return set(claims(token)["scope"].split())


def pool_with_scopes(running: Running, **client: Any) -> Setup:
    """A pool with a resource server, and a client of both its scopes."""
    at = oauth_setup(running)
    running.call("CreateResourceServer", UserPoolId=at.pool, Identifier="api", Name="api", Scopes=BOTH)
    members = {**OAUTH, "AllowedOAuthScopes": ["openid", READ, WRITE], **client}
    made = running.call("CreateUserPoolClient", UserPoolId=at.pool, ClientName="s", **members)["UserPoolClient"]
    return Setup(at.pool, made["ClientId"], made.get("ClientSecret"))


def machine(running: Running, **client: Any) -> Setup:
    given = {"AllowedOAuthFlows": ["client_credentials"], "GenerateSecret": True, "AllowedOAuthScopes": [READ, WRITE]}
    return pool_with_scopes(running, **{**given, **client})


def drop_write(running: Running, at: Setup) -> None:
    running.call("UpdateResourceServer", UserPoolId=at.pool, Identifier="api", Name="api", Scopes=BOTH[:1])


def add_again(running: Running, at: Setup) -> None:
    running.call("UpdateResourceServer", UserPoolId=at.pool, Identifier="api", Name="api", Scopes=BOTH)


def exchange(running: Running, at: Setup, code: str) -> dict[str, Any]:
    form = {"grant_type": "authorization_code", "client_id": at.client, "code": code, "redirect_uri": CALLBACK}
    answer = Browser(running).token(form)
    assert answer.status == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def test_an_implicit_grant(running: Running) -> None:
    at = pool_with_scopes(running)
    browser = signed_in(running, at, user(running, at.pool))
    drop_write(running, at)
    wanted = {"response_type": "token", "scope": f"openid {READ} {WRITE}"}
    assert scope_of(browser.authorize(at.client, **wanted).fragment["access_token"]) == {"openid", READ}
    running.call("DeleteResourceServer", UserPoolId=at.pool, Identifier="api")
    assert scope_of(browser.authorize(at.client, **wanted).fragment["access_token"]) == {"openid"}


def test_a_code_and_refreshes(running: Running) -> None:
    """What is deleted between code, tokens and refresh is gone at once, and back when it is added again."""
    at = pool_with_scopes(running)
    code = signed_in(running, at, user(running, at.pool)).authorize(at.client).query["code"]
    drop_write(running, at)
    got = exchange(running, at, code)
    assert scope_of(got["access_token"]) == {"openid", READ}
    form = {"grant_type": "refresh_token", "client_id": at.client, "refresh_token": got["refresh_token"]}
    assert scope_of(Browser(running).token(form).json["access_token"]) == {"openid", READ}
    add_again(running, at)
    assert scope_of(Browser(running).token(form).json["access_token"]) == {"openid", READ, WRITE}


@pytest.mark.parametrize("asked", [{}, {"scope": f"{READ} {WRITE}"}])
def test_client_credentials(running: Running, asked: dict[str, str]) -> None:
    at = machine(running)
    drop_write(running, at)
    header = {"authorization": basic(at.client, at.secret or "")}
    answer = Browser(running).token({"grant_type": "client_credentials", **asked}, **header)
    assert scope_of(answer.json["access_token"]) == {READ}


@needs_newest
@pytest.mark.parametrize("asked", [{}, {"Scopes": [READ, WRITE]}])
def test_get_client_token(running: Running, idp: Any, asked: dict[str, Any]) -> None:
    flows = {"AllowedOAuthFlows": [], "AllowedOAuthFlowsUserPoolClient": False}
    at = machine(running, ExplicitAuthFlows=["ALLOW_CLIENT_TOKEN_AUTH"], **flows)
    drop_write(running, at)
    answer = idp.get_client_token(ClientId=at.client, Secret=at.secret, **asked)
    assert scope_of(answer["ClientAuthenticationResult"]["AccessToken"]) == {READ}


@needs_newest
@pytest.mark.parametrize("asked", [{}, {"Scopes": [READ, WRITE]}])
def test_get_derived_token(running: Running, idp: Any, asked: dict[str, Any]) -> None:
    at = pool_with_scopes(running, ExplicitAuthFlows=["ALLOW_TOKEN_EXCHANGE_IMPERSONATION"])
    code = signed_in(running, at, user(running, at.pool)).authorize(at.client).query["code"]
    subject = {"SubjectToken": exchange(running, at, code)["access_token"], "SubjectTokenType": "ACCESS_TOKEN"}
    assert WRITE in idp.get_derived_token(ClientId=at.client, **subject, **asked)["Scopes"]
    drop_write(running, at)
    answer = idp.get_derived_token(ClientId=at.client, **subject, **asked)
    assert WRITE not in scope_of(answer["IssuedToken"]) | set(answer["Scopes"])
    assert READ in scope_of(answer["IssuedToken"])


def test_the_order_of_the_claim_is_not_that_of_the_request(running: Running) -> None:
    at = oauth_setup(running)
    browser = signed_in(running, at, user(running, at.pool))
    asked = " ".join(["profile", "openid", "aws.cognito.signin.user.admin", "email", "phone"])
    token = browser.authorize(at.client, response_type="token", scope=asked).fragment["access_token"]
    assert claims(token)["scope"] == IN_TOKENS


@pytest.mark.parametrize(
    ("scope", "readable", "shown"),
    [
        ("openid profile", ["name", "custom:team"], {"name", "custom:team"}),
        ("openid profile email", ["email"], {"email"}),
        ("openid phone", ["name", "email"], set()),
        (None, ["name"], {"name"}),
    ],
)
def test_a_client_that_cannot_read_all_of_a_scope(
    running: Running, scope: str | None, readable: list[str], shown: set[str]
) -> None:
    """Tokens and userInfo have the readable part [docs: userinfo-endpoint]."""
    at = oauth_setup(running)
    own = [{"Name": "team", "AttributeDataType": "String"}]
    running.call("AddCustomAttributes", UserPoolId=at.pool, CustomAttributes=own)
    made = running.call("CreateUserPoolClient", UserPoolId=at.pool, ClientName="r", **OAUTH, ReadAttributes=readable)
    at = Setup(at.pool, made["UserPoolClient"]["ClientId"])
    attributes: dict[str, Any] = {"name": "Ann", "family_name": "A", "email": "ann@example.com", "custom:team": "red"}
    browser = signed_in(running, at, user(running, at.pool, **attributes))
    got = exchange(running, at, browser.authorize(at.client, scope=scope).query["code"])
    assert set(attributes) & set(claims(got["id_token"])) == shown
    told = Browser(running).request("GET", "/oauth2/userInfo", authorization=f"Bearer {got['access_token']}")
    assert set(attributes) & set(json.loads(told.body)) == shown


def test_tokens_of_the_api_have_the_one_scope(running: Running, idp: Any) -> None:
    at = pool_with_scopes(running, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])
    user(running, at.pool)
    answer = idp.initiate_auth(
        ClientId=at.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD}
    )
    assert scope_of(answer["AuthenticationResult"]["AccessToken"]) == {"aws.cognito.signin.user.admin"}

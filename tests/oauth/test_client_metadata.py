"""Clients that name themselves by the URL of a client metadata document (CIMD): sign-in, codes, tokens, sign-out."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.flows.hosted import authorize
from tests.helpers.build import Setup, refused, setup, user
from tests.helpers.documents import URL, Documents, metadata_setup, policy_for
from tests.helpers.harness import Running
from tests.helpers.metadata_client import BACK, OTHER, ask, browser_at, error_of, exchange, refresh, tokens
from tests.helpers.newest import needs_newest
from tests.helpers.oauth_client import BYE, CALLBACK, OAUTH, Browser, claims, finish

pytestmark = needs_newest


@pytest.fixture(autouse=True)
def _good_document(documents: Documents) -> None:
    documents.put(redirect_uris=[BACK])


def test_a_sign_in_on_the_pages(running: Running, documents: Documents) -> None:
    at = metadata_setup(running)
    user(running, at.pool, email="ann@example.com")
    browser = Browser(running)
    page = ask(browser)
    assert page.location.startswith("/login?")
    assert f"client_id={'https%3A%2F%2Fapp.example.com%2Fclient.json'}" in page.location
    shown = browser.get(page.location)
    assert (shown.status, documents.asked) == (200, [URL])


def test_tokens_and_what_they_say(running: Running, documents: Documents) -> None:
    at = metadata_setup(running)
    browser = browser_at(running, at, email="ann@example.com")
    back = ask(browser, scope="openid email", resource="https://mcp.example.com")
    assert back.location.startswith(f"{BACK}?code=")
    assert back.query["state"] == "s t&"
    answered = exchange(running, back.query["code"]).json
    access, identity = claims(answered["access_token"]), claims(answered["id_token"])
    assert (access["client_id"], access["scope"], access["aud"]) == (
        at.client,
        "openid email",
        "https://mcp.example.com",
    )
    assert (identity["aud"], identity["email"]) == (at.client, "ann@example.com")
    shown = Browser(running).request("GET", "/oauth2/userInfo", authorization=f"Bearer {answered['access_token']}")
    assert shown.json["email"] == "ann@example.com"
    again = refresh(running, answered["refresh_token"]).json
    assert claims(again["access_token"])["client_id"] == at.client
    assert documents.asked == [URL]


def test_implicit_needs_both(running: Running, documents: Documents) -> None:
    browser = browser_at(running, metadata_setup(running))
    reply = ask(browser, response_type="token", code_challenge=None, code_challenge_method=None)
    assert reply.fragment["error"] == "unauthorized_client"
    both = {"grant_types": ["authorization_code", "implicit"], "response_types": ["code", "token"]}
    other = "https://app.example.com/other.json"
    documents.put(other, redirect_uris=[BACK], **both)
    reply = ask(browser, other, response_type="token", code_challenge=None, code_challenge_method=None)
    assert "access_token" in reply.fragment
    at = metadata_setup(running, "https://third.example/*", AllowedOAuthFlows=["code"])
    documents.put("https://third.example/x", redirect_uris=[BACK], **both)
    reply = ask(Browser(running), "https://third.example/x", response_type="token")
    assert (reply.fragment["error"], at.client in reply.location) == ("unauthorized_client", False)


def test_code_needs_both(running: Running, documents: Documents) -> None:
    metadata_setup(running, AllowedOAuthFlows=["implicit"])
    assert ask(Browser(running)).query["error"] == "unauthorized_client"
    documents.put("https://b.example.com/x", redirect_uris=[BACK], grant_types=["refresh_token"])
    metadata_setup(running, "https://b.example.com/*")
    # Both pools accept it now: at the emulator's own host nothing tells which.
    text = error_of(ask(Browser(running), "https://b.example.com/x"))
    assert text == "Several user pools accept this client_id. Send the request to the domain of one of them."


def test_the_document_alone_can_lack_a_grant(running: Running, documents: Documents) -> None:
    documents.put(redirect_uris=[BACK], grant_types=["refresh_token"])
    metadata_setup(running)
    assert ask(Browser(running)).query["error"] == "unauthorized_client"


def test_without_the_refresh_grant_there_is_no_refresh_token(running: Running, documents: Documents) -> None:
    documents.put(redirect_uris=[BACK], grant_types=["authorization_code"])
    browser = browser_at(running, metadata_setup(running))
    answered = tokens(running, browser)
    assert set(answered) == {"id_token", "access_token", "expires_in", "token_type"}
    assert refresh(running, "x").json == {"error": "unauthorized_client"}


def test_a_refresh_needs_the_app_client_s_flow(running: Running, documents: Documents) -> None:
    browser = browser_at(running, metadata_setup(running, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"]))
    token = tokens(running, browser)["refresh_token"]
    assert refresh(running, token).json == {"error": "unauthorized_client"}


@pytest.mark.parametrize("grant", ["client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"])
def test_grants_that_no_such_client_has(running: Running, documents: Documents, grant: str) -> None:
    """Not even with an app client that has a secret and the grant, and a document that names it."""
    documents.put(redirect_uris=[BACK], grant_types=["authorization_code", "client_credentials"])
    at = setup(running)
    server = [{"ScopeName": "read", "ScopeDescription": "r"}]
    running.call("CreateResourceServer", UserPoolId=at.pool, Identifier="api", Name="api", Scopes=server)
    machine = {"AllowedOAuthFlowsUserPoolClient": True, "AllowedOAuthFlows": ["client_credentials"]}
    machine |= {"AllowedOAuthScopes": ["api/read"], "GenerateSecret": True, "ClientName": "m"}
    made = running.call("CreateUserPoolClient", UserPoolId=at.pool, **machine)["UserPoolClient"]
    policy_for(running, Setup(at.pool, made["ClientId"]))
    form = {"grant_type": grant, "client_id": URL}
    assert Browser(running).token(form).json == {"error": "unauthorized_client"}
    answered = Browser(running).token({**form, "client_secret": made["ClientSecret"]}).json
    assert answered == {"error": "invalid_client", "error_description": "invalid_client_secret"}


def test_such_a_client_is_public(running: Running, documents: Documents) -> None:
    at = metadata_setup(running, GenerateSecret=True)
    secret = running.call("DescribeUserPoolClient", UserPoolId=at.pool, ClientId=at.client)["UserPoolClient"]
    browser = browser_at(running, at)
    code = ask(browser).query["code"]
    assert exchange(running, code, client_secret=secret["ClientSecret"]).json["error"] == "invalid_client"
    assert exchange(running, code).status == 200


def test_redirect_uris_are_the_document_s(running: Running, documents: Documents) -> None:
    at = metadata_setup(running)
    browser = browser_at(running, at)
    for uri in (CALLBACK, BACK + "/", BACK + "?x=1", "https://evil.example/back"):
        assert error_of(ask(browser, redirect_uri=uri)) == "redirect_mismatch"
    assert error_of(ask(browser, redirect_uri=None)) == "Required String parameter 'redirect_uri' is not present"
    assert error_of(ask(browser, at.client)) == "redirect_mismatch"


def test_scopes_are_the_app_client_s(running: Running, documents: Documents) -> None:
    documents.put(redirect_uris=[BACK], scope="api/admin")
    browser = browser_at(running, metadata_setup(running, AllowedOAuthScopes=["openid", "email"]))
    reply = ask(browser, scope="openid api/admin")
    assert (reply.query["error"], reply.query["error_description"]) == ("invalid_request", "invalid_scope")
    assert claims(tokens(running, browser)["access_token"])["scope"].split() == ["openid", "email"]


def test_pkce_holds(running: Running, documents: Documents) -> None:
    browser = browser_at(running, metadata_setup(running))
    code = ask(browser).query["code"]
    wrong = exchange(running, code, code_verifier="b" * 50)
    assert wrong.json == {"error": "invalid_grant", "error_description": "invalid_code_verifier"}


# --- codes and tokens belong to one client -----------------------------------------------------------------


@pytest.fixture
def two(running: Running, documents: Documents) -> Setup:
    """A pool whose policy accepts two clients, for one app client."""
    documents.put(OTHER, redirect_uris=[BACK])
    return metadata_setup(running, CallbackURLs=[CALLBACK, BACK])


def test_a_code_of_another_client(running: Running, two: Setup) -> None:
    browser = browser_at(running, two)
    for client, others in ((URL, (OTHER, two.client)), (two.client, (URL,))):
        code = ask(browser, client).query["code"]
        for other in others:
            assert exchange(running, code, other).json == {"error": "invalid_grant"}
        assert exchange(running, code, client).status == 200


def test_a_refresh_token_of_another_client(running: Running, idp: Any, two: Setup) -> None:
    browser = browser_at(running, two)
    token = tokens(running, browser)["refresh_token"]
    for other in (OTHER, two.client):
        answered = refresh(running, token, other).json
        assert answered == {"error": "invalid_grant", "error_description": "Refresh Token has different Client"}
        revoked = Browser(running).request("POST", "/oauth2/revoke", {"client_id": other, "token": token})
        assert (revoked.status, revoked.json["error"]) == (400, "unauthorized_client")
    with refused("NotAuthorizedException", "Refresh Token has different Client"):
        parameters = {"REFRESH_TOKEN": token}
        idp.initiate_auth(ClientId=two.client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)
    with refused("NotAuthorizedException", "Refresh Token has different Client"):
        idp.get_tokens_from_refresh_token(ClientId=two.client, RefreshToken=token)
    with refused("UnauthorizedException"):
        idp.revoke_token(ClientId=two.client, Token=token)
    assert refresh(running, token).status == 200


def test_a_refresh_token_of_the_app_client_is_not_the_client_s(running: Running, two: Setup) -> None:
    browser = browser_at(running, two)
    token = exchange(running, ask(browser, two.client).query["code"], two.client).json["refresh_token"]
    assert refresh(running, token).json["error"] == "invalid_grant"


def test_rotation_keeps_to_the_client(running: Running, documents: Documents) -> None:
    documents.put(OTHER, redirect_uris=[BACK])
    rotating = {"RefreshTokenRotation": {"Feature": "ENABLED"}, "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"]}
    at = metadata_setup(running, **rotating)
    token = tokens(running, browser_at(running, at))["refresh_token"]
    fresh = refresh(running, token).json["refresh_token"]
    assert refresh(running, fresh, OTHER).json["error"] == "invalid_grant"
    assert refresh(running, fresh).status == 200


def test_revocation(running: Running, documents: Documents) -> None:
    browser = browser_at(running, metadata_setup(running))
    token = tokens(running, browser)["refresh_token"]
    assert Browser(running).request("POST", "/oauth2/revoke", {"client_id": URL, "token": token}).status == 200
    assert refresh(running, token).json["error_description"] == "Refresh Token has been revoked"
    stranger = Browser(running).request("POST", "/oauth2/revoke", {"client_id": "https://x.y/z", "token": token})
    assert (stranger.status, stranger.json["error"]) == (401, "invalid_client")


def test_sign_out(running: Running, documents: Documents) -> None:
    documents.put(redirect_uris=[BACK, "https://client.example.com/login"])
    browser = browser_at(running, metadata_setup(running))
    assert browser.get("/logout", client_id=URL, logout_uri=BYE).location == BYE
    again = browser.get("/logout", client_id=URL, redirect_uri=BACK, response_type="code", state="s").location
    assert again.startswith("/login?")
    assert browser.get(again).status == 200
    # What a document names is no sign-out URL.
    for wanted in (BACK, "https://client.example.com/login"):
        assert "redirect_uri" in error_of(browser.get("/logout", client_id=URL, logout_uri=wanted))


def test_a_sign_in_is_for_one_client(running: Running, two: Setup) -> None:
    """What was begun for one is not finished for another, though both stand for the same app client."""

    async def reads() -> list[Any]:
        found = []
        for client in (URL, OTHER, two.client):
            await authorize.load_client(running.world, client, None)
            asked = {"client_id": client, "redirect_uri": BACK, "response_type": "code"}
            found.append(authorize.read(running.world, asked, None))
        return found

    requests = running.run(reads())
    assert len({request.digest for request in requests}) == 3
    assert {request.client_id for request in requests} == {two.client}
    named = [authorize.parameters(running.world, request)["client_id"] for request in requests]
    assert named == [URL, OTHER, two.client]
    assert finish(running, requests[0], user(running, two.pool)).location.startswith(f"{BACK}?code=")


def test_a_policy_that_leads_elsewhere_ends_what_was_begun(running: Running, idp: Any, two: Setup) -> None:
    browser = browser_at(running, two)
    token, code = tokens(running, browser)["refresh_token"], ask(browser).query["code"]
    made = {"UserPoolId": two.pool, "ClientName": "d", **OAUTH, "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"]}
    other = running.call("CreateUserPoolClient", **made)["UserPoolClient"]["ClientId"]
    (policy,) = idp.list_cimd_policies(UserPoolId=two.pool)["CIMDPolicies"]
    place = {"UserPoolId": two.pool, "CIMDPolicyId": policy["CIMDPolicyId"]}
    idp.update_cimd_policy(**place, ClientId=other, URLPatterns=["https://app.example.com/*"])
    assert exchange(running, code).json == {"error": "invalid_grant"}
    assert refresh(running, token).json["error"] == "invalid_grant"
    idp.delete_cimd_policy(**place)
    assert refresh(running, token).json == {"error": "invalid_client"}

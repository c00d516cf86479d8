"""Clients that name themselves by the URL of a client metadata document (CIMD), at all endpoints."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from cognito_emulator.flows.hosted import authorize
from cognito_emulator.flows.tokens import client_metadata
from cognito_emulator.ports.web import Answer, WebError, WebTimeout
from tests.build import Setup, refused, setup, user
from tests.documents import URL, Documents, answer, document, metadata_setup, policy_for
from tests.harness import Running
from tests.newest import needs_newest
from tests.oauth_client import (
    BYE,
    CALLBACK,
    CHALLENGE,
    OAUTH,
    VERIFIER,
    Browser,
    Reply,
    basic,
    claims,
    signed_in,
)

pytestmark = needs_newest
BACK = "https://client.example.com/back"
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


@pytest.fixture
def documents(running: Running) -> Iterator[Documents]:
    inner = running.world.documents
    running.world.documents = made = Documents()
    made.put(redirect_uris=[BACK])
    yield made
    running.world.documents = inner


def browser_at(running: Running, at: Setup, **attributes: Any) -> Browser:
    """A browser in which the pool's user is signed in."""
    return signed_in(running, at, user(running, at.pool, **attributes))


def ask(browser: Browser, client: str = URL, **changes: str | None) -> Reply:
    return browser.authorize(client, **{"redirect_uri": BACK, **PKCE, **changes})


def exchange(running: Running, code: str, client: str = URL, **changes: str) -> Reply:
    form = {"grant_type": "authorization_code", "client_id": client, "code": code, "redirect_uri": BACK}
    return Browser(running).token({**form, "code_verifier": VERIFIER, **changes})


def tokens(running: Running, browser: Browser) -> Any:
    answered = exchange(running, ask(browser).query["code"])
    assert answered.status == 200, answered.body
    return answered.json


def refresh(running: Running, token: str, client: str = URL, **more: str) -> Reply:
    return Browser(running).token({"grant_type": "refresh_token", "client_id": client, "refresh_token": token, **more})


def error_of(reply: Reply) -> str:
    """The text of the error page to which a browser is sent, and nowhere else."""
    assert reply.status == 302
    assert reply.location.startswith("/error?")
    return reply.query["error"]


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


OTHER = "https://b.example.com/x"


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


# --- which URLs, which pool --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "client",
    [
        "https://app.example.org/client.json",
        "https://example.com/client.json",
        "https://evil.example/.example.com/x",
        "http://app.example.com/client.json",
        "HTTPS://app.example.com/client.json",
        "https://",
    ],
)
def test_urls_that_no_policy_accepts(running: Running, documents: Documents, client: str) -> None:
    metadata_setup(running)
    documents.put(client, redirect_uris=[BACK])
    assert error_of(ask(Browser(running), client)) == "Client does not exist."
    assert exchange(running, "x", client).json == {"error": "invalid_client"}
    assert documents.asked == []


@pytest.mark.parametrize(
    "client", ["https://app.example.com/../x", "https://app.example.com/x#", "https://app.example.com:0/x"]
)
def test_urls_that_are_none_of_a_document(running: Running, documents: Documents, client: str) -> None:
    metadata_setup(running, "https://*.example.com*/*")
    assert error_of(ask(Browser(running), client)).startswith("client_id must have")
    assert documents.asked == []


def test_without_a_policy_nothing_is_fetched(running: Running, documents: Documents) -> None:
    setup(running, OAUTH)
    assert error_of(ask(Browser(running))) == "Client does not exist."
    assert documents.asked == []


def test_a_policy_counts_while_its_app_client_and_tier_last(running: Running, idp: Any, documents: Documents) -> None:
    at = metadata_setup(running)
    browser = browser_at(running, at)
    token = tokens(running, browser)["refresh_token"]
    idp.update_user_pool(UserPoolId=at.pool, UserPoolTier="LITE")
    assert error_of(ask(browser)) == "Client does not exist."
    assert refresh(running, token).json == {"error": "invalid_client"}
    idp.update_user_pool(UserPoolId=at.pool, UserPoolTier="ESSENTIALS")
    assert refresh(running, token).status == 200
    idp.delete_user_pool_client(UserPoolId=at.pool, ClientId=at.client)
    assert error_of(ask(browser)) == "Client does not exist."


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


def test_at_a_domain_the_pool_is_known(running: Running, documents: Documents) -> None:
    at, other = metadata_setup(running), metadata_setup(running)
    for pool, name in ((at.pool, "one"), (other.pool, "two")):
        running.call("CreateUserPoolDomain", UserPoolId=pool, Domain=name)
    sub = user(running, at.pool)
    for name in ("one", "two"):
        assert ask(Browser(running, f"{name}.auth.localhost")).location.startswith("/login?")
    code = ask(Browser(running, "one.auth.localhost", signed_in(running, at, sub).cookies)).query["code"]
    form = {"grant_type": "authorization_code", "client_id": URL, "code": code, "redirect_uri": BACK}
    form["code_verifier"] = VERIFIER
    assert Browser(running).token(form).json["error"] == "invalid_client"
    assert Browser(running, "two.auth.localhost").token(form).json == {"error": "invalid_grant"}
    assert Browser(running, "one.auth.localhost").token(form).status == 200


def test_discovery(running: Running, idp: Any, documents: Documents) -> None:
    at = metadata_setup(running)
    other = setup(running, OAUTH)

    def told(pool: str) -> Any:
        return Browser(running).get(f"/{pool}/.well-known/openid-configuration").json

    assert told(at.pool)["client_id_metadata_document_supported"] is True
    assert "none" in told(at.pool)["token_endpoint_auth_methods_supported"]
    assert "client_id_metadata_document_supported" not in told(other.pool)
    idp.update_user_pool(UserPoolId=at.pool, UserPoolTier="LITE")
    assert "client_id_metadata_document_supported" not in told(at.pool)


# --- documents that cannot be used ------------------------------------------------------------------------


UNREACHABLE = "The client metadata document cannot be retrieved."
BAD: list[tuple[Answer | WebError, str]] = [
    (WebError("https://app.example.com/ is no address of the internet: 10.0.0.1"), UNREACHABLE),
    (WebTimeout("too slow"), UNREACHABLE),
    (answer(status=301, location="https://app.example.com/x"), "answers with status 301."),
    (answer(status=500), "answers with status 500."),
    (answer(content_type="text/html"), "must have the content type application/json."),
    (answer(b"{"), "is not valid JSON."),
    (answer([]), "must be a JSON object."),
    (answer(document(client_id=OTHER)), "client_id in the client metadata document must equal its URL."),
    (answer(document(token_endpoint_auth_method="client_secret_post")), "must be none."),
    (answer(document(redirect_uris=[])), "redirect_uris is missing in the client metadata document."),
]


@pytest.mark.parametrize(("found", "text"), BAD)
def test_bad_documents(running: Running, documents: Documents, found: Answer | WebError, text: str) -> None:
    metadata_setup(running)
    documents.answers[URL] = found
    assert error_of(ask(Browser(running))).endswith(text)
    assert error_of(Browser(running).get("/login", client_id=URL, redirect_uri=BACK)).endswith(text)
    answered = exchange(running, "x")
    assert (answered.status, answered.json["error"]) == (400, "invalid_client")
    assert answered.json["error_description"].endswith(text)
    assert len(running.world.store.client_documents) == 0
    # No failure is remembered.
    documents.put(redirect_uris=[BACK])
    assert ask(Browser(running)).location.startswith("/login?")


def test_the_error_page_is_shown(running: Running, documents: Documents) -> None:
    metadata_setup(running)
    documents.answers[URL] = answer(status=404)
    browser = Browser(running)
    shown = browser.get(ask(browser).location)
    assert shown.status == 400
    assert b"answers with status 404." in shown.body


def test_an_expired_document_is_fetched_anew(running: Running, documents: Documents) -> None:
    browser = browser_at(running, metadata_setup(running))
    token = tokens(running, browser)["refresh_token"]
    running.world.clock.advance(86_400)
    documents.put(redirect_uris=["https://new.example.com/back"])
    assert error_of(ask(Browser(running))) == "redirect_mismatch"
    assert refresh(running, token).status == 200
    running.world.clock.advance(86_400)
    documents.answers[URL] = WebError("down")
    assert refresh(running, token).json["error"] == "invalid_client"


def test_requests_at_once_share_one_retrieval(running: Running, documents: Documents) -> None:
    at = metadata_setup(running)
    pool = running.world.store.pools.get(at.pool)
    gate = asyncio.Event()
    inner = documents.fetch

    async def slowly(*given: Any, **more: Any) -> Answer:
        await gate.wait()
        return await inner(*given, **more)

    documents.fetch = slowly  # type: ignore[method-assign]

    async def together() -> None:
        loads = [asyncio.ensure_future(client_metadata.load(running.world, URL, pool)) for _ in range(20)]
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(*loads)

    running.run(together())
    assert documents.asked == [URL]


def test_more_retrievals_than_32_at_once_are_refused(running: Running, documents: Documents) -> None:
    at = metadata_setup(running)
    pool = running.world.store.pools.get(at.pool)
    gate = asyncio.Event()

    async def never(*_: Any, **__: Any) -> Answer:
        await gate.wait()
        raise WebError("down")

    documents.fetch = never  # type: ignore[method-assign]

    async def together() -> list[str]:
        names = [f"https://app.example.com/{number}" for number in range(33)]
        loads = [asyncio.ensure_future(client_metadata.load(running.world, name, pool)) for name in names]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        gate.set()
        return [str(error) for error in await asyncio.gather(*loads, return_exceptions=True)]

    found = running.run(together())
    busy = "Too many client metadata documents are being retrieved. Try again."
    assert found == [UNREACHABLE] * 32 + [busy]


def test_the_store_keeps_no_such_client(running: Running, documents: Documents) -> None:
    at = metadata_setup(running)
    running.run(authorize.load_client(running.world, URL, None))
    client = client_metadata.find(running.world, URL, None)
    assert client is not None
    assert (client.id, client.secrets, client.callback_urls) == (at.client, (), (BACK,))

    async def put() -> None:
        with running.world.store.write():
            running.world.store.clients.put(client)

    with pytest.raises(Exception, match="is no record"):
        running.run(put())


def test_basic_is_no_way_for_a_public_client(running: Running, documents: Documents) -> None:
    metadata_setup(running)
    header = basic("https%3A%2F%2Fapp.example.com%2Fclient.json", "")
    answered = Browser(running).token({"grant_type": "authorization_code", "code": "x"}, authorization=header)
    assert answered.json["error"] == "invalid_client"

"""The Python SDK of the Model Context Protocol, unmodified, against a user pool: a protected server, and clients that
register themselves or have a metadata document, whose users sign in on the pages in Chromium."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from mcp.shared.auth import OAuthClientMetadata
from playwright.sync_api import Browser
from pydantic import AnyUrl

from cognito_emulator.ports.keys import Keys
from cognito_emulator.ports.tls import Authority
from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.browser.journeys import at_app, sign_in
from tests.browser.mcp_apps import SCOPE, McpClient, serve_document, serve_tools
from tests.helpers.build import Setup, setup, user
from tests.helpers.documents import policy_for
from tests.helpers.harness import Running, key_sets_in_turn
from tests.helpers.newest import needs_newest
from tests.helpers.oauth_client import OAUTH, claims

pytestmark = [pytest.mark.clients, needs_newest]
GRANTS = ["authorization_code", "refresh_token"]
Visit = Callable[[str], dict[str, str]]


@pytest.fixture(scope="module")
def mcp_emulator() -> Iterator[Running]:
    running = Running(World(Settings(port=0, allow_http_metadata=True), keys=Keys(key_sets_in_turn())))
    yield running
    running.stop()


@pytest.fixture
def emulator(mcp_emulator: Running) -> Running:
    """An emulator that takes documents of this machine."""
    mcp_emulator.reset()
    return mcp_emulator


@pytest.fixture
def at(emulator: Running) -> Setup:
    """A pool whose resource server is an MCP server's, where apps may register; and a user."""
    made = setup(emulator, DcrConfiguration={"OpenDcrEnabled": True, "AllowedScopes": [SCOPE]})
    tools = [{"ScopeName": "tools", "ScopeDescription": "Call tools"}]
    emulator.call("CreateResourceServer", UserPoolId=made.pool, Identifier="mcp", Name="MCP", Scopes=tools)
    user(emulator, made.pool)
    return made


@pytest.fixture
def tools(emulator: Running, at: Setup) -> Iterator[str]:
    with serve_tools(f"{emulator.url}/{at.pool}") as url:
        yield url


@pytest.fixture
def visit(chromium: Browser, app_url: str) -> Iterator[Visit]:
    """The user: goes where the client sends the browser, and signs in."""
    context = chromium.new_context()
    context.set_default_timeout(15_000)

    def go(url: str) -> dict[str, str]:
        page = context.new_page()
        page.goto(url)
        if urlsplit(page.url).path == "/login":
            sign_in(page)
        found = at_app(page, app_url)
        page.close()
        return found

    yield go
    context.close()


def metadata(app_url: str, **changes: Any) -> OAuthClientMetadata:
    return OAuthClientMetadata(redirect_uris=[AnyUrl(app_url)], client_name="An MCP client", **changes)


@pytest.mark.parametrize("method", ["none", "client_secret_basic", "client_secret_post"])
def test_a_client_that_registers_itself(
    emulator: Running, at: Setup, tools: str, visit: Visit, app_url: str, method: Any
) -> None:
    client = McpClient(tools, metadata(app_url, token_endpoint_auth_method=method))
    said = client.call("whoami", visit)
    assert client.storage.client is not None
    made = client.storage.client.client_id
    assert said == f"ann by {made}"
    shown = emulator.call("DescribeUserPoolClient", UserPoolId=at.pool, ClientId=made)["UserPoolClient"]
    assert (shown["ClientType"], shown["AllowedOAuthScopes"]) == ("DCR", [SCOPE])
    check_refreshed(client)


def check_refreshed(client: McpClient) -> None:
    """The client has another access token than at first, and asked its user once."""
    assert client.first_token is not None
    assert client.storage.tokens is not None
    assert client.storage.tokens.access_token != client.first_token.access_token
    assert client.storage.tokens.refresh_token == client.first_token.refresh_token
    assert client.visits == 1


def test_a_client_with_a_metadata_document(
    emulator: Running,
    at: Setup,
    tools: str,
    visit: Visit,
    app_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    made = emulator.call(
        "CreateUserPoolClient",
        UserPoolId=at.pool,
        ClientName="mcp",
        **{**OAUTH, "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": [SCOPE]},
    )["UserPoolClient"]["ClientId"]
    policy_for(emulator, Setup(at.pool, made), "https://localhost:*/*")
    known = {"redirect_uris": [app_url], "grant_types": GRANTS, "token_endpoint_auth_method": "none"}
    with serve_document(authority.context(("localhost",)), **known) as document:
        client = McpClient(tools, metadata(app_url), document)
        assert client.call("whoami", visit) == f"ann by {made}"
        assert client.storage.client is not None
        assert client.storage.client.client_id == document
        assert client.storage.tokens is not None
        assert claims(client.storage.tokens.access_token)["aud"] == tools
        check_refreshed(client)
    registered = emulator.call("ListUserPoolClients", UserPoolId=at.pool, ClientType="DCR")["UserPoolClients"]
    assert registered == []


def test_the_server_takes_no_other_tokens(emulator: Running, at: Setup, tools: str, visit: Visit, app_url: str) -> None:
    """A token for another resource, and none: 401, with the address of the metadata."""
    with serve_tools(f"{emulator.url}/{at.pool}") as other:
        client = McpClient(other, metadata(app_url))
        client.call("whoami", visit)
    assert client.storage.tokens is not None
    for headers in ({}, {"authorization": f"Bearer {client.storage.tokens.access_token}"}):
        place = urlsplit(tools)
        connection = http.client.HTTPConnection("127.0.0.1", place.port or 80, timeout=30)
        connection.request("POST", place.path, b"{}", {"host": place.netloc, **headers})
        answer = connection.getresponse()
        told = answer.getheader("www-authenticate") or ""
        assert (answer.status, "resource_metadata=" in told) == (401, True)
        connection.close()


def test_without_a_policy_the_client_registers_itself(
    emulator: Running, at: Setup, tools: str, visit: Visit, app_url: str
) -> None:
    """Discovery says what the pool has; a client that could do either goes by it."""
    client = McpClient(tools, metadata(app_url), "https://localhost:1/client.json")
    client.call("whoami", visit)
    assert client.storage.client is not None
    assert client.storage.client.client_id in {one["ClientId"] for one in clients(emulator, at)}


def clients(emulator: Running, at: Setup) -> list[Any]:
    found: list[Any] = emulator.call("ListUserPoolClients", UserPoolId=at.pool, ClientType="DCR")["UserPoolClients"]
    return found

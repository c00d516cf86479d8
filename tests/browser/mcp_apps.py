"""A protected MCP server whose authorization server is a user pool, and an MCP client whose user has a browser."""

from __future__ import annotations

import asyncio
import json
import queue
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import uvicorn
from mcp.client import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyHttpUrl

SCOPE = "mcp/tools"


@dataclass
class Verifier:
    """Judges bearer tokens as a resource server does: signature, issuer, audience, time and use."""

    issuer: str
    resource: str

    async def verify_token(self, token: str) -> AccessToken | None:
        return await asyncio.to_thread(self._verified, token)

    def _verified(self, token: str) -> AccessToken | None:
        try:
            key = jwt.PyJWKClient(f"{self.issuer}/.well-known/jwks.json").get_signing_key_from_jwt(token)
            claims = jwt.decode(token, key.key, ["RS256"], issuer=self.issuer, audience=self.resource)
        except jwt.PyJWTError:
            return None
        if claims["token_use"] != "access":
            return None
        named = {"client_id": claims["client_id"], "subject": claims["sub"], "expires_at": claims["exp"]}
        return AccessToken(token=token, scopes=claims["scope"].split(), resource=claims["aud"], claims=claims, **named)


@contextmanager
def serve_tools(issuer: str) -> Iterator[str]:
    """An MCP server with one tool, which tells who calls it; yields its URL."""
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://localhost:{listening.getsockname()[1]}/mcp"
    settings = AuthSettings(
        issuer_url=AnyHttpUrl(issuer),
        resource_server_url=AnyHttpUrl(url),
        required_scopes=[SCOPE],
        validate_token_resource=True,
    )
    server = MCPServer("tools", token_verifier=Verifier(issuer, url), auth=settings)

    @server.tool()
    def whoami() -> str:
        """Tell who calls."""
        token = get_access_token()
        assert token is not None
        assert token.claims is not None
        return f"{token.claims['username']} by {token.client_id}"

    app = server.streamable_http_app(json_response=True, stateless_http=True)
    running = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield url
    finally:
        running.should_exit = True
        thread.join(10)
        listening.close()


@contextmanager
def serve_document(context: ssl.SSLContext, **members: Any) -> Iterator[str]:
    """A client metadata document, by HTTPS; yields its URL, which is its client_id."""
    documents: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = documents[self.path]
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    url = f"https://localhost:{server.server_port}/client.json"
    documents["/client.json"] = json.dumps({"client_id": url, **members}).encode()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@dataclass
class Storage:
    """What an MCP client keeps."""

    tokens: OAuthToken | None = None
    client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


@dataclass
class McpClient:
    """An MCP client on a thread of its own: the browser's library needs the test's."""

    server: str
    metadata: OAuthClientMetadata
    document: str | None = None
    storage: Storage = field(default_factory=Storage)
    first_token: OAuthToken | None = None
    visits: int = 0

    def call(self, tool: str, visit: Callable[[str], dict[str, str]]) -> str:
        """What the tool answers, twice: the second time the client finds its access token at its end, and refreshes.

        `visit` takes the browser to an address and returns what the callback was told.
        """
        opened: queue.Queue[str | None] = queue.Queue()
        told: queue.Queue[dict[str, str]] = queue.Queue()
        found: list[str | BaseException] = []

        async def open_browser(url: str) -> None:
            opened.put(url)

        async def wait_for_callback() -> AuthorizationCodeResult:
            given = await asyncio.to_thread(told.get, timeout=60)
            return AuthorizationCodeResult(code=given["code"], state=given.get("state"), iss=given.get("iss"))

        provider = OAuthClientProvider(
            self.server, self.metadata, self.storage, open_browser, wait_for_callback, self.document
        )

        async def called() -> str:
            async with (
                create_mcp_http_client(auth=provider) as http,
                Client(streamable_http_client(self.server, http_client=http)) as client,
            ):
                first = await client.call_tool(tool)
                self.first_token = self.storage.tokens
                provider.context.token_expiry_time = 1.0
                second = await client.call_tool(tool)
                assert first.content == second.content
                return str(getattr(second.content[0], "text", ""))

        def work() -> None:
            try:
                found.append(asyncio.run(called()))
            except BaseException as error:
                found.append(error)
            opened.put(None)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        while (url := opened.get(timeout=60)) is not None:
            self.visits += 1
            told.put(visit(url))
        thread.join(10)
        (answer,) = found
        if isinstance(answer, BaseException):
            raise answer
        return answer

"""Each URL that can be set by the API, set to the emulator's own control API: it is not answered there."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from cognito_emulator.domain.errors import ApiError
from cognito_emulator.ports.function_call import Call, FunctionUnreachable
from cognito_emulator.ports.lambda_api import LambdaApi
from cognito_emulator.seed import apply, parse_mapping
from tests.helpers.browser import Answer
from tests.helpers.build import setup
from tests.helpers.federated import Provider, arrive, depart, users, with_provider
from tests.helpers.harness import Running
from tests.helpers.identity_pools import identity_pool
from tests.helpers.site import Site


@pytest.fixture
def answered(running: Running, caplog: pytest.LogCaptureFixture) -> Callable[[], list[int]]:
    """The status of each answer that the control API has given in this test."""
    caplog.set_level(logging.INFO, "emulator.requests")

    def statuses() -> list[int]:
        told = [one.__dict__["fields"] for one in caplog.records if one.name == "emulator.requests"]
        return [one["status"] for one in told if "/_emulator/" in one["operation"] or "/_aws/" in one["operation"]]

    return statuses


def code_for_a_victim(running: Running) -> str:
    made = setup(running, AutoVerifiedAttributes=["email"])
    attributes = [{"Name": "email", "Value": "victim@example.com"}]
    members = {"Username": "victim", "Password": "Passw0rd!", "UserAttributes": attributes}
    running.call("SignUp", ClientId=made.client, **members)
    code = running.world.outbox.all()[-1].code
    assert code is not None
    return code


def with_urls(running: Running, provider: Provider, **urls: str) -> Site:
    known = {
        "authorize_url": f"{provider.url}/authorize",
        "token_url": f"{provider.url}/token",
        "attributes_url": f"{provider.url}/userinfo",
        "jwks_uri": f"{provider.url}/jwks",
    }
    leak = [{"Name": "leak", "AttributeDataType": "String", "Mutable": True}]
    details = {**provider.details, **known, **urls}
    return with_provider(running, "Mine", "OIDC", details, mapping={"custom:leak": "code"}, Schema=leak)


def come(site: Site, provider: Provider) -> Answer:
    browser = site.browser()
    sent = depart(site, browser, "Mine")
    provider.nonce = sent.get("nonce", "")
    return arrive(browser, sent)


@pytest.mark.parametrize("name", ["attributes_url", "token_url", "jwks_uri"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/_emulator/messages/latest", "/_aws/ses"])
def test_a_providers_urls(
    running: Running, provider: Provider, answered: Callable[[], list[int]], name: str, method: str, path: str
) -> None:
    code = code_for_a_victim(running)
    more = {"attributes_request_method": method}
    site = with_urls(running, provider, **{name: f"{running.url}{path}"}, **more)
    answer = come(site, provider)
    assert code not in answer.url
    assert all("custom:leak" not in one for one in users(running, site.pool).values())
    assert answered() == [403]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("name", ["attributes_url", "token_url", "jwks_uri"])
def test_a_redirect(
    running: Running, provider: Provider, answered: Callable[[], list[int]], name: str, status: int
) -> None:
    """Whether or not redirects are followed, they do not lead there."""
    code_for_a_victim(running)
    target = f"{running.url}/_emulator/messages/latest"

    class Redirecting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("location", target)
            self.send_header("content-length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Redirecting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        site = with_urls(running, provider, **{name: f"http://localhost:{server.server_port}/"})
        come(site, provider)
    finally:
        server.shutdown()
        server.server_close()
    assert all("custom:leak" not in one for one in users(running, site.pool).values())
    assert set(answered()) <= {403}


def test_discovery(running: Running, provider: Provider, answered: Callable[[], list[int]]) -> None:
    """The path that discovery adds becomes part of a query."""
    issuer = f"{running.url}/_emulator/messages?to="
    details = {**provider.details, "oidc_issuer": issuer}
    site = with_provider(running, "Mine", "OIDC", details, mapping={})
    answer = site.browser().get(f"/oauth2/authorize?{site.query(identity_provider='Mine')}", follow=False)
    assert "error=server_error" in answer.headers["location"]
    assert set(answered()) == {403}


def test_saml_metadata(running: Running, answered: Callable[[], list[int]]) -> None:
    pool = setup(running).pool
    url = f"{running.url}/_emulator/messages/latest"
    with pytest.raises(ApiError, match="Error retrieving metadata from"):
        running.call(
            "CreateIdentityProvider",
            UserPoolId=pool,
            ProviderName="Corp",
            ProviderType="SAML",
            ProviderDetails={"MetadataURL": url},
            AttributeMapping={},
        )
    assert answered() == [403]


def test_identity_pools(running: Running, provider: Provider, answered: Callable[[], list[int]]) -> None:
    """An OIDC provider of IAM, whose issuer is the control API."""
    url = f"{running.url}/_emulator/messages"
    known = {"OpenIDConnectProviders": [{"Url": url, "ClientIDList": ["web"]}]}
    running.run(apply(running.world, parse_mapping(known)))
    host = url.partition("://")[2]
    arn = f"arn:aws:iam::000000000000:oidc-provider/{host}"
    pool = identity_pool(running, OpenIdConnectProviderARNs=[arn])
    provider.claims = {"aud": "web", "nonce": None, "iss": url}
    token = provider.id_token(running.world.clock.now())
    with pytest.raises(ApiError):
        running.call("GetId", "cognito-identity", IdentityPoolId=pool, Logins={host: token})
    assert set(answered()) == {403}


def test_functions(running: Running, answered: Callable[[], list[int]]) -> None:
    """The addresses of functions are settings and no one else's; they lead there no more than others."""
    called = LambdaApi(f"{running.url}/_emulator/messages")
    with pytest.raises(FunctionUnreachable):
        asyncio.run(called(Call("arn:aws:lambda:us-east-1:000000000000:function:f", b"{}", "r-1", 5)))
    assert set(answered()) == {403}

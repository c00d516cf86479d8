"""User pools with identity providers, and a provider in the test process that says whatever a test wants."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from cognito_emulator.ports.keys import SigningKey, make_key_set
from tests.helpers.browser import APP, Answer, Browser
from tests.helpers.harness import Running
from tests.helpers.site import OAUTH, Site

MAPPING = {"email": "email", "email_verified": "email_verified", "name": "name"}
SOCIAL = {"client_id": "our-id", "client_secret": "our-secret", "authorize_scopes": "openid email profile"}
SECRET = "a client secret of more than 32 characters"


def with_provider(
    running: Running,
    name: str,
    type_: str,
    details: dict[str, str],
    *,
    mapping: dict[str, str] | None = None,
    client: dict[str, Any] | None = None,
    identifiers: list[str] | None = None,
    **pool: Any,
) -> Site:
    """A pool with the provider and a client of both the pool's own users and the provider's."""
    pool_id = running.call("CreateUserPool", PoolName="p", **pool)["UserPool"]["Id"]
    running.call(
        "CreateIdentityProvider",
        UserPoolId=pool_id,
        ProviderName=name,
        ProviderType=type_,
        ProviderDetails=details,
        AttributeMapping=MAPPING if mapping is None else mapping,
        **({"IdpIdentifiers": identifiers} if identifiers else {}),
    )
    members = {"ClientName": "c", **OAUTH, "SupportedIdentityProviders": ["COGNITO", name], **(client or {})}
    made = running.call("CreateUserPoolClient", UserPoolId=pool_id, **members)["UserPoolClient"]
    return Site(running, pool_id, made["ClientId"])


def depart(site: Site, browser: Browser, name: str, **more: str) -> dict[str, str]:
    """Begin a sign-in at the provider; returns the query with which the browser is sent there."""
    answer = browser.get(f"/oauth2/authorize?{site.query(identity_provider=name, **more)}", follow=False)
    assert answer.status == 302, answer.body
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query, keep_blank_values=True))


def arrive(browser: Browser, sent: dict[str, str], **more: str) -> Answer:
    """Come back from the provider with a code."""
    given = {"code": "c-1", "state": sent["state"], **more}
    return browser.get(f"/oauth2/idpresponse?{urlencode(given)}")


def refusal(answer: Answer) -> tuple[str, str]:
    """Error and description that the app is told; its state has to come along."""
    assert answer.url.startswith(APP), answer
    assert answer.params["state"] == "st-1"
    assert "code" not in answer.params
    return answer.params["error"], answer.params.get("error_description", "")


def users(running: Running, pool: str) -> dict[str, dict[str, str]]:
    """The attributes of the pool's users by name, `status` among them."""
    found = running.call("ListUsers", UserPoolId=pool)["Users"]
    return {
        one["Username"]: {"status": one["UserStatus"], **{item["Name"]: item["Value"] for item in one["Attributes"]}}
        for one in found
    }


def tokens(site: Site, code: str) -> dict[str, Any]:
    """The claims of the ID token that the code is good for, the access token as `access_token`."""
    body = {"grant_type": "authorization_code", "client_id": site.client, "code": code, "redirect_uri": APP}
    answer = Browser(site.running.port, site.host).post("/oauth2/token", body)
    assert answer.status == 200, answer.body
    found = json.loads(answer.body)
    part = found["id_token"].split(".")[1]
    return {
        **json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))),
        "access_token": found["access_token"],
    }


@dataclass
class Provider:
    """An OIDC provider whose every answer a test can change.

    `claims` go into the ID token as they are, None values leave one out; `header` into its head. `answers` replace
    whole answers by path: (status, body), `moved` answers a redirect: (status, location); everything is under /moved
    too. `requests` are what it was asked: (path, headers, fields).
    """

    key: SigningKey
    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    moved: dict[str, tuple[int, str]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    sign: Callable[[dict[str, Any]], str] | None = None
    nonce: str = ""
    url: str = ""

    @property
    def details(self) -> dict[str, str]:
        return {
            "client_id": "rp",
            "client_secret": SECRET,
            "authorize_scopes": "openid email",
            "oidc_issuer": self.url,
            "attributes_request_method": "GET",
        }

    def reset(self) -> None:
        self.claims, self.userinfo, self.header, self.answers, self.requests = {}, {}, {}, {}, []
        self.sign, self.nonce, self.moved = None, "", {}

    def id_token(self, now: float) -> str:
        claims = {"iss": self.url, "aud": "rp", "sub": "s-1", "exp": int(now) + 300, "nonce": self.nonce, **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "RS256", "kid": self.key.kid, **self.header}
        return self.sign(claims) if self.sign else self.key.sign(claims, **header)

    def answer(self, path: str, now: float) -> tuple[int, bytes]:
        if path in self.answers:
            return self.answers[path]
        body: dict[str, Any] = {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/jwks",
            },
            "/token": {"access_token": "at-1", "token_type": "Bearer", "id_token": self.id_token(now)},
            "/userinfo": {"sub": "s-1", **self.userinfo},
            "/jwks": {"keys": [self.key.jwk]},
        }[path.removeprefix("/moved")]
        return 200, json.dumps(body).encode()


class _Handler(BaseHTTPRequestHandler):
    def _serve(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        length = int(self.headers.get("content-length") or 0)
        parts = urlsplit(self.path)
        fields = dict(parse_qsl(parts.query) + parse_qsl(self.rfile.read(length).decode()))
        server.provider.requests.append((parts.path, {k.lower(): v for k, v in self.headers.items()}, fields))
        moved = server.provider.moved.get(parts.path)
        status, body = (moved[0], b"") if moved else server.provider.answer(parts.path, server.now())
        self.send_response(status)
        if moved:
            self.send_header("location", moved[1])
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, *_: Any) -> None:
        """Quiet."""


class Server(ThreadingHTTPServer):
    """The provider behind HTTP, on a free port of this machine."""

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.now = now
        self.provider = Provider(make_key_set().id_key)
        self.provider.url = f"http://localhost:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

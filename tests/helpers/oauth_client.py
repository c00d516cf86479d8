"""A browser and an app, for tests of the OAuth endpoints: plain HTTP, no redirect followed, cookies kept."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt

from cognito_emulator.domain.auth.attempt import Attempt, How, Who
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.flows.hosted import authorize
from tests.helpers.build import Setup, setup
from tests.helpers.harness import Running

CALLBACK = "https://app.example.com/back"
BYE = "https://app.example.com/bye"
VERIFIER = "a" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
SCOPES = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"]
# The same in an access token [observed: public tokens].
IN_TOKENS = "aws.cognito.signin.user.admin phone openid profile email"
OAUTH: dict[str, Any] = {
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthFlows": ["code", "implicit"],
    "AllowedOAuthScopes": SCOPES,
    "CallbackURLs": [CALLBACK, "myapp://done?x=1"],
    "LogoutURLs": [BYE],
    "SupportedIdentityProviders": ["COGNITO"],
}


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def location(self) -> str:
        return self.headers["location"]

    @property
    def query(self) -> dict[str, str]:
        """Of the redirect's address."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.location).query).items()}

    @property
    def fragment(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.location).fragment).items()}


@dataclass
class Browser:
    """Asks one host of the server; `host` goes into the Host header."""

    running: Running
    host: str | None = None
    cookies: dict[str, str] = field(default_factory=dict)

    def request(
        self, method: str, path: str, form: dict[str, str] | None = None, body: bytes | None = None, **headers: Any
    ) -> Reply:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.host:
            sent["host"] = self.host
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if form is not None:
            body = urlencode(form).encode()
            sent.setdefault("content-type", "application/x-www-form-urlencoded")
        connection = http.client.HTTPConnection("127.0.0.1", self.running.port, timeout=30)
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, found, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **query: str) -> Reply:
        return self.request("GET", f"{path}?{urlencode(query)}" if query else path)

    def authorize(self, client: str, **changes: str | None) -> Reply:
        """GET /oauth2/authorize for a code; None leaves a parameter out."""
        asked: dict[str, str | None] = {"client_id": client, "redirect_uri": CALLBACK, "response_type": "code"}
        asked |= {"state": "s t&", **changes}
        return self.get("/oauth2/authorize", **{name: value for name, value in asked.items() if value is not None})

    def token(self, form: dict[str, str], **headers: Any) -> Reply:
        return self.request("POST", "/oauth2/token", form, **headers)


def oauth_setup(running: Running, **client: Any) -> Setup:
    """A pool with a client for the code and implicit grants."""
    return setup(running, {**OAUTH, **client})


def signed_in(running: Running, at: Setup, sub: str, username: str = "ann") -> Browser:
    """A browser in which the user is signed in, as after the pages."""
    request = authorize.read(
        running.world, {"client_id": at.client, "redirect_uri": CALLBACK, "response_type": "code"}, None
    )
    finished = finish(running, request, sub, username)
    assert finished.cookie is not None
    return Browser(running, cookies={"cognito": finished.cookie})


def finish(running: Running, request: Any, sub: str, username: str = "ann") -> authorize.Finished:
    """The end of a sign-in on the pages."""
    attempt = Attempt(
        Who(request.pool_id, request.client_id, sub, username),
        How("USER_PASSWORD_AUTH", hosted=request.digest),
        running.world.ids.uuid(),
    )
    return running.run(authorize.finish(running.world, request, attempt, Caller(request.client_id)))


def basic(client: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()


def claims(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found

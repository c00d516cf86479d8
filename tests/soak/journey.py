"""What one user does: each journey begins with a sign-up and ends with a deletion, so that nothing is left of it."""

from __future__ import annotations

import http.client
import json
import re
import time
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.conformance.srp import Srp

PASSWORD = "Correct-horse-7"
APP = "https://app.example.com/callback"
FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
_SIGNED = (
    "AWS4-HMAC-SHA256 Credential=AKID/20260905/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0"
)
_CSRF = re.compile(r'name="_csrf" value="([^"]+)"')
_IDLE = 2.0  # seconds after which a connection is made anew, before the server ends it

Measured = Callable[[str, float], None]


class UnexpectedAnswer(Exception):
    """An answer was not the expected one; the text says which and what came."""


class Connection:
    """One connection that is kept; `measured` is called with what each request was and the seconds that it took."""

    def __init__(self, port: int, measured: Measured, wait: Callable[[], None] = lambda: None) -> None:
        """Connect to a port of this machine; `wait` is called before each request."""
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._measured, self._wait = measured, wait
        self._last = 0.0

    def send(
        self, kind: str, method: str, path: str, headers: Mapping[str, str], body: str = "", *, expected: int = 200
    ) -> tuple[http.client.HTTPMessage, bytes]:
        """Send a request; return the headers and the body of its answer.

        Raises:
            UnexpectedAnswer: the status is not the expected one, or there is no answer.
        """
        self._wait()
        if time.monotonic() - self._last > _IDLE:
            self._http.close()
        started = time.perf_counter()
        try:
            self._http.request(method, path, body.encode() or None, {"Host": "localhost", **headers})
            answer = self._http.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._http.close()
            raise UnexpectedAnswer(f"{kind}: {type(error).__name__} {error}") from error
        self._measured(kind, time.perf_counter() - started)
        self._last = time.monotonic()
        if answer.status != expected:
            raise UnexpectedAnswer(f"{kind}: {answer.status} {content[:200]!r}")
        return answer.headers, content

    def close(self) -> None:
        self._http.close()

    def api(self, operation: str, **members: Any) -> Any:
        """Call an operation; return its JSON."""
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
            "Authorization": _SIGNED,
        }
        return json.loads(self.send(operation, "POST", "/", headers, json.dumps(members))[1] or b"{}")

    def form(self, path: str, fields: Mapping[str, str]) -> Any:
        """Post a form to an endpoint of tokens; return its JSON."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return json.loads(self.send(f"POST {path}", "POST", path, headers, urlencode(fields))[1] or b"{}")


def set_up(connection: Connection) -> dict[str, str]:
    """Make a pool with pages and a client for all that a journey does; return their ids."""
    pool = connection.api("CreateUserPool", PoolName="soak", AutoVerifiedAttributes=["email"])["UserPool"]["Id"]
    settings: dict[str, Any] = {
        "ExplicitAuthFlows": FLOWS,
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid", "email"],
        "CallbackURLs": [APP],
        "SupportedIdentityProviders": ["COGNITO"],
    }
    made = connection.api("CreateUserPoolClient", UserPoolId=pool, ClientName="soak", **settings)["UserPoolClient"]
    connection.api("CreateUserPoolDomain", UserPoolId=pool, Domain="soak", ManagedLoginVersion=1)
    return {"pool": pool, "client": made["ClientId"]}


def travel(connection: Connection, pool: str, client: str, name: str) -> None:
    """Make one journey as the user of that name.

    Raises:
        UnexpectedAnswer
    """
    attributes = [{"Name": "email", "Value": f"{name}@example.com"}]
    connection.api("SignUp", ClientId=client, Username=name, Password=PASSWORD, UserAttributes=attributes)
    connection.api("AdminConfirmSignUp", UserPoolId=pool, Username=name)
    tokens = _by_password(connection, client, name)
    connection.api("GetUser", AccessToken=tokens["AccessToken"])
    for _ in range(2):
        refreshing = {"REFRESH_TOKEN": tokens["RefreshToken"]}
        connection.api("InitiateAuth", ClientId=client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=refreshing)
    _by_srp(connection, pool, client, name)
    connection.api("AdminGetUser", UserPoolId=pool, Username=name)
    connection.api("ListUsers", UserPoolId=pool, Filter=f'email = "{name}@example.com"')
    _by_pages(connection, client, name)
    connection.api("AdminDeleteUser", UserPoolId=pool, Username=name)


def _by_password(connection: Connection, client: str, name: str) -> Any:
    parameters = {"USERNAME": name, "PASSWORD": PASSWORD}
    answer = connection.api("InitiateAuth", ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    return answer["AuthenticationResult"]


def _by_srp(connection: Connection, pool: str, client: str, name: str) -> None:
    exchange = Srp(pool.split("_")[1], PASSWORD)
    parameters = {"USERNAME": name, "SRP_A": exchange.begin()}
    asked = connection.api("InitiateAuth", ClientId=client, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
    answer = connection.api(
        "RespondToAuthChallenge",
        ClientId=client,
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses=exchange.answer(asked["ChallengeParameters"]),
    )
    if "AuthenticationResult" not in answer:
        raise UnexpectedAnswer(f"SRP: {answer}")


def _by_pages(connection: Connection, client: str, name: str) -> None:
    """Sign in on the login page, exchange the code, and use and revoke the tokens."""
    query = urlencode({"client_id": client, "response_type": "code", "scope": "openid email", "redirect_uri": APP})
    host = {"Host": "soak.auth.localhost"}
    headers, page = connection.send("GET /login", "GET", f"/login?{query}", host)
    found = _CSRF.search(page.decode())
    if found is None:
        raise UnexpectedAnswer("GET /login: the page has no token of its form")
    cookies = "; ".join(each.split(";")[0] for each in headers.get_all("Set-Cookie", []))
    fields = {"_csrf": found[1], "username": name, "password": PASSWORD}
    sent = {**host, "Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
    headers, _ = connection.send("POST /login", "POST", f"/login?{query}", sent, urlencode(fields), expected=302)
    codes = parse_qs(urlsplit(headers["Location"]).query).get("code")
    if not codes:
        raise UnexpectedAnswer(f"POST /login: to {headers['Location']}")
    exchange = {"grant_type": "authorization_code", "client_id": client, "code": codes[0], "redirect_uri": APP}
    tokens = connection.form("/oauth2/token", exchange)
    again = {"grant_type": "refresh_token", "client_id": client, "refresh_token": tokens["refresh_token"]}
    renewed = connection.form("/oauth2/token", again)
    bearer = {"Authorization": f"Bearer {renewed['access_token']}"}
    told = json.loads(connection.send("GET /oauth2/userInfo", "GET", "/oauth2/userInfo", bearer)[1])
    claims = tokens["id_token"].split(".")[1]
    if told["sub"] != json.loads(b64decode(claims + "==", b"-_"))["sub"]:
        raise UnexpectedAnswer(f"userInfo: {told}")
    connection.send(
        "POST /oauth2/revoke",
        "POST",
        "/oauth2/revoke",
        {"Content-Type": "application/x-www-form-urlencoded"},
        urlencode({"client_id": client, "token": tokens["refresh_token"]}),
    )

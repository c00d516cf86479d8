"""The front door: CORS, preflight, discovery and keys, error pages."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from typing import Any

import jwt
import pytest

from cognito_emulator.server import Emulator
from tests.helpers.control_api import CLIENT, POOL, SEED, Control
from tests.helpers.harness import Running

TARGET = "AWSCognitoIdentityProviderService"
EXPOSED = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"


def ask(port: int, method: str, path: str, headers: dict[str, str] | None = None, body: str | None = None) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, answer.headers, text


def test_a_browsers_preflight_is_allowed_every_header_it_asks_for(running: Running) -> None:
    asked = "content-type,x-amz-target,x-amz-user-agent,cache-control,x-my-own"
    headers = {
        "origin": "http://localhost:3000",
        "access-control-request-method": "POST",
        "access-control-request-headers": asked,
        "access-control-request-private-network": "true",
    }
    for path in ("/", f"/{POOL}/.well-known/jwks.json"):
        status, got, body = ask(running.port, "OPTIONS", path, headers)
        assert (status, body) == (200, b"")
        assert got["access-control-allow-origin"] == "*"
        assert "POST" in got["access-control-allow-methods"]
        assert got["access-control-allow-headers"] == asked
        assert got["access-control-max-age"] == "172800"
        assert got["access-control-allow-private-network"] == "true"
        assert got["access-control-allow-credentials"] is None
    _, got, _ = ask(running.port, "OPTIONS", "/")
    assert got["access-control-allow-headers"] is None
    assert got["access-control-allow-private-network"] is None


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/"), ("GET", "/"), ("GET", "/nothing"), ("PUT", "/"), ("GET", "/us-east-1_x/.well-known/jwks.json")],
)
def test_every_other_answer_is_readable_by_browsers(running: Running, method: str, path: str) -> None:
    _, headers, _ = ask(running.port, method, path, {"origin": "http://localhost:3000"})
    assert headers.get_all("access-control-allow-origin") == ["*"]
    assert headers["access-control-expose-headers"] == EXPOSED


def test_errors_of_the_api_are_readable_by_browsers(running: Running) -> None:
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": f"{TARGET}.InitiateAuth"}
    status, got, body = ask(running.port, "POST", "/", headers, "{}")
    assert status == 400
    assert got["access-control-allow-origin"] == "*"
    assert got["x-amzn-errortype"] == "InvalidParameterException:"
    assert json.loads(body)["__type"] == "InvalidParameterException"


def test_any_host_reaches_the_api_and_the_keys(shared_control: Control) -> None:
    for path in (f"/{POOL}/.well-known/jwks.json", "/"):
        status, _, _ = ask(shared_control.emulator.port, "GET", path, {"host": "auth.example.com"})
        assert status == 200


def test_discovery_names_the_issuer_and_where_the_keys_are(shared_control: Control) -> None:
    emulator = shared_control.emulator
    path = f"/{POOL}/.well-known/openid-configuration"
    # Never taken from the Host header: one instance has one issuer.
    status, headers, body = ask(emulator.port, "GET", path, {"host": "other.example.com"})
    assert (status, headers["content-type"]) == (200, "application/json")
    document = json.loads(body)
    assert document["issuer"] == f"{emulator.url}/{POOL}"
    assert document["jwks_uri"] == f"{emulator.url}/{POOL}/.well-known/jwks.json"
    assert document["id_token_signing_alg_values_supported"] == ["RS256"]


def test_the_keys_are_two_public_ones(shared_control: Control) -> None:
    status, headers, body = ask(shared_control.emulator.port, "GET", f"/{POOL}/.well-known/jwks.json")
    keys = json.loads(body)["keys"]
    assert (status, len(keys)) == (200, 2)
    assert "max-age" in headers["cache-control"]
    assert keys[0]["kid"] != keys[1]["kid"]
    for key in keys:
        assert sorted(key) == ["alg", "e", "kid", "kty", "n", "use"]
        assert (key["alg"], key["kty"], key["use"]) == ("RS256", "RSA", "sig")


@pytest.mark.parametrize("page", ["jwks.json", "openid-configuration"])
def test_a_pool_that_does_not_exist_has_no_keys(running: Running, page: str) -> None:
    status, _, body = ask(running.port, "GET", f"/us-east-1_none/.well-known/{page}")
    assert (status, json.loads(body)) == (400, {"message": "User pool us-east-1_none does not exist."})


@pytest.mark.parametrize(
    ("issuer", "expected"),
    [
        ("local", "{url}/{pool}"),
        ("aws", "https://cognito-idp.us-east-1.amazonaws.com/{pool}"),
        ("https://auth.example.com/base", "https://auth.example.com/base/{pool}"),
    ],
)
def test_tokens_discovery_and_info_agree_on_the_issuer(issuer: str, expected: str) -> None:
    seed = {
        "UserPools": [
            {**SEED["UserPools"][0], "Clients": [{"ClientId": CLIENT, "ClientName": "web",
             "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}]}
        ]
    }  # fmt: skip
    with Emulator(seed=seed, issuer=issuer) as emulator:
        wanted = expected.format(url=emulator.url, pool=POOL)
        document = json.loads(ask(emulator.port, "GET", f"/{POOL}/.well-known/openid-configuration")[2])
        assert document["issuer"] == wanted
        assert json.loads(ask(emulator.port, "GET", "/_emulator/info")[2])["pools"][0]["issuer"] == wanted
        answer = emulator.client().initiate_auth(
            ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "ann", "PASSWORD": "Ann-12345"}
        )
        for name in ("IdToken", "AccessToken"):
            token = answer["AuthenticationResult"][name]
            key = jwt.PyJWKClient(f"{emulator.url}/{POOL}/.well-known/jwks.json").get_signing_key_from_jwt(token)
            claims = jwt.decode(token, key.key, algorithms=["RS256"], issuer=wanted, options={"verify_aud": False})
            assert claims["iss"] == wanted


def test_a_failure_of_ours_is_json(
    shared_control: Control, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("odd")

    monkeypatch.setattr(shared_control.emulator.world.outbox, "all", broken)
    status, _, body = ask(shared_control.emulator.port, "GET", "/_emulator/messages", {"host": "localhost"})
    assert (status, json.loads(body)) == (500, {"message": "Something went wrong."})
    until = time.monotonic() + 5
    while "GET /_emulator/messages failed" not in caplog.text and time.monotonic() < until:
        time.sleep(0.01)  # it is written once the answer is out
    assert "GET /_emulator/messages failed" in caplog.text


@pytest.mark.processes
def test_the_router_and_its_handlers_are_imported_on_a_thread() -> None:
    """An import takes longer than a request may hold others up."""
    program = """
import http.client, sys, threading
from cognito_emulator import Emulator

class Finder:
    def find_spec(self, name, *_):
        if name in ("cognito_emulator.routing", "starlette.applications", "cognito_emulator.control.snapshots"):
            print(name, threading.current_thread().name.partition("_")[0], flush=True)

sys.meta_path.insert(0, Finder())
with Emulator() as running:
    print("started", flush=True)
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
    for path in ("/_emulator/health", "/_emulator/snapshots"):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        print(answer.status, flush=True)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    expected = [
        [
            "started",
            *(f"{name} {executor}" for name in ("cognito_emulator.routing", "starlette.applications")),
            "200",
            f"cognito_emulator.control.snapshots {executor}",
            "200",
        ]
        for executor in ("asyncio", "uvloop")  # the loop's own
    ]
    assert ran.stdout.splitlines() in expected, ran.stderr


@pytest.mark.processes
def test_the_pages_are_imported_when_they_are_visited() -> None:
    program = """
import http.client, sys
from cognito_emulator import Emulator

def status(path):
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
    connection.request("GET", path)
    return connection.getresponse().status

with Emulator() as running:
    print(status("/"), "cognito_emulator.oauth.userinfo" in sys.modules)
    print(status("/oauth2/userInfo"), "cognito_emulator.oauth.userinfo" in sys.modules)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.split() == ["200", "False", "400", "True"], ran.stderr

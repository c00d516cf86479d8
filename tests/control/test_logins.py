"""`/_emulator/logins`: tokens of the built-in identity provider for identity pools."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.helpers.control_api import Control

SEED = {
    "OpenIDConnectProviders": [
        {"Url": "https://login.example.com", "ClientIDList": ["web"], "mock": True},
        {"Url": "http://localhost:9", "ClientIDList": ["web"]},
    ],
    "SAMLProviders": [{"Name": "Corp", "mock": True}],
    "LoginProviders": [{"ProviderName": "appleid.apple.com", "Url": "http://localhost:9"}],
}
IAM = "arn:aws:iam::000000000000"
PLACE = "/_emulator/logins"
ANN = {"email": "ann@example.com"}


@pytest.fixture
def known(control: Control) -> Control:
    assert control("POST", "/_emulator/seed", SEED).status == 200
    return control


def claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


@pytest.mark.parametrize(
    ("provider", "key", "issuer"),
    [
        ("accounts.google.com", "accounts.google.com", "https://accounts.google.com"),
        ("graph.facebook.com", "graph.facebook.com", "graph.facebook.com"),
        (f"{IAM}:oidc-provider/login.example.com", "login.example.com", "https://login.example.com"),
        ("login.example.com", "login.example.com", "https://login.example.com"),
    ],
)
def test_a_token(known: Control, provider: str, key: str, issuer: str) -> None:
    body = {"provider": provider, "client_id": "web", "claims": {**ANN, "sub": "7", "team": ["a"]}}
    answer = known("POST", PLACE, body)
    assert (answer.status, list(answer.json["logins"])) == (200, [key])
    told = claims(answer.json["logins"][key])
    assert (told["iss"], told["aud"], told["sub"], told["team"]) == (issuer, "web", "7", ["a"])
    assert told["exp"] - told["iat"] == 3600


def test_a_subject_is_made_of_the_address(known: Control) -> None:
    body = {"provider": "accounts.google.com", "client_id": "web", "claims": ANN}
    first, again = (known("POST", PLACE, body).json["logins"]["accounts.google.com"] for _ in range(2))
    assert claims(first)["sub"] == claims(again)["sub"]
    assert len(claims(first)["sub"]) == 21
    assert claims(first)["email_verified"] is True


def test_an_assertion(known: Control) -> None:
    pytest.importorskip("signxml")
    body = {"provider": f"{IAM}:saml-provider/Corp", "claims": {"sub": "ann", "team": ["a", "b"]}}
    (token,) = known("POST", PLACE, body).json["logins"].values()
    text = base64.b64decode(token).decode()
    assert "<a:NameID>ann</a:NameID>" in text
    assert "<a:AttributeValue>a</a:AttributeValue><a:AttributeValue>b</a:AttributeValue>" in text


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"claims": ANN}, 400, "'provider' and 'client_id' must be texts, 'claims' an object."),
        ({"provider": "accounts.google.com", "claims": []}, 400,
         "'provider' and 'client_id' must be texts, 'claims' an object."),
        ({"provider": "x", "who": 1}, 400, "Unknown member 'who'; known here: provider, client_id, claims."),
        ({"provider": "accounts.google.com", "claims": ANN}, 400,
         "client_id is needed: the app that the token is for."),
        ({"provider": "accounts.google.com", "client_id": "web", "claims": {}}, 400,
         "An e-mail address, a name or a sub is needed."),
        ({"provider": "accounts.google.com", "client_id": "web", "claims": {**ANN, "aud": "x"}}, 400,
         "aud is the provider's to say."),
        ({"provider": "example.com", "client_id": "web", "claims": ANN}, 409,
         "Nothing is known about example.com: no seed has it."),
        ({"provider": "localhost:9", "client_id": "web", "claims": ANN}, 409,
         "localhost:9 is not a mock: its own tokens count."),
        ({"provider": "appleid.apple.com", "client_id": "web", "claims": ANN}, 409,
         "appleid.apple.com is not a mock: its own tokens count."),
        ({"provider": f"{IAM}:saml-provider/Corp", "claims": {"sub": "a", "team": "\x01"}}, 400,
         "The claims fit into no XML."),
    ],
)  # fmt: skip
def test_what_is_refused(known: Control, body: dict[str, Any], status: int, message: str) -> None:
    answer = known("POST", PLACE, body)
    assert (answer.status, answer.json["message"]) == (status, message)


def test_web_pages_get_none(known: Control) -> None:
    body: dict[str, Any] = {"provider": "accounts.google.com", "client_id": "web", "claims": ANN}
    assert known("POST", PLACE, body, headers={"content-type": "text/plain"}).status == 415
    foreign = {"content-type": "application/json", "origin": "http://evil.example"}
    assert known("POST", PLACE, body, headers=foreign).status == 403


def test_a_reset_forgets_providers(known: Control) -> None:
    known("POST", "/_emulator/reset", {})
    answer = known("POST", PLACE, {"provider": "login.example.com", "client_id": "web", "claims": ANN})
    assert answer.status == 409

"""URLs of client metadata documents, and what documents may say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cognito_emulator.domain.clients.client_metadata import BadDocument, check_answer, check_url, read
from tests.helpers.documents import URL, document
from tests.helpers.oauth_client import CALLBACK


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "https://app.example.com/",
        "https://app.example.com:8443/a/b?c=d",
        "https://[2606:4700::1]/x",
        "https://app.example.com/..a/.b",
        "https://a.io/" + "x" * 243,
    ],
)
def test_good_urls(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://app.example.com", "https://app.example.com?x", "https:///x", "https://app.example.com/x#", "https://",
        "https://ann@app.example.com/x", "https://ann:pw@app.example.com/x", "https://@app.example.com/x",
        "https://app.example.com/../x", "https://app.example.com/a/./x", "https://app.example.com/%2e%2E/x",
        "https://app.example.com/.%2e/x", "https://app.example.com\\@evil.example/x", "https://app.example.com/a b",
        "https://app.example.com/\n", "https://app.example.com:0/x", "https://app.example.com:99999/x",
        "https://app.example.com:/x", "https://app.example.com:x/x", "https://[/x", "https://\u2100.example/x",
        "https://a.io/" + "x" * 244,
    ],
)  # fmt: skip
def test_bad_urls(url: str) -> None:
    with pytest.raises(BadDocument):
        check_url(url)


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8", "application/cimd+json"])
def test_good_content_types(kind: str) -> None:
    check_answer(200, kind)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, ""), (200, "text/html"), (200, "text/json"), (200, "application/jsonp"),
        (200, "application/json,text/html"),
        (201, "application/json"), (204, "application/json"), (301, "application/json"), (302, "application/json"),
        (404, "application/json"), (500, "application/json"),
    ],
)  # fmt: skip
def test_bad_answers(status: int, kind: str) -> None:
    with pytest.raises(BadDocument):
        check_answer(status, kind)


def meant(**changes: Any) -> Any:
    return read(URL, json.dumps(document(**changes)).encode())


def test_a_good_document() -> None:
    found = meant(redirect_uris=[CALLBACK, "http://localhost:3000/back", "myapp://back", CALLBACK], logo_uri=1)
    assert found.url == URL
    assert found.redirect_uris == (CALLBACK, "http://localhost:3000/back", "myapp://back")
    assert found.grants == {"authorization_code", "refresh_token"}


def test_grants() -> None:
    """RFC 7591, section 2: authorization_code and code without a word; client_credentials never."""
    assert meant(grant_types=None, response_types=None).grants == {"authorization_code"}
    assert meant(grant_types=["authorization_code", "client_credentials"]).grants == {"authorization_code"}
    assert meant(grant_types=["authorization_code", "implicit"]).grants == {"authorization_code"}
    both = ["authorization_code", "implicit"]
    assert meant(grant_types=both, response_types=["code", "token"]).grants == set(both)
    assert meant(grant_types=both, response_types=["token"]).grants == {"implicit"}


BAD: list[dict[str, Any]] = [
    {"client_id": None},
    {"client_id": URL.upper()},
    {"client_id": URL + "/"},
    {"client_id": "https://app.example.com:443/client.json"},
    {"client_id": [URL]},
    {"redirect_uris": None},
    {"redirect_uris": []},
    {"redirect_uris": CALLBACK},
    {"redirect_uris": [1]},
    {"redirect_uris": ["http://app.example.com/back"]},
    {"redirect_uris": [CALLBACK + "#x"]},
    {"redirect_uris": ["/back"]},
    {"redirect_uris": ["https:///back"]},
    {"redirect_uris": [CALLBACK, "javascript:alert(1)"]},
    {"redirect_uris": ["JavaScript://x/%0aalert(1)"]},
    {"redirect_uris": ["data:text/html,x"]},
    {"redirect_uris": [CALLBACK + "\n"]},
    {"token_endpoint_auth_method": None},
    {"token_endpoint_auth_method": "client_secret_basic"},
    {"token_endpoint_auth_method": "private_key_jwt"},
    {"token_endpoint_auth_method": ["none"]},
    {"client_secret": "x"},
    {"client_secret_expires_at": 0},
    {"grant_types": "authorization_code"},
    {"grant_types": [[]]},
    {"response_types": "code"},
]


@pytest.mark.parametrize("changes", BAD)
def test_bad_documents(changes: dict[str, Any]) -> None:
    with pytest.raises(BadDocument):
        meant(**changes)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 5000, b'{"a":NaN}', b'{"a":"\\ud800"}']
)
def test_what_is_no_document(content: bytes) -> None:
    with pytest.raises(BadDocument):
        read(URL, content)

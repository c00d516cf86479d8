"""HTTP as bytes: what boto3 would never send."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.helpers.harness import Running

IDP_TARGET = "AWSCognitoIdentityProviderService."
IDENTITY_TARGET = "AWSCognitoIdentityService."
JSON_1_1 = "application/x-amz-json-1.1"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> tuple[str, str | None]:
        """(type, text) of an error's body."""
        found = self.json
        return found["__type"], found.get("message", found.get("Message"))


def authorization(key: str = "AKIDEXAMPLE", region: str = "us-east-1", service: str = "cognito-idp") -> str:
    """A complete SigV4 header; nobody checks the signature."""
    credential = f"{key}/20260905/{region}/{service}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host;x-amz-date, Signature=00ff"


def post(
    running: Running,
    operation: str | None,
    body: bytes | str | Mapping[str, Any] | Iterable[bytes] = b"{}",
    *,
    signed: bool = True,
    prefix: str = IDP_TARGET,
    **headers: str | None,
) -> Answer:
    """`POST /`; keyword headers (`content_type=…`) replace the usual ones, None leaves one out."""
    sent: dict[str, str | None] = {"content-type": JSON_1_1}
    if operation is not None:
        sent["x-amz-target"] = prefix + operation
    if signed:
        sent["authorization"] = authorization()
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    payload = json.dumps(body) if isinstance(body, dict) else body
    payload = payload.encode() if isinstance(payload, str) else payload
    return request(running, "POST", "/", payload, {name: value for name, value in sent.items() if value is not None})


def request(running: Running, method: str, path: str, body: Any = None, headers: Mapping[str, str] = {}) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    try:
        chunked = body is not None and not isinstance(body, (bytes, str))
        connection.request(method, path, body, dict(headers), encode_chunked=chunked)
        answer = connection.getresponse()
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def ask(
    port: int, method: str, path: str, headers: Mapping[str, str] | None = None, body: str | bytes | None = None
) -> tuple[int, Any, bytes]:
    """Status, headers and body of the answer to one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()

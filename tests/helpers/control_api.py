"""A client of the control API, and the seed of the emulator that its tests share."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from cognito_emulator.server import Emulator

SEED = {
    "UserPools": [
        {
            "Id": "us-east-1_controlpool",
            "PoolName": "control",
            "AutoVerifiedAttributes": ["email"],
            "Clients": [
                {
                    "ClientId": "controlclient0000000000001",
                    "ClientName": "web",
                    "ExplicitAuthFlows": [
                        "ALLOW_USER_PASSWORD_AUTH",
                        "ALLOW_USER_SRP_AUTH",
                        "ALLOW_REFRESH_TOKEN_AUTH",
                    ],
                }
            ],
            "Users": [
                {
                    "Username": "ann",
                    "Sub": "a0000000-0000-4000-8000-000000000001",
                    "Password": "Ann-12345",
                    "Attributes": {"email": "ann@example.com", "email_verified": "true"},
                }
            ],
        }
    ]
}
POOL, CLIENT = "us-east-1_controlpool", "controlclient0000000000001"
JSON_TYPE = {"content-type": "application/json"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    json: Any


@dataclass(frozen=True)
class Control:
    """Sends HTTP requests to an emulator."""

    emulator: Emulator

    def __call__(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **more: str
    ) -> Answer:
        """`body` is sent as it is if it is text or bytes, else as JSON; writes say application/json unless told."""
        data = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else None
        if data is None and body is not None:
            data = json.dumps(body).encode()
        wanted = JSON_TYPE if headers is None and method not in ("GET", "HEAD", "OPTIONS") else headers or {}
        url = f"http://127.0.0.1:{self.emulator.port}{path}"
        request = urllib.request.Request(url, data, {**wanted, **more}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Answer(answer.status, answer.headers, json.loads(answer.read() or b"null"))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, json.loads(error.read() or b"null"))

    def forgot(self) -> None:
        """Let a code be sent to ann."""
        self.emulator.client().forgot_password(ClientId=CLIENT, Username="ann")

    def pools(self) -> set[str]:
        return {pool["id"] for pool in self("GET", "/_emulator/info").json["pools"]}

"""Client metadata documents without a network: what each URL answers, and what was asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from cognito_emulator.flows.tokens import client_metadata
from cognito_emulator.ports.web import Answer, WebError
from tests.helpers.build import Setup, setup
from tests.helpers.harness import Running
from tests.helpers.oauth_client import CALLBACK, OAUTH

URL = "https://app.example.com/client.json"
PATTERN = "https://*.example.com/*"


def document(url: str = URL, **changes: Any) -> dict[str, Any]:
    """A document that is good; None leaves a member out."""
    members = {
        "client_id": url,
        "client_name": "An app",
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        **changes,
    }
    return {name: value for name, value in members.items() if value is not None}


def answer(body: Any = None, status: int = 200, content_type: str = "application/json", **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(document() if body is None else body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"content-type": content_type, **named}, content)


@dataclass
class Documents:
    """The port, with answers that a test sets; `asked` are the URLs in their order."""

    answers: dict[str, Answer | WebError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def fetch(self, url: str, largest: int, timeout: float, *, loopback: bool = False) -> Answer:  # noqa: ASYNC109
        self.asked.append(url)
        found = self.answers.get(url, WebError(f"{url} cannot be reached"))
        if isinstance(found, WebError):
            raise found
        return found

    def put(self, url: str = URL, **changes: Any) -> None:
        """Let `url` have a good document, but for `changes`."""
        self.answers[url] = answer(document(url, **changes))


def policy_for(running: Running, at: Setup, *patterns: str, **members: Any) -> str:
    """A CIMD policy of the client; returns its id."""
    sent = {"PolicyName": "p", "URLPatterns": list(patterns or (PATTERN,)), **members}
    made = running.call("CreateCIMDPolicy", UserPoolId=at.pool, ClientId=at.client, **sent)
    return str(made["CIMDPolicy"]["CIMDPolicyId"])


def metadata_setup(running: Running, *patterns: str, **client: Any) -> Setup:
    """A pool with an app client for the code and implicit grants, and a CIMD policy."""
    at = setup(running, {**OAUTH, **client})
    policy_for(running, at, *patterns)
    return at


def receive(running: Running, pool: str, url: str = URL) -> None:
    """Let the document of a URL be fetched, as a request with that client id does."""
    found = running.world.store.pools.get(pool)
    running.run(client_metadata.load(running.world, url, found))

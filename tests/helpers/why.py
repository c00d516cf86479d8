"""Read why a call was refused, by the header of its answer, and set up what is refused."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.helpers.build import PASSWORD, SMS, Setup, setup, sign_in, user
from tests.helpers.harness import Running

ANY: Any = object()  # a value that a case does not compare


@dataclass(frozen=True)
class Bench:
    """An emulator with a pool, a client and the confirmed user ann."""

    running: Running
    idp: Any
    at: Setup

    @property
    def pool(self) -> str:
        return self.at.pool

    @property
    def client(self) -> str:
        return self.at.client

    def new_client(self, **members: Any) -> Setup:
        """Another client of the pool."""
        made = self.running.call("CreateUserPoolClient", UserPoolId=self.pool, ClientName="other", **members)
        found = made["UserPoolClient"]
        return Setup(self.pool, found["ClientId"], found.get("ClientSecret"))

    def begin(self, username: str = "ann", password: str = PASSWORD, client: str = "", **parameters: str) -> Any:
        return self.idp.initiate_auth(
            ClientId=client or self.client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password, **parameters},
        )

    def tokens(self) -> dict[str, Any]:
        return sign_in(self.idp, self.at)

    def admin(self, operation: str, **members: Any) -> Any:
        """Call an operation for ann, without HTTP."""
        return self.running.call(operation, UserPoolId=self.pool, Username="ann", **members)

    def refresh(self, token: str, client: str = "", flow: str = "REFRESH_TOKEN_AUTH") -> Any:
        return self.idp.initiate_auth(
            ClientId=client or self.client, AuthFlow=flow, AuthParameters={"REFRESH_TOKEN": token}
        )


@dataclass(frozen=True)
class Case:
    """A refused call: its error, and the rule, setting and value that the entry names."""

    name: str
    error: str
    rule: str
    setting: str | None
    value: Any
    call: Callable[[Bench], Any]


def bench(running: Running, idp: Any, **client: Any) -> Bench:
    """Make the pool, client and user of the cases."""
    at = setup(running, client, SmsConfiguration=SMS, AutoVerifiedAttributes=["email"])
    user(running, at.pool, email="ann@example.com", email_verified="true")
    return Bench(running, idp, at)


def entry_of(running: Running, request_id: str) -> dict[str, Any]:
    """Return the journal's entry of a request, by HTTP."""
    url = f"http://127.0.0.1:{running.port}/_emulator/requests/{request_id}"
    with urllib.request.urlopen(url, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def why_of(running: Running, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return the member `why` of the entry that a refused answer names."""
    url, _, request_id = headers["x-emulator-why"].rpartition("/")
    assert url == f"{running.url}/_emulator/requests"
    found: dict[str, Any] = entry_of(running, request_id)["why"]
    return found


def refusal(running: Running, call: Callable[[], Any]) -> tuple[str, dict[str, Any]]:
    """Return the error of a refused API call, and why."""
    with pytest.raises(ClientError) as raised:
        call()
    answer = raised.value.response
    return answer["Error"]["Code"], why_of(running, answer["ResponseMetadata"]["HTTPHeaders"])

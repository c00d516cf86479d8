"""Call the token endpoint."""

from __future__ import annotations

from typing import Any

from tests.helpers.build import Setup, setup, user
from tests.helpers.harness import Running
from tests.helpers.oauth_client import (
    CALLBACK,
    Browser,
    Reply,
    signed_in,
)

SERVER = [{"ScopeName": "read", "ScopeDescription": "r"}, {"ScopeName": "write", "ScopeDescription": "w"}]


def code_for(running: Running, at: Setup, **asked: str) -> str:
    """A code of a new user `ann`, or of the one that is there."""
    found = running.call("ListUsers", UserPoolId=at.pool)["Users"]
    sub = found[0]["Attributes"][0]["Value"] if found else user(running, at.pool, email="ann@example.com")
    return signed_in(running, at, sub).authorize(at.client, **asked).query["code"]


def exchange(running: Running, at: Setup, code: str, **more: str) -> Reply:
    form = {"grant_type": "authorization_code", "client_id": at.client, "code": code, "redirect_uri": CALLBACK}
    form |= {"client_secret": at.secret} if at.secret else {}
    return Browser(running).token(form | more)


def machine(running: Running, scopes: list[str] | None = None, **client: Any) -> Setup:
    at = setup(running)
    running.call("CreateResourceServer", UserPoolId=at.pool, Identifier="api", Name="api", Scopes=SERVER)
    members = {
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["client_credentials"],
        "AllowedOAuthScopes": scopes or ["api/read"],
        "GenerateSecret": True,
        **client,
    }
    made = running.call("CreateUserPoolClient", UserPoolId=at.pool, ClientName="m", **members)["UserPoolClient"]
    return Setup(at.pool, made["ClientId"], made["ClientSecret"])

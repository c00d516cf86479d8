"""Pools with pages, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.helpers.browser import APP, Browser
from tests.helpers.build import FLOWS, setup
from tests.helpers.harness import Running

OAUTH: dict[str, Any] = {
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthFlows": ["code", "implicit"],
    "AllowedOAuthScopes": ["openid", "email", "profile", "aws.cognito.signin.user.admin"],
    "CallbackURLs": [APP],
    "LogoutURLs": ["https://app.example.com/"],
}
CHOICE: dict[str, Any] = {"ExplicitAuthFlows": [*FLOWS, "ALLOW_USER_AUTH"]}
EMAIL: dict[str, Any] = {"AutoVerifiedAttributes": ["email"]}


@dataclass(frozen=True)
class Site:
    """The pages of one client; `domain` is the prefix of the pool's domain, if it has one."""

    running: Running
    pool: str
    client: str
    domain: str | None = None

    @property
    def host(self) -> str:
        name = f"{self.domain}.auth.localhost" if self.domain else "localhost"
        return f"{name}:{self.running.port}"

    def query(self, **more: str) -> str:
        given = {
            "client_id": self.client,
            "response_type": "code",
            "scope": "openid email",
            "redirect_uri": APP,
            "state": "st-1",
            **more,
        }
        return urlencode(given)

    def browser(self) -> Browser:
        return Browser(self.running.port, self.host)

    def at(self, path: str, **more: str) -> Browser:
        """A new browser with that page open."""
        browser = self.browser()
        browser.get(f"{path}?{self.query(**more)}")
        return browser


def site(
    running: Running,
    *,
    client: dict[str, Any] | None = None,
    version: int = 2,
    domain: str | None = "pages",
    style: dict[str, Any] | bool = True,
    **pool: Any,
) -> Site:
    """A pool with a domain, a client for the authorization code grant and, for managed login, Amazon's own style."""
    made = setup(running, {**OAUTH, **(client or {})}, **pool)
    if domain:
        running.call("CreateUserPoolDomain", UserPoolId=made.pool, Domain=domain, ManagedLoginVersion=version)
        if version == 2 and style:
            wanted = {"UseCognitoProvidedValues": True} if style is True else {"Settings": style}
            running.call("CreateManagedLoginBranding", UserPoolId=made.pool, ClientId=made.client, **wanted)
    return Site(running, made.pool, made.client, domain)

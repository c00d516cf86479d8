"""Builds identity pools and people who are signed in."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from tests.helpers.build import Setup, setup, sign_in, user
from tests.helpers.harness import REGION, Running

AUTHENTICATED = "arn:aws:iam::000000000000:role/authenticated"
GUEST = "arn:aws:iam::000000000000:role/guest"
ROLES = {"authenticated": AUTHENTICATED, "unauthenticated": GUEST}
DEVELOPER = "login.example"
NOBODY = "us-east-1:00000000-0000-4000-8000-000000000000"
DIFFER = "Logins don't match. Please include at least one valid login for this identity or identity pool."
UNSUPPORTED = "Token is not from a supported provider of this identity pool."
NO_GUESTS = "Unauthenticated access is not supported for this identity pool."
UNUSABLE = "Invalid identity pool configuration. Check assigned IAM roles for this pool."


def forbidden(identity_id: str) -> str:
    return f"Access to Identity '{identity_id}' is forbidden."


@dataclass(frozen=True)
class Ann:
    """A user of a user pool, with an identity pool that takes logins from there."""

    users: Setup
    sub: str
    pool: str
    tokens: dict[str, Any]

    @property
    def provider(self) -> str:
        return provider_of(self.users.pool)

    @property
    def mapping(self) -> str:
        return f"{self.provider}:{self.users.client}"

    @property
    def logins(self) -> dict[str, str]:
        return {self.provider: self.tokens["IdToken"]}


def provider_of(user_pool: str) -> str:
    return f"cognito-idp.{REGION}.amazonaws.com/{user_pool}"


def entry(users: Setup, **more: Any) -> dict[str, Any]:
    """An entry of CognitoIdentityProviders."""
    return {"ProviderName": provider_of(users.pool), "ClientId": users.client, **more}


def identity_pool(running: Running, *users: dict[str, Any], roles: Any = ROLES, **members: Any) -> str:
    """An identity pool with guests, the developer provider and default roles; returns its id."""
    given = {
        "IdentityPoolName": "p",
        "AllowUnauthenticatedIdentities": True,
        "CognitoIdentityProviders": list(users),
        "DeveloperProviderName": DEVELOPER,
        **members,
    }
    made: str = running.call("CreateIdentityPool", "cognito-identity", **given)["IdentityPoolId"]
    if roles:
        running.call("SetIdentityPoolRoles", "cognito-identity", IdentityPoolId=made, Roles=roles)
    return made


def federation(running: Running, idp: Any, client: dict[str, Any] | None = None, **members: Any) -> Ann:
    """A user pool with ann, who is signed in, and an identity pool."""
    users = setup(running, client)
    sub = user(running, users.pool)
    pool = identity_pool(running, entry(users), **members)
    return Ann(users, sub, pool, sign_in(idp, users))


def payload(token: str) -> dict[str, Any]:
    """The claims of a JWT, unproved."""
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


def forged(token: str, **claims: Any) -> str:
    """A token with other claims and the old signature."""
    head, _, signature = token.split(".")
    body = json.dumps({**payload(token), **claims}).encode()
    return ".".join([head, base64.urlsafe_b64encode(body).rstrip(b"=").decode(), signature])

"""Exchange a provider's token."""

from __future__ import annotations

from typing import Any

import jwt

from tests.helpers.build import Setup
from tests.helpers.harness import Running
from tests.helpers.site import Site

FLOWS = ["ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "ALLOW_TOKEN_EXCHANGE_DELEGATION"]
SCOPE = "aws.cognito.signin.user.admin"


def service(running: Running, site: Site, providers: list[str]) -> Setup:
    made = running.call(
        "CreateUserPoolClient",
        UserPoolId=site.pool,
        ClientName="x",
        ExplicitAuthFlows=FLOWS,
        GenerateSecret=True,
        AllowedOAuthScopes=[SCOPE],
        SupportedIdentityProviders=providers,
    )["UserPoolClient"]
    return Setup(site.pool, made["ClientId"], made["ClientSecret"])


def claims(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found

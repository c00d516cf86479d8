"""Identity pools with social, IAM OIDC and IAM SAML providers, and tokens of these."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from emulator.seed import apply, parse_mapping
from tests.harness import Running
from tests.operations.identity.build import identity_pool

IAM = "arn:aws:iam::000000000000"
GOOGLE, APPLE, FACEBOOK, AMAZON = "accounts.google.com", "appleid.apple.com", "graph.facebook.com", "www.amazon.com"


def know(running: Running, **sections: list[dict[str, Any]]) -> None:
    """What a seed says about providers."""
    running.run(apply(running.world, parse_mapping(sections)))


def know_oidc(running: Running, url: str, *clients: str, **more: Any) -> tuple[str, str]:
    """An OIDC provider of IAM; returns its ARN and the key of its logins."""
    know(running, OpenIDConnectProviders=[{"Url": url, "ClientIDList": list(clients or ("web",)), **more}])
    host = url.partition("://")[2]
    return f"{IAM}:oidc-provider/{host}", host


def oidc_pool(running: Running, *arns: str, **members: Any) -> str:
    return identity_pool(running, OpenIdConnectProviderARNs=list(arns), AllowClassicFlow=True, **members)


def social_pool(running: Running, **members: Any) -> str:
    """A pool with four social providers, whose client id is `app` each; Google has a second."""
    ids = {GOOGLE: "app;app.apps.googleusercontent-2", APPLE: "app", FACEBOOK: "app", AMAZON: "app"}
    return identity_pool(running, SupportedLoginProviders=ids, AllowClassicFlow=True, **members)


def pretended(running: Running, provider: str, client: str = "app", **claims: Any) -> dict[str, str]:
    """A Logins map with a token of the built-in provider."""
    body = {"provider": provider, "client_id": client, "claims": claims or {"email": "ann@example.com"}}
    request = urllib.request.Request(
        f"{running.url}/_emulator/logins", json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        logins: dict[str, str] = json.loads(answer.read())["logins"]
    return logins

"""Identity pools with social, IAM OIDC and IAM SAML providers, and tokens of these."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from cognito_emulator.seed import apply, parse_mapping
from cognito_emulator.world import World
from tests.helpers.federated import Provider
from tests.helpers.harness import Running
from tests.helpers.identity_pools import DEVELOPER, identity_pool

IAM = "arn:aws:iam::000000000000"
DENIED = "NotAuthorizedException"
FORGED = "Invalid login token. Couldn't verify signed token."
Call = Callable[[Any, str, dict[str, str]], Any]
GOOGLE, APPLE, FACEBOOK, AMAZON = "accounts.google.com", "appleid.apple.com", "graph.facebook.com", "www.amazon.com"


def know(running: Running, **sections: list[dict[str, Any]]) -> None:
    """What a seed says about providers."""
    running.run(apply(running.world, parse_mapping(sections)))


def know_oidc(running: Running, url: str, *clients: str, **more: Any) -> tuple[str, str]:
    """An OIDC provider of IAM; returns its ARN and the key of its logins."""
    know(running, OpenIDConnectProviders=[{"Url": url, "ClientIDList": list(clients or ("web",)), **more}])
    host = url.partition("://")[2].removesuffix("/")
    return f"{IAM}:oidc-provider/{host}", host


def oidc_pool(running: Running, *arns: str, **members: Any) -> str:
    return identity_pool(running, OpenIdConnectProviderARNs=list(arns), AllowClassicFlow=True, **members)


def social_pool(running: Running, **members: Any) -> str:
    """A pool with four social providers, whose client id is `app` each; Google has a second."""
    ids = {GOOGLE: "app;app.apps.googleusercontent-2", APPLE: "app", FACEBOOK: "app", AMAZON: "app"}
    return identity_pool(running, SupportedLoginProviders=ids, AllowClassicFlow=True, **members)


def mock_login(running: Running, provider: str, client: str = "app", **claims: Any) -> dict[str, str]:
    """A Logins map with a token of the built-in provider."""
    body = {"provider": provider, "client_id": client, "claims": claims or {"email": "ann@example.com"}}
    request = urllib.request.Request(
        f"{running.url}/_emulator/logins", json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        logins: dict[str, str] = json.loads(answer.read())["logins"]
    return logins


def login(world: World, provider: Provider, **claims: Any) -> dict[str, str]:
    """A Logins map with a token of a provider in the test process."""
    provider.claims = {**provider.claims, **claims}
    return {provider.url.partition("://")[2]: provider.id_token(world.clock.now())}


def get_id(identity: Any, pool: str, logins: dict[str, str]) -> Any:
    return identity.get_id(IdentityPoolId=pool, Logins=logins)


def get_credentials(identity: Any, pool: str, logins: dict[str, str]) -> Any:
    guest = identity.get_id(IdentityPoolId=pool)["IdentityId"]
    return identity.get_credentials_for_identity(IdentityId=guest, Logins=logins)


def get_token(identity: Any, pool: str, logins: dict[str, str]) -> Any:
    guest = identity.get_id(IdentityPoolId=pool)["IdentityId"]
    return identity.get_open_id_token(IdentityId=guest, Logins=logins)


def get_developer_token(identity: Any, pool: str, logins: dict[str, str]) -> Any:
    return identity.get_open_id_token_for_developer_identity(IdentityPoolId=pool, Logins={DEVELOPER: "u", **logins})


def unlink(identity: Any, pool: str, logins: dict[str, str]) -> Any:
    guest = identity.get_id(IdentityPoolId=pool)["IdentityId"]
    return identity.unlink_identity(IdentityId=guest, Logins=logins, LoginsToRemove=[])


everywhere = pytest.mark.parametrize("call", [get_id, get_credentials, get_token, get_developer_token, unlink])


def nobody(world: World) -> bool:
    """Whether there are none but guests."""
    return all(one.guest and not one.logins for one in world.store.federated_identities)

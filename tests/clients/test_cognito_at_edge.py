"""npm cognito-at-edge of awslabs, unmodified: a function in front of a website, which speaks HTTPS to Amazon's names.

The emulator answers to them by its own certificates; the harness only says where they are (`edge/amazon.mjs`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cognito_emulator.server import Emulator
from tests.helpers.build import PASSWORD, Setup
from tests.helpers.node import Node

SITE = "https://d111111abcdef8.cloudfront.net"
DOMAIN = "edge-site"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    directory = str(tmp_path_factory.mktemp("tls"))
    with Emulator(tls=True, tls_port=0, tls_dir=directory, issuer="aws") as running:
        yield running


def website(emulator: Emulator, *, secret: bool) -> tuple[Setup, str]:
    """A pool with a domain and a user, and an ID token that the website does not take: another client's."""
    idp = emulator.client()
    pool = idp.create_user_pool(PoolName="p")["UserPool"]["Id"]
    made = idp.create_user_pool_client(
        UserPoolId=pool,
        ClientName="edge",
        GenerateSecret=secret,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid", "email"],
        CallbackURLs=[SITE, f"{SITE}/parse"],
        SupportedIdentityProviders=["COGNITO"],
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]
    plain = idp.create_user_pool_client(
        UserPoolId=pool, ClientName="old", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    idp.create_user_pool_domain(UserPoolId=pool, Domain=DOMAIN, ManagedLoginVersion=1)
    idp.admin_create_user(UserPoolId=pool, Username="ann", MessageAction="SUPPRESS")
    idp.admin_set_user_password(UserPoolId=pool, Username="ann", Password=PASSWORD, Permanent=True)
    tokens = idp.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=plain,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD},
    )
    return Setup(pool, made["ClientId"], made.get("ClientSecret")), tokens["AuthenticationResult"]["IdToken"]


@pytest.mark.parametrize("csrf", [False, True])
@pytest.mark.parametrize("secret", [False, True])
def test_sign_in_refresh_and_sign_out(
    edge: Node, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, csrf: bool, secret: bool
) -> None:
    emulator.reset()
    setup, stale = website(emulator, secret=secret)
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", str(Path(str(emulator.settings.tls_dir)) / "ca.pem"))
    domain = f"{DOMAIN}.auth.us-east-1.amazoncognito.com"
    given: dict[str, Any] = {"region": "us-east-1", "domain": domain, "secret": setup.secret, "password": PASSWORD}
    given |= {"tlsPort": int(emulator.tls_url.rpartition(":")[2]), "csrf": csrf, "stale": stale}
    steps = edge.run("cognito_at_edge.mjs", emulator, setup, **given)
    assert steps["sent to"] == {"status": "302", "host": domain, "path": "/authorize"}
    assert steps["the endpoint"] == {"status": 302, "path": "/login"}
    assert steps["back"] == {"status": 302, "origin": SITE, "path": "/parse" if csrf else "/"}
    assert steps["signed in"]["status"] == "302", steps["signed in"]
    assert steps["cookies"] == ["LastAuthUser", "accessToken", "idToken", "refreshToken", "tokenScopesString"]
    assert steps["the page"] == {"status": "forwarded", "location": None}
    assert (steps["refreshed"]["status"], steps["refreshed"]["new"]) == ("302", True)
    assert steps["the page again"]["status"] == "forwarded"
    assert steps["signed out"] == {"status": "302", "location": f"{SITE}/bye"}
    assert steps["cookies left"] == []
    assert steps["a revoked refresh token"] == {"status": "302", "path": "/authorize"}

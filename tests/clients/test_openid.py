"""OpenID Connect clients, unmodified: openid-client, oidc-client-ts and Auth.js in Node, Authlib in Python."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.helpers.browser import Browser
from tests.helpers.build import PASSWORD, Setup, setup, user
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest
from tests.helpers.node import Node
from tests.helpers.oauth_client import BYE, CALLBACK, OAUTH
from tests.helpers.oauth_client import Browser as Http


@pytest.fixture
def app(running: Running) -> Setup:
    """A pool with a user, a public client and open registration."""
    made = setup(running, OAUTH, DcrConfiguration={"OpenDcrEnabled": True})
    user(running, made.pool, email="ann@example.com", email_verified="true")
    return made


def machine(running: Running, pool: str) -> dict[str, str]:
    scopes = [{"ScopeName": "read", "ScopeDescription": "r"}]
    running.call("CreateResourceServer", UserPoolId=pool, Identifier="api", Name="api", Scopes=scopes)
    members = {
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["client_credentials"],
        "AllowedOAuthScopes": ["api/read"],
        "GenerateSecret": True,
    }
    made = running.call("CreateUserPoolClient", UserPoolId=pool, ClientName="m", **members)["UserPoolClient"]
    return {"id": made["ClientId"], "secret": made["ClientSecret"]}


@needs_newest
def test_openid_client(node: Node, running: Running, app: Setup) -> None:
    given = {"callback": CALLBACK, "bye": BYE, "password": PASSWORD, "machine": machine(running, app.pool)}
    steps = node.run("openid_client.mjs", running, app, **given)
    assert steps["server"]["issuer"] == f"{running.url}/{app.pool}"
    assert (steps["claims"]["aud"], steps["claims"]["email"]) == (app.client, "ann@example.com")
    assert steps["answer"] == {"type": "bearer", "expires": 3600, "refresh": True}
    assert steps["userinfo"]["email_verified"] == "true"
    assert steps["code twice"]["name"] == "ResponseBodyError"
    assert steps["refreshed"] == {"sub": steps["claims"]["sub"], "new": True}
    assert steps["after revocation"]["name"] == "ResponseBodyError"
    assert "accepted" not in steps["userinfo after"]
    assert steps["logout"] == {"status": 302, "location": BYE}
    assert steps["machine"]["token_type"] == "bearer"
    assert steps["machine by header"] is True
    assert steps["wrong scope"]["name"] == "ResponseBodyError"
    assert steps["registered"]["client_secret_expires_at"] == 0
    assert steps["registered signs in"] is True


@needs_newest
def test_oidc_client_ts(node: Node, running: Running, app: Setup) -> None:
    steps = node.run("oidc_client_ts.mjs", running, app, callback=CALLBACK, bye=BYE, password=PASSWORD)
    assert steps["request"]["code_challenge_method"] == "S256"
    assert (steps["profile"]["email"], steps["profile"]["cognito:username"]) == ("ann@example.com", "ann")
    assert steps["state"] == {"page": 7}
    assert steps["refreshed"] == {"new": True, "sub": steps["profile"]["sub"]}
    assert steps["after revocation"]["message"] == "Refresh Token has been revoked"
    assert steps["logout"] == BYE


@needs_newest
@pytest.mark.parametrize("confidential", [True, False])
def test_auth_js(node: Node, running: Running, confidential: bool) -> None:
    origin = "http://localhost:3000"
    back = f"{origin}/auth/callback/cognito"
    app = setup(running, {**OAUTH, "CallbackURLs": [back], "GenerateSecret": confidential})
    sub = user(running, app.pool, name="Ann", email="ann@example.com", email_verified="true")
    steps = node.run("auth_core.mjs", running, app, origin=origin, secret=app.secret, password=PASSWORD)
    request = steps["request"]
    assert (request["scope"], request["code_challenge_method"]) == ("openid profile email", "S256")
    assert (steps["callback"], steps["landed"]) == (back, f"{origin}/basket")
    assert steps["user"] == {"name": "Ann", "email": "ann@example.com"}
    told = {"sub": sub, "nonce": request["nonce"], "aud": app.client, "cognito:username": "ann", "email_verified": True}
    assert steps["profile"].items() >= told.items()
    assert (steps["access token"]["client_id"], steps["refreshable"]) == (app.client, True)
    assert steps["userInfo"]["sub"] == sub
    assert (steps["signed out"], steps["session"]) == (f"{origin}/basket", None)
    assert steps["an old code"] == steps["a forged code"] == f"{origin}/auth/error?error=Configuration"
    assert steps["complaints"] == ['unexpected "state" response parameter value', "invalid_grant"]


# --- Authlib -------------------------------------------------------------------------------------------


@pytest.fixture
def insecure() -> Iterator[None]:
    """Authlib takes plain HTTP only when it is told to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "AUTHLIB_INSECURE_TRANSPORT", "1")
        yield


def discovered(running: Running, pool: str) -> dict[str, Any]:
    found: dict[str, Any] = Http(running).request("GET", f"/{pool}/.well-known/openid-configuration").json
    return found


def sign_in_at_pages(running: Running, address: str) -> str:
    """Where the browser is after the form of the sign-in page was sent."""
    browser = Browser(running.port)
    page = browser.get(address.removeprefix(running.url))
    fields = page.fields(page.form()) | {"username": "ann", "password": PASSWORD}
    return browser.post(page.url, fields).url


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_authlib(running: Running, insecure: None, method: str) -> None:
    app = setup(running, {**OAUTH, "GenerateSecret": method != "none"})
    user(running, app.pool, email="ann@example.com")
    server = discovered(running, app.pool)
    with OAuth2Session(
        app.client,
        app.secret,
        token_endpoint_auth_method=method,
        scope="openid email",
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        token_endpoint=server["token_endpoint"],
        revocation_endpoint_auth_method=method,
    ) as client:
        verifier = "v" * 64
        address, state = client.create_authorization_url(
            server["authorization_endpoint"], code_verifier=verifier, nonce="n-1"
        )
        back = sign_in_at_pages(running, address)
        token = client.fetch_token(authorization_response=back, code_verifier=verifier, state=state)
        keys = Http(running).request("GET", server["jwks_uri"].removeprefix(running.url)).json
        claims = jwt.decode(token["id_token"], KeySet.import_key_set(keys)).claims
        assert (claims["iss"], claims["aud"], claims["nonce"]) == (server["issuer"], app.client, "n-1")
        told = client.get(server["userinfo_endpoint"]).json()
        assert told["email"] == "ann@example.com"
        refreshed = client.refresh_token(server["token_endpoint"], refresh_token=token["refresh_token"])
        assert refreshed["access_token"] != token["access_token"]
        answer = client.revoke_token(
            server["revocation_endpoint"], token=token["refresh_token"], token_type_hint="refresh_token"
        )
        assert answer.status_code == 200
        assert client.get(server["userinfo_endpoint"]).status_code == 401


def test_authlib_as_a_machine(running: Running, insecure: None) -> None:
    pool = setup(running).pool
    own = machine(running, pool)
    with OAuth2Session(own["id"], own["secret"], scope="api/read") as client:
        token = client.fetch_token(discovered(running, pool)["token_endpoint"], grant_type="client_credentials")
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 3600)

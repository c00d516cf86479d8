"""Whatever is sent to the routes for tokens, codes, factors and keys: an answer, a sentence, and never a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cognito_emulator.pool_handle import CognitoPool
from tests.helpers.control_api import Control

ODD: list[Any] = [
    None, True, 0, -1, 1e300, -1e300, 10**30, "", " ", "x", "\x00", "ä\U0001f600", "a/b", "../x", "x" * 10_000,
    [], [None], ["x"], [[]], {}, {"x": None}, {"": 1}, {"cognito:groups": 1}, {"a": {"b": [1, 2]}}, "{}", "null",
    '{"challenge": 1}',
]  # fmt: skip
USERS = "/_emulator/users/{pool}/ann"
ROUTES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/_emulator/tokens"): {
        "pool": "{pool}", "client": "{client}", "username": "ann", "scopes": ["openid"], "claims": {"a": 1},
        "groups": [], "auth_time": 5, "expires_in": 5, "acr": "urn:cognito:loa:1", "amr": ["pwd"], "triggers": False,
    },
    ("POST", "/_emulator/tokens/expire"): {"pool": "{pool}", "user": "ann", "client": "{client}", "refresh": False},
    ("POST", f"{USERS}/authorization-code"): {
        "client": "{client}", "redirect_uri": "https://example.com/cb", "scope": "openid", "state": "s", "nonce": "n",
        "code_challenge": "a" * 43, "code_challenge_method": "S256", "resource": "https://example.com",
        "acr_values": "x",
    },
    ("PUT", f"{USERS}/totp"): {"secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"},
    ("POST", f"{USERS}/passkey"): {"origin": "https://example.com"},
    ("POST", f"{USERS}/passkey/assertion"): {
        "options": {"challenge": "AAAA", "rpId": "example.com"}, "origin": "https://example.com",
    },
    ("POST", "/_emulator/pools/{pool}/keys/rotate"): {},
}  # fmt: skip


@pytest.fixture
def pool(control: Control) -> CognitoPool:
    members = {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}}
    client = {
        "ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"],
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid"],
        "CallbackURLs": ["https://example.com/cb"],
    }
    pool = control.emulator.create_pool(pool=members, client=client)
    pool.idp.set_user_pool_mfa_config(
        UserPoolId=pool.id,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
        WebAuthnConfiguration={"RelyingPartyId": "example.com"},
    )
    pool.add_user("ann")
    return pool


def filled(value: Any, pool: CognitoPool) -> Any:
    return json.loads(json.dumps(value).replace("{pool}", pool.id).replace("{client}", pool.client_id))


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=[path for _, path in ROUTES])
def test_an_odd_member_is_answered(control: Control, pool: CognitoPool, method: str, path: str) -> None:
    good, at = filled(ROUTES[method, path], pool), filled(path, pool)
    answer = control(method, at, good)
    assert answer.status == 200 or "no virtual passkey" in answer.json["message"], answer.json
    bodies = [*ODD, *({**good, name: value} for name in good for value in ODD), {**good, "odd": 1}]
    for body in bodies:
        answer = control(method, at, json.dumps(body))
        assert answer.status in (200, 400), (body, answer)
        assert answer.status == 200 or len(answer.json["message"]) > 10, (body, answer)


@pytest.mark.parametrize("name", ["%00", "%F0%9F%98%80", "..", "a%2Fb", "%ED%A0%80", "x" * 3_000])
def test_an_odd_name_in_the_path_is_answered(control: Control, pool: CognitoPool, name: str) -> None:
    for method, path in ROUTES:
        if "/users/" in path:
            for place in (path.replace("ann", name), path.replace("{pool}", name)):
                answer = control(method, filled(place, pool), filled(ROUTES[method, path], pool))
                assert answer.status in (400, 404), (place, answer)

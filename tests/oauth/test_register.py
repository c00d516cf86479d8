"""/oauth2/register: apps that make themselves app clients (RFC 7591)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.helpers.build import Setup, refused, setup, user
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest
from tests.helpers.oauth_client import Browser, Reply, basic, signed_in
from tests.helpers.token_endpoint import machine

pytestmark = needs_newest
SCOPE = "aws.cognito/dcr/register"
BACK = "https://app.example.com/back"


def pool_with(running: Running, **dcr: Any) -> str:
    return setup(running, DcrConfiguration={"OpenDcrEnabled": True, **dcr}).pool


def register(running: Running, pool: str, metadata: Any, token: str | None = None) -> Reply:
    body = metadata if isinstance(metadata, bytes) else json.dumps(metadata).encode()
    headers: dict[str, Any] = {"content-type": "application/json"}
    headers |= {"authorization": f"Bearer {token}"} if token else {}
    return Browser(running).request("POST", f"/{pool}/oauth2/register", body=body, **headers)


def initial_token(running: Running, pool: str, scope: str = SCOPE) -> str:
    members = {
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["client_credentials"],
        "AllowedOAuthScopes": [scope],
        "GenerateSecret": True,
    }
    made = running.call("CreateUserPoolClient", UserPoolId=pool, ClientName="r", **members)["UserPoolClient"]
    header = basic(made["ClientId"], made["ClientSecret"])
    token: str = Browser(running).token({"grant_type": "client_credentials"}, authorization=header).json["access_token"]
    return token


def test_an_app_registers_and_signs_its_user_in(running: Running, idp: Any) -> None:
    pool = pool_with(running)
    answer = register(running, pool, {"client_name": "My app", "redirect_uris": [BACK], "logo_uri": "x"})
    made = answer.json
    assert answer.status == 201
    assert "no-store" in answer.headers["cache-control"]
    assert made["client_secret_expires_at"] == 0
    assert made["client_id_issued_at"] == int(running.world.clock.now()) or made["client_id_issued_at"] > 0
    assert {
        name: made[name] for name in ("client_name", "redirect_uris", "grant_types", "response_types", "scope")
    } == {
        "client_name": "My app",
        "redirect_uris": [BACK],
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "scope": "openid email phone profile",
    }
    assert "logo_uri" not in made
    shown = idp.describe_user_pool_client(UserPoolId=pool, ClientId=made["client_id"])["UserPoolClient"]
    assert (shown["ClientType"], shown["ClientName"], shown["ClientSecret"]) == ("DCR", "My app", made["client_secret"])
    at = Setup(pool, made["client_id"], made["client_secret"])
    browser = signed_in_at(running, at)
    code = browser.authorize(at.client, redirect_uri=BACK).query["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    assert browser.token(form, authorization=basic(at.client, at.secret or "")).status == 200


def signed_in_at(running: Running, at: Setup) -> Browser:
    return signed_in(running, at, user(running, at.pool))


def test_a_public_app_has_no_secret(running: Running) -> None:
    metadata = {"redirect_uris": [BACK], "token_endpoint_auth_method": "none", "scope": "openid"}
    metadata["grant_types"] = ["authorization_code", "refresh_token"]
    made = register(running, pool_with(running), metadata).json
    assert "client_secret" not in made
    assert made["scope"] == "openid"
    assert made["grant_types"] == ["authorization_code", "refresh_token"]


def test_the_lists_tell_them_apart(running: Running, idp: Any) -> None:
    at = setup(running, DcrConfiguration={"OpenDcrEnabled": True})
    made = register(running, at.pool, {"redirect_uris": [BACK]}).json["client_id"]

    def listed(**of: str) -> set[str]:
        found = idp.list_user_pool_clients(UserPoolId=at.pool, MaxResults=60, **of)["UserPoolClients"]
        return {client["ClientId"] for client in found}

    assert listed() == {at.client, made}
    assert listed(ClientType="DCR") == {made}
    assert listed(ClientType="REGULAR") == {at.client}


def test_what_registered_clients_cannot_have(running: Running, idp: Any) -> None:
    pool = pool_with(running)
    ids = {"UserPoolId": pool, "ClientId": register(running, pool, {"redirect_uris": [BACK]}).json["client_id"]}
    with refused("InvalidParameterException", "Client secrets of a dynamically registered client cannot be changed."):
        idp.add_user_pool_client_secret(**ids)
    text = f"{SCOPE} is not for dynamically registered clients."
    with refused("InvalidOAuthFlowException", text):
        idp.update_user_pool_client(
            **ids,
            AllowedOAuthFlowsUserPoolClient=True,
            AllowedOAuthFlows=["code"],
            AllowedOAuthScopes=[SCOPE],
            CallbackURLs=[BACK],
        )


BAD: list[tuple[Any, str]] = [
    ({}, "invalid_redirect_uri"),
    ({"redirect_uris": ["http://app.example.com"]}, "invalid_redirect_uri"),
    ({"redirect_uris": [BACK + "#x"]}, "invalid_redirect_uri"),
    ({"redirect_uris": BACK}, "invalid_client_metadata"),
    ({"redirect_uris": [BACK], "grant_types": ["password"]}, "invalid_client_metadata"),
    ({"redirect_uris": [BACK], "grant_types": ["implicit"]}, "invalid_client_metadata"),
    ({"grant_types": ["client_credentials"]}, "invalid_client_metadata"),
    ({"redirect_uris": [BACK], "grant_types": ["refresh_token"]}, "invalid_client_metadata"),
    ({"redirect_uris": [BACK], "response_types": ["token"]}, "invalid_client_metadata"),
    ({"redirect_uris": [BACK], "scope": "openid api/read"}, "invalid_client_metadata"),
    ({"redirect_uris": [BACK], "scope": SCOPE}, "invalid_client_metadata"),
    ({"redirect_uris": [BACK], "scope": 1}, "invalid_client_metadata"),
    ({"redirect_uris": [BACK], "token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
    ({"redirect_uris": [BACK], "client_name": "<b>"}, "invalid_client_metadata"),
    ([], "invalid_request"),
    (b"{", "invalid_request"),
]


@pytest.mark.parametrize(("metadata", "error"), BAD)
def test_bad_metadata_makes_no_client(running: Running, metadata: Any, error: str) -> None:
    pool = pool_with(running)
    before = running.world.store.clients.count("pool", pool)
    answer = register(running, pool, metadata)
    assert (answer.status, answer.json["error"]) == (400, error)
    assert running.world.store.clients.count("pool", pool) == before


def test_registration_is_off_unless_it_is_configured(running: Running) -> None:
    for members in ({}, {"DcrConfiguration": {"EnableStatus": "Disabled", "OpenDcrEnabled": True}}):
        answer = register(running, setup(running, **members).pool, {"redirect_uris": [BACK]})
        assert (answer.status, answer.json["error"]) == (403, "access_denied")


def test_open_registration_is_off_by_default(running: Running) -> None:
    answer = register(running, pool_with(running, OpenDcrEnabled=False), {"redirect_uris": [BACK]})
    assert (answer.status, answer.json["error"]) == (401, "invalid_token")
    answer = register(running, pool_with(running, OpenDcrGrantTypes=[]), {"redirect_uris": [BACK]})
    assert (answer.status, answer.json["error"]) == (403, "access_denied")


def test_a_token_lets_a_machine_register(running: Running) -> None:
    pool = pool_with(running, AllowedScopes=["api/read"])
    server = [{"ScopeName": "read", "ScopeDescription": "r"}]
    running.call("CreateResourceServer", UserPoolId=pool, Identifier="api", Name="api", Scopes=server)
    token = initial_token(running, pool)
    made = register(running, pool, {"grant_types": ["client_credentials"]}, token)
    assert (made.status, made.json["scope"], made.json["response_types"]) == (201, "api/read", [])
    header = basic(made.json["client_id"], made.json["client_secret"])
    assert Browser(running).token({"grant_type": "client_credentials"}, authorization=header).status == 200


def test_bad_initial_tokens(running: Running) -> None:
    pool, other = pool_with(running), machine(running)
    foreign = initial_token(running, other.pool)
    for token in ("x", foreign):
        answer = register(running, pool, {"redirect_uris": [BACK]}, token)
        assert (answer.status, answer.json["error"]) == (401, "invalid_token")
    header = basic(other.client, other.secret or "")
    weak = Browser(running).token({"grant_type": "client_credentials"}, authorization=header).json["access_token"]
    answer = register(running, other.pool, {"redirect_uris": [BACK]}, weak)
    assert (answer.status, answer.json["error"]) == (403, "insufficient_scope")


def test_at_the_domain_the_pool_is_known_and_discovery_names_the_endpoint(running: Running) -> None:
    pool = pool_with(running)
    running.call("CreateUserPoolDomain", UserPoolId=pool, Domain="reg")
    body, kind = json.dumps({"redirect_uris": [BACK]}).encode(), "application/json"
    browser = Browser(running, "reg.auth.localhost")
    assert browser.request("POST", "/oauth2/register", body=body, content_type=kind).status == 201
    assert Browser(running).request("POST", "/oauth2/register", body=body, content_type=kind).status == 401
    assert Browser(running).request("POST", "/none_x/oauth2/register", body=body, content_type=kind).status == 404
    document = Browser(running).request("GET", f"/{pool}/.well-known/openid-configuration").json
    path = document["registration_endpoint"].removeprefix(running.url)
    assert Browser(running).request("POST", path, body=body, content_type=kind).status == 201
    text = browser.request("POST", "/oauth2/register", body=body, content_type="text/plain")
    assert text.json["error"] == "invalid_request"

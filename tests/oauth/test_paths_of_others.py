"""The paths at which LocalStack and floci have the hosted login and the OAuth endpoints."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cognito_emulator.server import Emulator
from tests.helpers.browser import Browser
from tests.helpers.raw import IDP_TARGET, JSON_1_1, ask

POOL, CLIENT, MACHINE, SECRET = "us-east-1_elsewhere", "webapp00000000000000000001", "machine0000000000000001", "s" * 52
FORM = {"content-type": "application/x-www-form-urlencoded"}
SEED = {
    "UserPools": [
        {
            "Id": POOL,
            "PoolName": "p",
            "Domains": [{"Domain": "elsewhere"}],
            "Users": [{"Username": "ann", "Password": "Ann-12345"}],
            "ResourceServers": [
                {"Identifier": "api", "Name": "api", "Scopes": [{"ScopeName": "r", "ScopeDescription": "r"}]}
            ],
            "Clients": [
                {
                    "ClientId": CLIENT,
                    "ClientName": "web",
                    "CallbackURLs": ["http://localhost:3000/"],
                    "AllowedOAuthFlows": ["code"],
                    "AllowedOAuthScopes": ["openid"],
                    "AllowedOAuthFlowsUserPoolClient": True,
                    "SupportedIdentityProviders": ["COGNITO"],
                },
                {
                    "ClientId": MACHINE,
                    "ClientSecret": SECRET,
                    "ClientName": "machine",
                    "AllowedOAuthFlows": ["client_credentials"],
                    "AllowedOAuthScopes": ["api/r"],
                    "AllowedOAuthFlowsUserPoolClient": True,
                },
            ],
        }
    ]
}


@pytest.fixture(scope="module")
def emulator() -> Any:
    with Emulator(seed=SEED) as running:
        yield running


@pytest.mark.parametrize("prefix", ["/_aws/cognito-idp", "/cognito-idp"])
def test_a_machine_gets_its_token(emulator: Emulator, prefix: str) -> None:
    form = f"grant_type=client_credentials&client_id={MACHINE}&client_secret={SECRET}&scope=api/r"
    status, headers, body = ask(emulator.port, "POST", f"{prefix}/oauth2/token", FORM, form)
    assert (status, json.loads(body)["token_type"]) == (200, "Bearer")
    assert headers["access-control-allow-origin"] == "*"
    assert ask(emulator.port, "OPTIONS", f"{prefix}/oauth2/token", {"access-control-request-method": "POST"})[0] == 200


@pytest.mark.parametrize("path", ["login", "oauth2/authorize"])
def test_a_browser_signs_in(emulator: Emulator, path: str) -> None:
    query = f"response_type=code&client_id={CLIENT}&redirect_uri=http://localhost:3000/&scope=openid&state=a%26b"
    browser = Browser(emulator.port)
    browser.get(f"/_aws/cognito-idp/{path}?{query}")
    url = browser.submit(username="ann", password="Ann-12345").url
    assert url.startswith("http://localhost:3000/?code=")
    assert url.endswith("&state=a%26b")


def test_the_api_is_there_too(emulator: Emulator) -> None:
    headers = {"content-type": JSON_1_1, "x-amz-target": f"{IDP_TARGET}InitiateAuth"}
    members = {
        "ClientId": CLIENT,
        "AuthFlow": "USER_AUTH",
        "AuthParameters": {"USERNAME": "ann", "PREFERRED_CHALLENGE": "NOPE"},
    }
    status, _, body = ask(emulator.port, "POST", "/_aws/cognito-idp", headers, json.dumps(members))
    assert (status, json.loads(body)["__type"]) == (400, "InvalidParameterException")


@pytest.mark.parametrize(
    "path", ["/_aws/cognito-idp/_emulator/info", "/_aws/cognito-idp/nope", "/_aws/cognito-idpx/login", "/cognito-idp/x"]
)
def test_nothing_else_is_there(emulator: Emulator, path: str) -> None:
    assert ask(emulator.port, "GET", path)[0] == 404

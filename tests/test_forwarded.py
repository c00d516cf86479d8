"""X-Forwarded-For: the source address that risk rules and events see."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from cognito_emulator import Emulator

POOL, CLIENT = "us-east-1_forwarded1", "forwarded"
SEED = {
    "UserPools": [
        {
            "Id": POOL,
            "PoolName": "p",
            "UserPoolTier": "PLUS",
            "UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"},
            "Clients": [{"ClientId": CLIENT, "ClientName": "c", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]}],
            "Users": [{"Username": "ann", "Password": "Ann-12345"}],
        }
    ]
}


@pytest.fixture(scope="module")
def one() -> Iterator[Emulator]:
    with Emulator(seed=SEED, log_codes=False) as emulator:
        yield emulator


def seen(one: Emulator, *forwarded: str) -> str:
    """The address in the event of a sign-in with these headers."""
    members = {
        "ClientId": CLIENT,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "ann", "PASSWORD": "Ann-12345"},
    }
    headers = {
        "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
        "Content-Type": "application/x-amz-json-1.1",
        "X-Forwarded-For": ", ".join(forwarded),
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-Port": "many",
    }
    request = urllib.request.Request(f"http://127.0.0.1:{one.port}/", json.dumps(members).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["AuthenticationResult"]
    (event, *_) = one.client().admin_list_user_auth_events(UserPoolId=POOL, Username="ann")["AuthEvents"]
    address: Any = event["EventContextData"]["IpAddress"]
    return str(address)


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (("203.0.113.9",), "203.0.113.9"),
        (("203.0.113.9:4711",), "203.0.113.9"),
        (("[2001:db8::9]:4711",), "2001:db8::9"),
        (("198.51.100.1", "203.0.113.9"), "203.0.113.9"),
        (("what a client wrote", "203.0.113.9"), "203.0.113.9"),
        (("203.0.113.9", "127.0.0.1"), "203.0.113.9"),
    ],
)
def test_a_proxy_on_this_machine_says_where_a_request_comes_from(
    one: Emulator, forwarded: tuple[str, ...], address: str
) -> None:
    assert seen(one, *forwarded) == address


@pytest.mark.parametrize(
    "forwarded", ["", ",", "unknown", "_hidden", "999.1.1.1", "[::1", 'fe80::1%"x', "a" * 4000, "\xff", "1.2.3.4.5:x"]
)
def test_what_is_no_address_is_ignored(one: Emulator, forwarded: str) -> None:
    assert seen(one, forwarded) == "127.0.0.1"


def test_a_proxy_elsewhere_is_not_read_unless_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here 127.0.0.1 is elsewhere."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "192.0.2.0/24")
    with Emulator(seed=SEED, log_codes=False) as other:
        assert seen(other, "203.0.113.9") == "127.0.0.1"
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "192.0.2.1,127.0.0.0/8")
    with Emulator(seed=SEED, log_codes=False) as other:
        assert seen(other, "203.0.113.9") == "203.0.113.9"

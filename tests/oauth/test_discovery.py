"""The OpenID configuration: where its endpoints are, by the issuer, and at a custom domain."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cognito_emulator.ports.keys import Keys
from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.helpers.build import setup
from tests.helpers.harness import Running, key_sets_in_turn
from tests.helpers.oauth_client import Browser

CERTIFICATE = {"CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/x"}
ENDPOINTS = {
    "authorization_endpoint": "/oauth2/authorize",
    "token_endpoint": "/oauth2/token",
    "userinfo_endpoint": "/oauth2/userInfo",
    "revocation_endpoint": "/oauth2/revoke",
    "end_session_endpoint": "/logout",
}


@pytest.fixture(scope="module")
def shared_aws() -> Iterator[Running]:
    running = Running(World(Settings(port=0, issuer="aws"), keys=Keys(key_sets_in_turn(1))))
    yield running
    running.stop()


@pytest.fixture
def aws(shared_aws: Running) -> Running:
    shared_aws.reset()
    return shared_aws


def document(running: Running, pool: str) -> dict[str, str]:
    found: dict[str, str] = Browser(running).get(f"/{pool}/.well-known/openid-configuration").json
    return found


def at(base: str) -> dict[str, str]:
    return {name: f"{base}{path}" for name, path in ENDPOINTS.items()}


def test_with_awss_issuer_the_endpoints_are_at_the_pools_domain(aws: Running) -> None:
    pool = setup(aws, DcrConfiguration={"OpenDcrEnabled": True}).pool
    assert document(aws, pool).items() >= at(aws.url).items()
    aws.call("CreateUserPoolDomain", UserPoolId=pool, Domain="shop")
    found = document(aws, pool)
    assert found.items() >= at("https://shop.auth.us-east-1.amazoncognito.com").items()
    assert found["registration_endpoint"] == "https://shop.auth.us-east-1.amazoncognito.com/oauth2/register"
    assert found["issuer"] == f"https://cognito-idp.us-east-1.amazonaws.com/{pool}"
    assert found["jwks_uri"] == f"{aws.url}/{pool}/.well-known/jwks.json"


def test_with_awss_issuer_at_a_custom_domain(aws: Running) -> None:
    pool = setup(aws).pool
    aws.call("CreateUserPoolDomain", UserPoolId=pool, Domain="auth.example.com", CustomDomainConfig=CERTIFICATE)
    assert document(aws, pool).items() >= at("https://auth.example.com").items()


def test_with_the_local_issuer_they_are_here(running: Running) -> None:
    pool = setup(running).pool
    running.call("CreateUserPoolDomain", UserPoolId=pool, Domain="shop")
    assert document(running, pool).items() >= at(running.url).items()


def test_a_custom_domain_serves_it_and_no_other_host(running: Running) -> None:
    pool = setup(running).pool
    running.call("CreateUserPoolDomain", UserPoolId=pool, Domain="shop")
    running.call("CreateUserPoolDomain", UserPoolId=pool, Domain="auth.example.com", CustomDomainConfig=CERTIFICATE)
    path = "/.well-known/openid-configuration"
    found = Browser(running, "auth.example.com:8443").get(path)
    assert found.status == 200
    assert found.json.items() >= at("http://auth.example.com:8443").items()
    assert found.json["issuer"] == f"{running.url}/{pool}"
    behind = Browser(running, "auth.example.com").request("GET", path, x_forwarded_proto="https")
    assert behind.json.items() >= at("https://auth.example.com").items()
    for host in (None, "shop.auth.localhost", "shop.auth.us-east-1.amazoncognito.com", "none.auth.localhost"):
        assert Browser(running, host).get(path).status == 404, host

"""Logins under every setting of the issuer; and who may call without a signature."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.settings import Settings
from cognito_emulator.wire.model import IDENTITY, service_model
from cognito_emulator.world import World
from tests.helpers.build import refused
from tests.helpers.harness import Running
from tests.helpers.identity_pools import federation, payload, provider_of
from tests.helpers.raw import IDENTITY_TARGET, authorization, post

PUBLIC = {"GetId", "GetCredentialsForIdentity", "GetOpenIdToken", "UnlinkIdentity"}
NAMES = sorted(service_model(IDENTITY).names)


@pytest.mark.parametrize(
    ("issuer", "public_url", "key"),
    [
        ("local", "http://cognito:9229", "cognito:9229/{}"),
        ("local", "https://proxy.test/base", "proxy.test/base/{}"),
        ("aws", "http://cognito:9229", "cognito-idp.us-east-1.amazonaws.com/{}"),
        ("https://id.test/pools", "http://cognito:9229", "id.test/pools/{}"),
    ],
)
def test_the_issuer_without_its_scheme_is_a_provider(issuer: str, public_url: str, key: str) -> None:
    running = Running(World(Settings(port=0, issuer=issuer)))
    running.world.address.fixed = public_url
    try:
        ann = federation(running, running.client())
        identity, token = running.client("cognito-identity"), ann.tokens["IdToken"]
        name = key.format(ann.users.pool)
        assert payload(token)["iss"].partition("://")[2] == name
        known = identity.get_id(IdentityPoolId=ann.pool, Logins={name: token})["IdentityId"]
        for other in (provider_of(ann.users.pool), f"{public_url.partition('://')[2]}/{ann.users.pool}"):
            assert identity.get_id(IdentityPoolId=ann.pool, Logins={other: token})["IdentityId"] == known
        with refused("NotAuthorizedException", "Invalid login token. Issuer doesn't match providerName"):
            identity.get_id(IdentityPoolId=ann.pool, Logins={f"localhost:9/{ann.users.pool}": token})
    finally:
        running.stop()


def test_logins_and_tokens_of_an_earlier_address_are_the_same(running: Running) -> None:
    address, before = running.world.address, running.world.address.fixed
    try:
        address.change("http://one.test", follows=False)
        ann = federation(running, running.client())
        identity, token = running.client("cognito-identity"), ann.tokens["IdToken"]
        name = f"one.test/{ann.users.pool}"
        known = identity.get_id(IdentityPoolId=ann.pool, Logins={name: token})["IdentityId"]
        own = identity.get_open_id_token(IdentityId=known, Logins={name: token})["Token"]
        address.change("http://two.test", follows=False)
        assert identity.get_id(IdentityPoolId=ann.pool, Logins={name: token})["IdentityId"] == known
        for key in (payload(own)["iss"], "cognito-identity.amazonaws.com"):
            found = identity.get_credentials_for_identity(IdentityId=known, Logins={key: own})
            assert found["IdentityId"] == known
        with refused("NotAuthorizedException", "Invalid login token. Issuer doesn't match providerName"):
            identity.get_id(IdentityPoolId=ann.pool, Logins={f"three.test/{ann.users.pool}": token})
    finally:
        address.change(before, follows=False)
        address._earlier.clear()


@pytest.mark.parametrize("name", NAMES)
def test_only_the_public_operations_need_no_signature(running: Running, name: str) -> None:
    assert len(NAMES) == 23
    answer = post(running, name, {}, prefix=IDENTITY_TARGET, authorization=None)
    wanted = "ValidationException" if name in PUBLIC else "MissingAuthenticationTokenException"
    assert (answer.status, answer.json["__type"]) == (400, wanted)


def test_the_signature_is_for_this_service(running: Running) -> None:
    body: dict[str, Any] = {"MaxResults": 1}
    other = authorization(service="cognito-idp")
    answer = post(running, "ListIdentityPools", body, prefix=IDENTITY_TARGET, authorization=other)
    assert answer.json == {
        "__type": "InvalidSignatureException",
        "message": "Credential should be scoped to correct service: 'cognito-identity'.",
    }

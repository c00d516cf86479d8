"""ID tokens of IAM OIDC providers as logins: by whose keys, and every way in which one is refused."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cognito_emulator.ports.keys import make_key_set
from cognito_emulator.world import World
from tests.helpers.build import refused
from tests.helpers.federated import Provider
from tests.helpers.foreign_logins import (
    DENIED,
    FORGED,
    IAM,
    Call,
    everywhere,
    get_credentials,
    get_developer_token,
    get_id,
    get_token,
    know_oidc,
    login,
    nobody,
    oidc_pool,
    unlink,
)
from tests.helpers.harness import Running
from tests.helpers.identity_pools import DIFFER, ROLES, UNSUPPORTED, forged, identity_pool, payload

OUTSIDE = "ExternalServiceException"


def test_a_login_of_an_oidc_provider(identity: Any, world: World, provider: Provider, pool: str) -> None:
    logins = login(world, provider)
    (host,) = logins
    known = get_id(identity, pool, logins)["IdentityId"]
    assert get_id(identity, pool, logins)["IdentityId"] == known
    assert identity.describe_identity(IdentityId=known)["Logins"] == [host]
    answer = identity.get_credentials_for_identity(IdentityId=known, Logins=logins)
    assert answer["IdentityId"] == known
    assert payload(answer["Credentials"]["SessionToken"])["amr"] == ["authenticated", host]
    told = payload(identity.get_open_id_token(IdentityId=known, Logins=logins)["Token"])
    assert (told["sub"], told["amr"]) == (known, ["authenticated", host])
    other = login(world, provider, sub="s-2")
    assert get_id(identity, pool, other)["IdentityId"] != known
    with refused(DENIED, DIFFER):
        identity.get_credentials_for_identity(IdentityId=known, Logins=other)


@everywhere
def test_a_forged_token(identity: Any, world: World, provider: Provider, pool: str, call: Call) -> None:
    ((host, token),) = login(world, provider).items()
    for bad in (forged(token, sub="somebody-else"), token.rpartition(".")[0] + "."):
        with refused(DENIED, FORGED):
            call(identity, pool, {host: bad})
    assert nobody(world)


@everywhere
def test_a_token_by_another_key(identity: Any, world: World, provider: Provider, pool: str, call: Call) -> None:
    other = make_key_set().id_key
    provider.sign = lambda claims: other.sign(claims, alg="RS256", kid=provider.key.kid)
    with refused(DENIED, FORGED):
        call(identity, pool, login(world, provider))


def test_keys_and_algorithms_that_are_not_rsas(
    running: Running, identity: Any, world: World, provider: Provider, pool: str
) -> None:
    """The signature must be verifiable via an RSA public key."""
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    jwk = {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key())), "kid": "ec"}
    provider.answers["/jwks"] = (200, json.dumps({"keys": [jwk, {"kty": "oct", "k": "eA", "kid": "h"}]}).encode())
    provider.sign = lambda claims: jwt.encode(claims, key, "ES256", {"kid": "ec"})
    with refused(DENIED, FORGED):
        get_id(identity, pool, login(world, provider))
    provider.sign = lambda claims: jwt.encode(claims, "x" * 32, "HS256", {"kid": "h"})
    with refused(DENIED, FORGED):
        get_id(identity, pool, login(world, provider))
    # Nor does the key of the built-in provider open what is not a mock.
    own = running.run(running.world.keys.of("cognito-identity")).access_key
    provider.sign = lambda claims: own.sign(claims, alg="RS256", kid=own.kid)
    with refused(DENIED, FORGED):
        get_id(identity, pool, login(world, provider))


@everywhere
def test_a_token_is_good_for_five_minutes_more(
    identity: Any, world: World, provider: Provider, pool: str, call: Call
) -> None:
    logins = login(world, provider)
    (token,) = logins.values()
    ends = payload(token)["exp"]
    world.clock.freeze(ends + 300)
    with refused(DENIED, f"Invalid login token. Token expired: {ends + 300} >= {ends}"):
        call(identity, pool, logins)
    assert nobody(world)
    world.clock.freeze(ends + 299)
    if call is not unlink:
        call(identity, pool, logins)


def test_a_token_of_the_future(identity: Any, world: World, provider: Provider, pool: str) -> None:
    world.clock.freeze(1_800_000_000)
    with refused(DENIED, "Invalid login token. Token is not valid yet: 1800000000 < 1800000301"):
        get_id(identity, pool, login(world, provider, nbf=1_800_000_301))
    assert get_id(identity, pool, login(world, provider, nbf=1_800_000_300))


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"aud": None}, "Invalid login token. Missing a required claim: aud"),
        ({"iss": "https://accounts.google.com"}, "Invalid login token. Issuer doesn't match providerName"),
        ({"iss": ["x"]}, "Invalid login token. Issuer doesn't match providerName"),
        ({"aud": "other"}, UNSUPPORTED),
        ({"aud": [{"web": 1}]}, UNSUPPORTED),
        ({"aud": "web", "azp": "other"}, UNSUPPORTED),
        ({"exp": None}, "Invalid login token. Missing a required claim: exp"),
        ({"exp": True}, "Invalid login token. Missing a required claim: exp"),
        ({"exp": 1e300}, "Invalid login token. Missing a required claim: exp"),
        ({"nbf": "x"}, "Invalid login token. Token is not valid yet: {now} < x"),
        ({"sub": None}, "Invalid login token. Missing a required claim: sub"),
        ({"sub": ""}, "Invalid login token. Missing a required claim: sub"),
        ({"sub": 7}, "Invalid login token. Missing a required claim: sub"),
    ],
)
@everywhere
def test_claims_that_are_refused(
    identity: Any, world: World, provider: Provider, pool: str, claims: dict[str, Any], message: str, call: Call
) -> None:
    world.clock.freeze(1_800_000_000)
    with refused(DENIED, message.format(now=1_800_000_000)):
        call(identity, pool, login(world, provider, **claims))
    assert nobody(world)


@pytest.mark.parametrize("claims", [{"aud": ["x", "native"]}, {"aud": "other", "azp": "web"}, {"aud": "native"}])
def test_the_authorized_party_counts_more_than_the_audience(
    identity: Any, world: World, provider: Provider, pool: str, claims: dict[str, Any]
) -> None:
    assert get_id(identity, pool, login(world, provider, **claims))


@everywhere
@pytest.mark.parametrize("token", ["x", "a.b.c", "e30.e30.e30", "e30.W10."])
def test_what_is_no_token(identity: Any, provider: Provider, pool: str, call: Call, token: str) -> None:
    with refused(DENIED, "Invalid login token. Not a valid OpenId Connect identity token."):
        call(identity, pool, {provider.url.partition("://")[2]: token})
    assert provider.requests == []


@everywhere
def test_nobody_is_asked_about_a_token_that_is_refused_anyway(
    running: Running, identity: Any, world: World, provider: Provider, pool: str, call: Call
) -> None:
    logins = login(world, provider)
    with refused(DENIED, UNSUPPORTED):
        call(identity, identity_pool(running, AllowClassicFlow=True), logins)
    with refused(DENIED, UNSUPPORTED):
        call(identity, pool, login(world, provider, aud="other"))
    with refused(DENIED, UNSUPPORTED):
        call(identity, pool, {f"{IAM}:oidc-provider/{next(iter(logins))}": next(iter(logins.values()))})
    assert provider.requests == []


@everywhere
def test_a_provider_about_which_nothing_is_known(
    running: Running, identity: Any, world: World, provider: Provider, caplog: pytest.LogCaptureFixture, call: Call
) -> None:
    """It is in the identity pool, and there is no IAM that says for whom its tokens are."""
    host = provider.url.partition("://")[2]
    arn, saml = f"{IAM}:oidc-provider/{host}", f"{IAM}:saml-provider/Corp"
    pool = oidc_pool(running, arn, SamlProviderARNs=[saml])
    with refused(DENIED, UNSUPPORTED):
        call(identity, pool, login(world, provider))
    with refused(DENIED, UNSUPPORTED):
        call(identity, pool, {saml: "anything"})
    assert provider.requests == []
    assert f"Nothing is known about {arn}: no seed has it under OpenIDConnectProviders." in caplog.text
    assert f"Nothing is known about {saml}: no seed has it under SAMLProviders." in caplog.text


TROUBLE = [
    {"/.well-known/openid-configuration": (500, b"")},
    {"/.well-known/openid-configuration": (200, b"{")},
    {"/.well-known/openid-configuration": (200, b'{"issuer": "https://elsewhere.example"}')},
    {"/jwks": (404, b"")},
    {"/jwks": (200, b"[]")},
]


@pytest.mark.parametrize("answers", TROUBLE)
@pytest.mark.parametrize("call", [get_id, get_credentials, get_token, unlink])
def test_keys_that_cannot_be_had(
    identity: Any,
    world: World,
    provider: Provider,
    pool: str,
    answers: dict[str, tuple[int, bytes]],
    call: Call,
) -> None:
    provider.answers = answers
    host = provider.url.partition("://")[2]
    with refused(OUTSIDE, f"The keys of {host} cannot be fetched."):
        call(identity, pool, login(world, provider))
    with refused(DENIED, FORGED):  # the operation models no such error
        get_developer_token(identity, pool, login(world, provider))
    assert nobody(world)


def test_after_one_that_cannot_be_asked_nobody_else_is(
    running: Running, identity: Any, world: World, provider: Provider
) -> None:
    dead, _ = know_oidc(running, "http://127.0.0.1:9")
    alive, host = know_oidc(running, provider.url)
    pool = oidc_pool(running, dead, alive)
    good = login(world, provider)
    late = {"127.0.0.1:9": provider.key.sign({"iss": "http://127.0.0.1:9", "aud": "web", "sub": "s", "exp": 9**10})}
    with refused(OUTSIDE, "The keys of 127.0.0.1:9 cannot be fetched."):
        get_id(identity, pool, {**late, host: good[host]})
    assert provider.requests == []


@pytest.mark.parametrize("keys", ["{}", '{"keys": 7}', '{"keys": [7, {"kty": "RSA"}]}'])
def test_a_set_without_the_key(identity: Any, world: World, provider: Provider, pool: str, keys: str) -> None:
    provider.answers["/jwks"] = (200, keys.encode())
    with refused(DENIED, FORGED):
        get_id(identity, pool, login(world, provider))


def test_a_provider_that_is_gone_or_never_answers(
    running: Running, identity: Any, world: World, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cognito_emulator.flows.federation import oidc_client

    monkeypatch.setattr(oidc_client, "_TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        arn, _ = know_oidc(running, f"http://127.0.0.1:{port}")
        pool = oidc_pool(running, arn)
        provider.url, kept = f"http://127.0.0.1:{port}", provider.url
        try:
            logins = login(world, provider)
        finally:
            provider.url = kept
        with refused(OUTSIDE, f"The keys of 127.0.0.1:{port} cannot be fetched."):
            get_id(identity, pool, logins)
    with refused(OUTSIDE, f"The keys of 127.0.0.1:{port} cannot be fetched."):
        get_id(identity, pool, logins)
    assert nobody(world)


def test_new_keys_count_at_once(identity: Any, world: World, provider: Provider, pool: str) -> None:
    assert get_id(identity, pool, login(world, provider))
    other, old = make_key_set().id_key, provider.key
    provider.key = other
    try:
        assert get_id(identity, pool, login(world, provider))
    finally:
        provider.key = old


def test_what_has_changed_meanwhile_counts(
    running: Running, identity: Any, world: World, provider: Provider, pool: str
) -> None:
    """The provider leaves the pool, or the pool goes, while the provider is asked."""
    logins, inner = login(world, provider), world.web

    class Meddling:
        def __init__(self, change: Callable[[], None]) -> None:
            self.change = change

        async def request(self, *given: Any, **more: Any) -> Any:
            answer = await inner.request(*given, **more)
            self.change()
            return answer

    def leave() -> None:
        from msgspec.structs import replace

        found = world.store.identity_pools.get(pool)
        assert found is not None
        with world.store.write():
            world.store.identity_pools.put(replace(found, oidc=()))

    def go() -> None:
        if pool in world.store.identity_pools:
            with world.store.write():
                world.store.identity_pools.delete(pool)

    try:
        world.web = Meddling(leave)
        with refused(DENIED, UNSUPPORTED):
            get_id(identity, pool, logins)
        running.call(
            "UpdateIdentityPool",
            "cognito-identity",
            IdentityPoolId=pool,
            IdentityPoolName="p",
            AllowUnauthenticatedIdentities=True,
            OpenIdConnectProviderARNs=[f"{IAM}:oidc-provider/{next(iter(logins))}"],
        )
        world.web = Meddling(go)
        with refused("ResourceNotFoundException", f"IdentityPool '{pool}' not found."):
            get_id(identity, pool, logins)
    finally:
        world.web = inner
    assert nobody(world)


def test_an_issuer_with_a_slash_at_its_end(running: Running, identity: Any, world: World, provider: Provider) -> None:
    """Auth0's: the slash is in `iss`, and in neither the ARN nor the key of the login."""
    issuer = f"{provider.url}/"
    arn, host = know_oidc(running, issuer)
    assert host == provider.url.partition("://")[2]
    document = {"issuer": issuer, "jwks_uri": f"{provider.url}/jwks"}
    provider.answers["/.well-known/openid-configuration"] = (200, json.dumps(document).encode())
    pool = oidc_pool(running, arn)
    assert get_id(identity, pool, login(world, provider, iss=issuer))
    with refused(DENIED, "Invalid login token. Issuer doesn't match providerName"):
        get_id(identity, pool, login(world, provider, iss=provider.url))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["web", "native"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
CLAIM = st.sampled_from(["iss", "aud", "azp", "sub", "exp", "nbf", "iat", "cognito:roles", "cognito:preferred_role"])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(claims=st.dictionaries(CLAIM, JSON, max_size=4))
def test_whatever_a_token_says(
    identity: Any, world: World, provider: Provider, pool: str, claims: dict[str, Any]
) -> None:
    """It is taken or refused, and never an error of ours."""
    mapping = {"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"}
    arn = f"{IAM}:oidc-provider/{provider.url.partition('://')[2]}"
    identity.set_identity_pool_roles(IdentityPoolId=pool, Roles=ROLES, RoleMappings={arn: mapping})
    provider.claims = {"aud": "web", "nonce": None}
    with suppress(
        identity.exceptions.NotAuthorizedException, identity.exceptions.InvalidIdentityPoolConfigurationException
    ):
        logins = login(world, provider, **claims)
        known = get_id(identity, pool, logins)["IdentityId"]
        told = identity.get_credentials_for_identity(IdentityId=known, Logins=logins)
        assert payload(told["Credentials"]["SessionToken"])["sub"] == known

"""ID tokens of social and IAM OIDC providers as logins: by whose keys, and every way in which one is refused."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest

from emulator.ports.keys import make_key_set
from emulator.world import World
from tests.build import refused
from tests.harness import Running
from tests.oauth.federated import Provider, Server
from tests.operations.identity.build import DEVELOPER, DIFFER, UNSUPPORTED, forged, identity_pool, payload
from tests.operations.identity.foreign import (
    AMAZON,
    APPLE,
    FACEBOOK,
    GOOGLE,
    IAM,
    know,
    know_oidc,
    oidc_pool,
    pretended,
    social_pool,
)
from tests.readme import README

DENIED, OUTSIDE = "NotAuthorizedException", "ExternalServiceException"
FORGED = "Invalid login token. Couldn't verify signed token."
Call = Callable[[Any, str, dict[str, str]], Any]


@pytest.fixture(scope="session")
def provider_server(shared_server: Running) -> Iterator[Server]:
    server = Server(lambda: shared_server.world.clock.now())
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def provider(provider_server: Server) -> Provider:
    """An OIDC provider that a test may let say anything; its tokens are for `web`."""
    provider_server.provider.reset()
    provider_server.provider.claims = {"aud": "web", "nonce": None}
    return provider_server.provider


@pytest.fixture
def pool(running: Running, provider: Provider) -> str:
    """An identity pool that takes the provider's logins."""
    arn, _ = know_oidc(running, provider.url, "web", "native")
    return oidc_pool(running, arn)


def login(world: World, provider: Provider, **claims: Any) -> dict[str, str]:
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
    return all(one.guest and not one.logins for one in world.store.federated_identities)


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
    # Nor does the key of the built-in provider open what is not pretended.
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


@pytest.mark.parametrize("keys", ["{}", '{"keys": 7}', '{"keys": [7, {"kty": "RSA"}]}'])
def test_a_set_without_the_key(identity: Any, world: World, provider: Provider, pool: str, keys: str) -> None:
    provider.answers["/jwks"] = (200, keys.encode())
    with refused(DENIED, FORGED):
        get_id(identity, pool, login(world, provider))


def test_a_provider_that_is_gone_or_never_answers(
    running: Running, identity: Any, world: World, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emulator.flows import external_provider

    monkeypatch.setattr(external_provider, "_TIMEOUT", 0.2)
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
        from dataclasses import replace

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


# --- social providers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [GOOGLE, APPLE, FACEBOOK, AMAZON])
def test_the_built_in_provider_stands_in(running: Running, identity: Any, name: str) -> None:
    """Nothing is fetched, and nobody is asked."""
    pool = social_pool(running)
    logins = pretended(running, name)
    assert list(logins) == [name]
    known = get_id(identity, pool, logins)["IdentityId"]
    # The same person again, by a token of another moment.
    running.world.clock.advance(60)
    again = pretended(running, name)
    assert again != logins
    answer = identity.get_credentials_for_identity(IdentityId=known, Logins=again)
    assert answer["IdentityId"] == known
    assert payload(answer["Credentials"]["SessionToken"])["amr"] == ["authenticated", name]
    assert identity.describe_identity(IdentityId=known)["Logins"] == [name]


def test_the_readme_s_example(running: Running, identity: Any) -> None:
    (body,) = re.findall(r'`(\{"provider": .*?\}\})`', README)
    given = json.loads(body)
    logins = pretended(running, given["provider"], given["client_id"], **given["claims"])
    assert get_id(identity, social_pool(running), logins)


@everywhere
@pytest.mark.parametrize("name", [GOOGLE, FACEBOOK])
def test_a_token_of_another_app(running: Running, identity: Any, world: World, name: str, call: Call) -> None:
    pool = social_pool(running)
    with refused(DENIED, UNSUPPORTED):
        call(identity, pool, pretended(running, name, "other"))
    assert nobody(world)


def test_several_client_ids(running: Running, identity: Any) -> None:
    pool = social_pool(running)
    one = get_id(identity, pool, pretended(running, GOOGLE))["IdentityId"]
    assert get_id(identity, pool, pretended(running, GOOGLE, "app.apps.googleusercontent-2"))["IdentityId"] == one


@everywhere
@pytest.mark.parametrize("name", [FACEBOOK, AMAZON])
def test_an_access_token_that_only_the_provider_could_read(
    running: Running, identity: Any, world: World, name: str, call: Call
) -> None:
    pool = social_pool(running)
    other = pretended(running, AMAZON if name == FACEBOOK else FACEBOOK)
    for token in ("EAACEdEose0cBA", *pretended(running, GOOGLE).values(), *other.values()):
        with refused(DENIED, f"Invalid login token. Not an access token of {name}."):
            call(identity, pool, {name: token})
    assert nobody(world)


@everywhere
def test_social_tokens_that_are_refused(running: Running, identity: Any, world: World, call: Call) -> None:
    pool = social_pool(running)
    google, facebook = pretended(running, GOOGLE)[GOOGLE], pretended(running, FACEBOOK)[FACEBOOK]
    with refused(DENIED, FORGED):
        call(identity, pool, {GOOGLE: forged(google, sub="x")})
    with refused(DENIED, f"Invalid login token. Not an access token of {FACEBOOK}."):
        call(identity, pool, {FACEBOOK: forged(facebook, sub="x")})
    with refused(DENIED, "Invalid login token. Issuer doesn't match providerName"):
        call(identity, pool, {APPLE: google})
    ends = payload(facebook)["exp"]
    world.clock.freeze(ends)
    with refused(DENIED, f"Invalid login token. Token expired: {ends} >= {ends}"):
        call(identity, pool, {FACEBOOK: facebook})
    assert nobody(world)


def test_a_token_of_a_pretended_provider_of_a_user_pool(running: Running, identity: Any) -> None:
    """It is signed by the same key, and is for the user pool."""
    from tests.oauth.federated import SOCIAL, with_provider

    pool = identity_pool(running, SupportedLoginProviders={GOOGLE: "our-id", FACEBOOK: "our-id"})
    key = running.run(running.world.keys.of("cognito-identity")).access_key
    site = with_provider(running, "Google", "Google", SOCIAL)
    issuer = f"{running.url}/_emulator/idp/{site.pool}/Google"
    now = int(running.world.clock.now())
    about = {"iss": issuer, "aud": "our-id", "sub": "1", "exp": now + 60}
    with refused(DENIED, "Invalid login token. Issuer doesn't match providerName"):
        get_id(identity, pool, {GOOGLE: key.sign(about, alg="RS256", kid=key.kid)})
    access = key.sign({**about, "use": "access"}, alg="RS256", kid=key.kid)
    with refused(DENIED, f"Invalid login token. Not an access token of {FACEBOOK}."):
        get_id(identity, pool, {FACEBOOK: access})


def test_a_stand_in_for_google(running: Running, identity: Any, world: World, provider: Provider) -> None:
    know(running, LoginProviders=[{"ProviderName": GOOGLE, "Url": provider.url}])
    pool = identity_pool(running, SupportedLoginProviders={GOOGLE: "web"})
    ((_, token),) = login(world, provider).items()
    assert get_id(identity, pool, {GOOGLE: token})
    assert [path for path, _, _ in provider.requests] == ["/.well-known/openid-configuration", "/jwks"]
    with refused(DENIED, "Invalid login token. Issuer doesn't match providerName"):
        get_id(identity, pool, {GOOGLE: forged(token, iss="https://accounts.google.com")})


def test_google_by_iam_and_by_itself(running: Running, identity: Any) -> None:
    """For apps of several platforms the guide has both; the one that knows the client is meant."""
    arn, host = know_oidc(running, "https://accounts.google.com", "ios", pretend=True)
    assert host == GOOGLE
    pool = identity_pool(running, SupportedLoginProviders={GOOGLE: "web"}, OpenIdConnectProviderARNs=[arn])
    one = get_id(identity, pool, pretended(running, GOOGLE, "ios"))["IdentityId"]
    assert get_id(identity, pool, pretended(running, GOOGLE, "web"))["IdentityId"] == one
    with refused(DENIED, UNSUPPORTED):
        get_id(identity, pool, pretended(running, GOOGLE, "other"))


# --- linked logins --------------------------------------------------------------------------------------------


def test_logins_are_linked_and_unlinked(running: Running, identity: Any, world: World, provider: Provider) -> None:
    arn, host = know_oidc(running, provider.url)
    pool = identity_pool(running, SupportedLoginProviders={GOOGLE: "app"}, OpenIdConnectProviderARNs=[arn])
    google, own = pretended(running, GOOGLE), login(world, provider)
    known = get_id(identity, pool, google)["IdentityId"]
    assert get_id(identity, pool, {**google, **own})["IdentityId"] == known
    assert get_id(identity, pool, own)["IdentityId"] == known
    developer = identity.get_open_id_token_for_developer_identity(
        IdentityPoolId=pool, IdentityId=known, Logins={DEVELOPER: "u", **own}
    )
    assert payload(developer["Token"])["amr"] == [
        "authenticated", DEVELOPER, f"{DEVELOPER}:{pool}:u", host,
    ]  # fmt: skip
    assert sorted(identity.describe_identity(IdentityId=known)["Logins"]) == sorted([GOOGLE, DEVELOPER, host])
    identity.unlink_identity(IdentityId=known, Logins=google, LoginsToRemove=[arn])
    assert sorted(identity.describe_identity(IdentityId=known)["Logins"]) == sorted([GOOGLE, DEVELOPER])
    assert get_id(identity, pool, own)["IdentityId"] != known
    with refused("ResourceNotFoundException", f"Identity '{known}' has no login of {host}."):
        identity.unlink_identity(IdentityId=known, Logins=google, LoginsToRemove=[host])


def test_two_users_of_one_provider_are_two(running: Running, identity: Any) -> None:
    pool = social_pool(running)
    google = get_id(identity, pool, pretended(running, GOOGLE, sub="1"))["IdentityId"]
    both = {**pretended(running, GOOGLE, sub="2"), **pretended(running, FACEBOOK, sub="f")}
    other = get_id(identity, pool, both)["IdentityId"]
    assert other != google
    text = f"The identity is linked to another login of {GOOGLE} already."
    with refused("ResourceConflictException", text):
        get_id(identity, pool, {**pretended(running, GOOGLE, sub="1"), **pretended(running, FACEBOOK, sub="f")})


def test_one_bad_token_among_good_ones(running: Running, identity: Any, world: World) -> None:
    pool = social_pool(running)
    good, bad = pretended(running, GOOGLE), pretended(running, APPLE)
    with refused(DENIED, FORGED):
        get_id(identity, pool, {**good, APPLE: forged(bad[APPLE], sub="x")})
    assert nobody(world)

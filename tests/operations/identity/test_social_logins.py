"""Logins of social providers, for which the built-in one stands in; logins that are linked."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from cognito_emulator.ports import web
from cognito_emulator.ports.keys import make_key_set
from cognito_emulator.world import World
from tests.helpers.build import refused
from tests.helpers.federated import SOCIAL, Provider, with_provider
from tests.helpers.foreign_logins import (
    AMAZON,
    APPLE,
    DENIED,
    FACEBOOK,
    FORGED,
    GOOGLE,
    Call,
    everywhere,
    get_id,
    know,
    know_oidc,
    login,
    mock_login,
    nobody,
    oidc_pool,
    social_pool,
)
from tests.helpers.harness import Running
from tests.helpers.identity_pools import DEVELOPER, UNSUPPORTED, forged, identity_pool, payload
from tests.helpers.readme import page


@pytest.mark.parametrize("name", [GOOGLE, APPLE, FACEBOOK, AMAZON])
def test_the_built_in_provider_stands_in(running: Running, identity: Any, name: str) -> None:
    """Nothing is fetched, and nobody is asked."""
    pool = social_pool(running)
    logins = mock_login(running, name)
    assert list(logins) == [name]
    known = get_id(identity, pool, logins)["IdentityId"]
    # The same person again, by a token of another moment.
    running.world.clock.advance(60)
    again = mock_login(running, name)
    assert again != logins
    answer = identity.get_credentials_for_identity(IdentityId=known, Logins=again)
    assert answer["IdentityId"] == known
    assert payload(answer["Credentials"]["SessionToken"])["amr"] == ["authenticated", name]
    assert identity.describe_identity(IdentityId=known)["Logins"] == [name]


def test_the_guide_s_example(running: Running, identity: Any) -> None:
    (body,) = re.findall(r'`(\{"provider": .*?\}\})`', page("identity-pools").text)
    sent = json.loads(body)
    logins = mock_login(running, sent["provider"], sent["client_id"], **sent["claims"])
    assert get_id(identity, social_pool(running), logins)


@everywhere
@pytest.mark.parametrize("name", [GOOGLE, FACEBOOK])
def test_a_token_of_another_app(running: Running, identity: Any, world: World, name: str, call: Call) -> None:
    pool = social_pool(running)
    with refused(DENIED, UNSUPPORTED):
        call(identity, pool, mock_login(running, name, "other"))
    assert nobody(world)


def test_several_client_ids(running: Running, identity: Any) -> None:
    pool = social_pool(running)
    one = get_id(identity, pool, mock_login(running, GOOGLE))["IdentityId"]
    assert get_id(identity, pool, mock_login(running, GOOGLE, "app.apps.googleusercontent-2"))["IdentityId"] == one


@everywhere
@pytest.mark.parametrize("name", [FACEBOOK, AMAZON])
def test_an_access_token_that_only_the_provider_could_read(
    running: Running, identity: Any, world: World, name: str, call: Call
) -> None:
    pool = social_pool(running)
    other = mock_login(running, AMAZON if name == FACEBOOK else FACEBOOK)
    for token in ("EAACEdEose0cBA", *mock_login(running, GOOGLE).values(), *other.values()):
        with refused(DENIED, f"Invalid login token. Not an access token of {name}."):
            call(identity, pool, {name: token})
    assert nobody(world)


@everywhere
def test_social_tokens_that_are_refused(running: Running, identity: Any, world: World, call: Call) -> None:
    pool = social_pool(running)
    google, facebook = mock_login(running, GOOGLE)[GOOGLE], mock_login(running, FACEBOOK)[FACEBOOK]
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


def test_a_token_of_a_mock_provider_of_a_user_pool(running: Running, identity: Any) -> None:
    """It is signed by the same key, and is for the user pool."""
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
    arn, host = know_oidc(running, "https://accounts.google.com", "ios", mock=True)
    assert host == GOOGLE
    pool = identity_pool(running, SupportedLoginProviders={GOOGLE: "web"}, OpenIdConnectProviderARNs=[arn])
    one = get_id(identity, pool, mock_login(running, GOOGLE, "ios"))["IdentityId"]
    assert get_id(identity, pool, mock_login(running, GOOGLE, "web"))["IdentityId"] == one
    with refused(DENIED, UNSUPPORTED):
        get_id(identity, pool, mock_login(running, GOOGLE, "other"))


# --- linked logins --------------------------------------------------------------------------------------------


def test_logins_are_linked_and_unlinked(running: Running, identity: Any, world: World, provider: Provider) -> None:
    arn, host = know_oidc(running, provider.url)
    pool = identity_pool(running, SupportedLoginProviders={GOOGLE: "app"}, OpenIdConnectProviderARNs=[arn])
    google, own = mock_login(running, GOOGLE), login(world, provider)
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
    google = get_id(identity, pool, mock_login(running, GOOGLE, sub="1"))["IdentityId"]
    both = {**mock_login(running, GOOGLE, sub="2"), **mock_login(running, FACEBOOK, sub="f")}
    other = get_id(identity, pool, both)["IdentityId"]
    assert other != google
    text = f"The identity is linked to another login of {GOOGLE} already."
    with refused("ResourceConflictException", text):
        get_id(identity, pool, {**mock_login(running, GOOGLE, sub="1"), **mock_login(running, FACEBOOK, sub="f")})


def test_one_bad_token_among_good_ones(running: Running, identity: Any, world: World) -> None:
    pool = social_pool(running)
    good, bad = mock_login(running, GOOGLE), mock_login(running, APPLE)
    with refused(DENIED, FORGED):
        get_id(identity, pool, {**good, APPLE: forged(bad[APPLE], sub="x")})
    assert nobody(world)


def test_the_secret_of_twitter_is_no_client(running: Running, identity: Any) -> None:
    pool = identity_pool(running, SupportedLoginProviders={"api.twitter.com": "key;secret", FACEBOOK: "one;two"})
    assert get_id(identity, pool, mock_login(running, "api.twitter.com", "key"))
    with refused(DENIED, UNSUPPORTED):
        get_id(identity, pool, mock_login(running, "api.twitter.com", "secret"))
    assert get_id(identity, pool, mock_login(running, FACEBOOK, "two"))


def test_googles_two_issuers(running: Running, identity: Any) -> None:
    """Both are `iss` of its tokens; nobody else's may go without a scheme."""
    key = running.run(running.world.keys.of("cognito-identity")).access_key
    about = {"aud": "app", "sub": "1", "exp": int(running.world.clock.now()) + 60}
    google, _ = know_oidc(running, "https://accounts.google.com", "app", mock=True)
    other, host = know_oidc(running, "https://login.example.com", "app", mock=True)
    for pool in (social_pool(running), oidc_pool(running, google)):
        for issuer in ("https://accounts.google.com", "accounts.google.com"):
            assert get_id(identity, pool, {GOOGLE: key.sign({**about, "iss": issuer}, alg="RS256", kid=key.kid)})
    with refused(DENIED, "Invalid login token. Issuer doesn't match providerName"):
        token = key.sign({**about, "iss": host}, alg="RS256", kid=key.kid)
        get_id(identity, oidc_pool(running, other), {host: token})


@pytest.mark.parametrize(
    ("name", "issuer"), [(GOOGLE, "https://accounts.google.com"), (APPLE, "https://appleid.apple.com")]
)
def test_the_real_ones_when_a_seed_says_so(
    running: Running, identity: Any, world: World, monkeypatch: pytest.MonkeyPatch, name: str, issuer: str
) -> None:
    """Asked at their own addresses; this test answers in their place."""
    key = make_key_set().id_key
    answers = {
        f"{issuer}/.well-known/openid-configuration": {"issuer": issuer, "jwks_uri": f"{issuer}/keys"},
        f"{issuer}/keys": {"keys": [key.jwk]},
    }

    class Internet:
        async def request(self, _: str, url: str, *__: Any, **___: Any) -> web.Answer:
            return web.Answer(200, {}, json.dumps(answers[url]).encode())

    monkeypatch.setattr(world, "web", Internet())
    pool = social_pool(running)
    know(running, LoginProviders=[{"ProviderName": name, "Url": issuer}])
    about = {"iss": issuer, "aud": "app", "sub": "1", "exp": int(world.clock.now()) + 60}
    assert get_id(identity, pool, {name: key.sign(about, alg="RS256", kid=key.kid)})
    # Nor does the built-in provider count any more.
    own = running.run(world.keys.of("cognito-identity")).access_key
    with refused(DENIED, FORGED):
        get_id(identity, pool, {name: own.sign(about, alg="RS256", kid=own.kid)})

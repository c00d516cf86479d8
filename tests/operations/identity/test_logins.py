"""Tokens of user pools as logins: what is accepted, and every way in which one is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cognito_emulator.world import World
from tests.helpers.build import PASSWORD, refused, setup, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.identity_pools import (
    DEVELOPER,
    DIFFER,
    UNSUPPORTED,
    Ann,
    entry,
    federation,
    forged,
    identity_pool,
    payload,
    provider_of,
)

MISMATCH = "Invalid login token. Issuer doesn't match providerName"
INVALID = "NotAuthorizedException"
Call = Callable[[Any, Ann, dict[str, str]], Any]


def get_id(identity: Any, ann: Ann, logins: dict[str, str]) -> Any:
    return identity.get_id(IdentityPoolId=ann.pool, Logins=logins)


def get_credentials(identity: Any, ann: Ann, logins: dict[str, str]) -> Any:
    guest = identity.get_id(IdentityPoolId=ann.pool)["IdentityId"]
    return identity.get_credentials_for_identity(IdentityId=guest, Logins=logins)


def get_token(identity: Any, ann: Ann, logins: dict[str, str]) -> Any:
    guest = identity.get_id(IdentityPoolId=ann.pool)["IdentityId"]
    return identity.get_open_id_token(IdentityId=guest, Logins=logins)


def get_developer_token(identity: Any, ann: Ann, logins: dict[str, str]) -> Any:
    return identity.get_open_id_token_for_developer_identity(IdentityPoolId=ann.pool, Logins={DEVELOPER: "u", **logins})


def unlink(identity: Any, ann: Ann, logins: dict[str, str]) -> Any:
    guest = identity.get_id(IdentityPoolId=ann.pool)["IdentityId"]
    return identity.unlink_identity(IdentityId=guest, Logins=logins, LoginsToRemove=[])


everywhere = pytest.mark.parametrize("call", [get_id, get_credentials, get_token, get_developer_token, unlink])


@pytest.fixture
def ann(running: Running, idp: Any, identity: Any) -> Ann:
    return federation(running, idp, AllowClassicFlow=True)


def unchanged(world: World, ann: Ann) -> bool:
    """Nobody but guests, who have no logins."""
    return all(one.guest and not one.logins for one in world.store.federated_identities)


@everywhere
def test_a_forged_token(identity: Any, world: World, ann: Ann, call: Call) -> None:
    token = forged(ann.tokens["IdToken"], sub="somebody-else")
    with refused(INVALID, "Invalid login token. Couldn't verify signed token."):
        call(identity, ann, {ann.provider: token})
    assert unchanged(world, ann)


@everywhere
def test_a_token_without_a_signature(identity: Any, ann: Ann, call: Call) -> None:
    token = ann.tokens["IdToken"].rpartition(".")[0] + "."
    with refused(INVALID, "Invalid login token. Couldn't verify signed token."):
        call(identity, ann, {ann.provider: token})


@everywhere
def test_an_expired_token(identity: Any, world: World, ann: Ann, call: Call) -> None:
    expires = payload(ann.tokens["IdToken"])["exp"]
    world.clock.freeze(expires)
    with refused(INVALID, f"Invalid login token. Token expired: {expires} >= {expires}"):
        call(identity, ann, ann.logins)
    assert unchanged(world, ann)
    world.clock.freeze(expires - 1)
    if call is not unlink:
        call(identity, ann, ann.logins)


@everywhere
def test_an_access_token(identity: Any, ann: Ann, call: Call) -> None:
    with refused(INVALID, "Invalid login token. Missing a required claim: aud"):
        call(identity, ann, {ann.provider: ann.tokens["AccessToken"]})


@everywhere
def test_only_id_tokens_count(running: Running, identity: Any, ann: Ann, call: Call) -> None:
    """Whatever else a pool's key for ID tokens should sign one day."""
    keys = running.run(running.world.keys.of(ann.users.pool))
    token = keys.id_key.sign({**payload(ann.tokens["IdToken"]), "token_use": "access"})
    with refused(INVALID, "Invalid login token. Not a valid OpenId Connect identity token."):
        call(identity, ann, {ann.provider: token})
    own = keys.access_key.sign({**payload(ann.tokens["AccessToken"]), "aud": ann.users.client})
    with refused(INVALID, "Invalid login token. Couldn't verify signed token."):
        call(identity, ann, {ann.provider: own})


@everywhere
@pytest.mark.parametrize("token", ["x", "a.b.c", "e30.e30.e30", "e30.W10.", "\u2603"])
def test_what_is_no_token(identity: Any, ann: Ann, call: Call, token: str) -> None:
    with refused(INVALID, "Invalid login token. Not a valid OpenId Connect identity token."):
        call(identity, ann, {ann.provider: token})


@everywhere
def test_a_token_of_another_user_pool(running: Running, idp: Any, identity: Any, ann: Ann, call: Call) -> None:
    other = setup(running)
    user(running, other.pool)
    token = sign_in(idp, other)["IdToken"]
    with refused(INVALID, UNSUPPORTED):
        call(identity, ann, {provider_of(other.pool): token})
    with refused(INVALID, "Invalid login token. Issuer doesn't match providerName"):
        call(identity, ann, {ann.provider: token})


@everywhere
def test_a_token_of_another_client(running: Running, idp: Any, identity: Any, ann: Ann, call: Call) -> None:
    from tests.helpers.build import FLOWS, Setup

    made = running.call("CreateUserPoolClient", UserPoolId=ann.users.pool, ClientName="other", ExplicitAuthFlows=FLOWS)[
        "UserPoolClient"
    ]
    token = sign_in(idp, Setup(ann.users.pool, made["ClientId"]))["IdToken"]
    with refused(INVALID, UNSUPPORTED):
        call(identity, ann, {ann.provider: token})


@everywhere
def test_one_bad_token_among_good_ones(running: Running, idp: Any, identity: Any, world: World, call: Call) -> None:
    ann = federation(running, idp)
    others = setup(running)
    user(running, others.pool)
    good = sign_in(idp, others)["IdToken"]
    pool = identity_pool(running, entry(ann.users), entry(others), AllowClassicFlow=True)
    both = Ann(ann.users, ann.sub, pool, ann.tokens)
    bad = forged(ann.tokens["IdToken"], sub="x")
    with refused(INVALID, "Invalid login token. Couldn't verify signed token."):
        call(identity, both, {provider_of(others.pool): good, ann.provider: bad})
    assert unchanged(world, ann)


@everywhere
def test_a_provider_that_is_not_configured(running: Running, idp: Any, identity: Any, ann: Ann, call: Call) -> None:
    """What is wrong with the token itself is told first: `aud`, then the issuer against the key of the map."""
    other = setup(running)
    user(running, other.pool)
    tokens, name = sign_in(idp, other), provider_of(other.pool)
    for key, token, text in (
        (name, "x", "Invalid login token. Not a valid OpenId Connect identity token."),
        (name, tokens["AccessToken"], "Invalid login token. Missing a required claim: aud"),
        (name, ann.tokens["IdToken"], MISMATCH),
        ("cognito-idp.us-east-1.amazonaws.com/us-east-1_none", tokens["IdToken"], MISMATCH),
        ("x", tokens["IdToken"], MISMATCH),
        ("accounts.google.com", tokens["IdToken"], MISMATCH),
        (name, tokens["IdToken"], UNSUPPORTED),
        ("graph.facebook.com", tokens["IdToken"], UNSUPPORTED),
    ):
        with refused(INVALID, text):
            call(identity, ann, {key: token})


@pytest.mark.parametrize("call", [get_id, get_token, get_developer_token, unlink])
def test_cognitos_own_token_is_for_credentials_alone(identity: Any, ann: Ann, call: Call) -> None:
    token = get_developer_token(identity, ann, {})["Token"]
    for name in ("cognito-identity.amazonaws.com", payload(token)["iss"].partition("://")[2]):
        with refused(INVALID, "Invalid login token. Can't pass in a Cognito token."):
            call(identity, ann, {name: token})


@pytest.mark.parametrize("call", [get_id, get_credentials, get_token, unlink])
def test_the_developers_own_users_are_not_for_public_calls(identity: Any, ann: Ann, call: Call) -> None:
    with refused(INVALID, "Invalid login token. Not a valid OpenId Connect identity token."):
        call(identity, ann, {DEVELOPER: "u"})
    with refused(INVALID, UNSUPPORTED):
        call(identity, ann, {"graph.facebook.com": "u"})


def test_keys_that_clients_make_of_the_issuer(running: Running, identity: Any, ann: Ann) -> None:
    """Amplify cuts the scheme off the token's `iss`."""
    by_name = get_id(identity, ann, ann.logins)["IdentityId"]
    local = f"{running.url.partition('://')[2]}/{ann.users.pool}"
    assert payload(ann.tokens["IdToken"])["iss"] == f"http://{local}"
    token = ann.tokens["IdToken"]
    assert get_id(identity, ann, {local: token})["IdentityId"] == by_name
    assert identity.describe_identity(IdentityId=by_name)["Logins"] == [ann.provider]
    for other in (
        f"elsewhere:1/{ann.users.pool}",
        ann.users.pool,
        f"cognito-idp.eu-west-1.amazonaws.com/{ann.users.pool}",
    ):
        with refused(INVALID, MISMATCH):
            get_id(identity, ann, {other: token})


def test_a_provider_that_was_named_by_its_local_issuer(running: Running, identity: Any, ann: Ann) -> None:
    local = f"{running.url.partition('://')[2]}/{ann.users.pool}"
    pool = identity_pool(running, {"ProviderName": local, "ClientId": ann.users.client})
    made = identity.get_id(IdentityPoolId=pool, Logins=ann.logins)["IdentityId"]
    assert identity.get_id(IdentityPoolId=pool, Logins={local: ann.tokens["IdToken"]})["IdentityId"] == made


# --- ServerSideTokenCheck -------------------------------------------------------------------------------------


def disable(running: Running, idp: Any, ann: Ann) -> None:
    idp.admin_disable_user(UserPoolId=ann.users.pool, Username="ann")


def delete(running: Running, idp: Any, ann: Ann) -> None:
    idp.admin_delete_user(UserPoolId=ann.users.pool, Username="ann")


def sign_out(running: Running, idp: Any, ann: Ann) -> None:
    idp.global_sign_out(AccessToken=ann.tokens["AccessToken"])


def sign_out_by_admin(running: Running, idp: Any, ann: Ann) -> None:
    idp.admin_user_global_sign_out(UserPoolId=ann.users.pool, Username="ann")


def revoke(running: Running, idp: Any, ann: Ann) -> None:
    idp.revoke_token(Token=ann.tokens["RefreshToken"], ClientId=ann.users.client)


ends = pytest.mark.parametrize(
    ("end", "message"),
    [
        (disable, "User is disabled."),
        (delete, "User does not exist."),
        (sign_out, "Token has been revoked"),
        (sign_out_by_admin, "Token has been revoked"),
        (revoke, "Token has been revoked"),
    ],
)


@ends
def test_a_token_check_asks_the_user_pool(
    running: Running, idp: Any, identity: Any, end: Callable[..., None], message: str
) -> None:
    plain = federation(running, idp)
    checked = Ann(
        plain.users,
        plain.sub,
        identity_pool(running, entry(plain.users, ServerSideTokenCheck=True), AllowClassicFlow=True),
        plain.tokens,
    )
    known = get_id(identity, checked, plain.logins)["IdentityId"]
    end(running, idp, plain)
    for call in (get_id, get_credentials, get_token, get_developer_token, unlink):
        with refused(INVALID, message):
            call(identity, checked, plain.logins)
    with refused(INVALID, message):
        identity.get_credentials_for_identity(IdentityId=known, Logins=plain.logins)


@ends
def test_without_the_check_a_token_is_good_until_it_expires(
    running: Running, idp: Any, identity: Any, ann: Ann, end: Callable[..., None], message: str
) -> None:
    before = get_id(identity, ann, ann.logins)["IdentityId"]
    end(running, idp, ann)
    assert get_id(identity, ann, ann.logins)["IdentityId"] == before
    assert identity.get_credentials_for_identity(IdentityId=before, Logins=ann.logins)["IdentityId"] == before


def test_a_new_sign_in_is_good_after_a_sign_out(running: Running, idp: Any, identity: Any) -> None:
    plain = federation(running, idp)
    pool = identity_pool(running, entry(plain.users, ServerSideTokenCheck=True))
    sign_out(running, idp, plain)
    token = sign_in(idp, plain.users, password=PASSWORD)["IdToken"]
    assert identity.get_id(IdentityPoolId=pool, Logins={plain.provider: token})["IdentityId"]


def test_a_login_that_belongs_to_nobody_here(running: Running, idp: Any, identity: Any, ann: Ann) -> None:
    user(running, ann.users.pool, "bob")
    known = get_id(identity, ann, ann.logins)["IdentityId"]
    bob = {ann.provider: sign_in(idp, ann.users, "bob")["IdToken"]}
    for call in (identity.get_credentials_for_identity, identity.get_open_id_token):
        with refused(INVALID, DIFFER):
            call(IdentityId=known, Logins=bob)
    with refused(INVALID, DIFFER):
        identity.unlink_identity(IdentityId=known, Logins=bob, LoginsToRemove=[ann.provider])
    with refused(INVALID, DIFFER):
        identity.get_open_id_token_for_developer_identity(
            IdentityPoolId=ann.pool, IdentityId=known, Logins={DEVELOPER: "u"}
        )
    assert identity.describe_identity(IdentityId=known)["Logins"] == [ann.provider]

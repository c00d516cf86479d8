"""Identities: guests, people who sign in, links and merges, lists, deletion."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cognito_emulator.world import World
from tests.helpers.build import refused, setup, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.identity_pools import (
    DEVELOPER,
    DIFFER,
    NO_GUESTS,
    NOBODY,
    Ann,
    entry,
    federation,
    forbidden,
    identity_pool,
    provider_of,
)

ID = re.compile(r"us-east-1:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def second_login(running: Running, idp: Any, identity_pool_of: Ann) -> tuple[Ann, dict[str, str]]:
    """An identity pool that takes logins of two user pools, and a login of the second."""
    others = setup(running)
    user(running, others.pool, "bea")
    pool = identity_pool(running, entry(identity_pool_of.users), entry(others), AllowClassicFlow=True)
    logins = {provider_of(others.pool): sign_in(idp, others, "bea")["IdToken"]}
    return Ann(identity_pool_of.users, identity_pool_of.sub, pool, identity_pool_of.tokens), logins


def get_id(identity: Any, pool: str, logins: dict[str, str] | None = None) -> str:
    given = {} if logins is None else {"Logins": logins}
    return str(identity.get_id(IdentityPoolId=pool, **given)["IdentityId"])


def logins_of(identity: Any, identity_id: str) -> list[str]:
    listed: list[str] = identity.describe_identity(IdentityId=identity_id)["Logins"]
    return listed


def test_every_guest_is_new(identity: Any, ann: Ann) -> None:
    first, second = get_id(identity, ann.pool), get_id(identity, ann.pool, {})
    assert first != second
    assert ID.fullmatch(first)
    assert logins_of(identity, first) == []


def test_a_login_always_leads_to_the_same_identity(running: Running, idp: Any, identity: Any, ann: Ann) -> None:
    first = get_id(identity, ann.pool, ann.logins)
    again = {ann.provider: sign_in(idp, ann.users)["IdToken"]}
    assert get_id(identity, ann.pool, again) == first
    assert logins_of(identity, first) == [ann.provider]
    user(running, ann.users.pool, "bob")
    bob = {ann.provider: sign_in(idp, ann.users, "bob")["IdToken"]}
    assert get_id(identity, ann.pool, bob) != first
    other = identity_pool(running, entry(ann.users))
    assert get_id(identity, other, ann.logins) != first


def test_two_clients_of_a_user_pool_lead_to_one_identity(running: Running, idp: Any, identity: Any) -> None:
    from tests.helpers.build import FLOWS, Setup

    ann = federation(running, idp)
    made = running.call("CreateUserPoolClient", UserPoolId=ann.users.pool, ClientName="o", ExplicitAuthFlows=FLOWS)
    other = Setup(ann.users.pool, made["UserPoolClient"]["ClientId"])
    pool = identity_pool(running, entry(ann.users), entry(other))
    by_other = {ann.provider: sign_in(idp, other)["IdToken"]}
    assert get_id(identity, pool, ann.logins) == get_id(identity, pool, by_other)


def test_guests_can_be_kept_out(running: Running, identity: Any, ann: Ann) -> None:
    guest = get_id(identity, ann.pool)
    closed = {
        "IdentityPoolId": ann.pool,
        "IdentityPoolName": "p",
        "AllowUnauthenticatedIdentities": False,
        "AllowClassicFlow": True,
        "CognitoIdentityProviders": [entry(ann.users)],
    }
    identity.update_identity_pool(**closed)
    with refused("NotAuthorizedException", NO_GUESTS):
        identity.get_id(IdentityPoolId=ann.pool)
    for call in (identity.get_credentials_for_identity, identity.get_open_id_token):
        with refused("NotAuthorizedException", NO_GUESTS):
            call(IdentityId=guest)
    assert get_id(identity, ann.pool, ann.logins)


def test_the_account_of_the_pool(identity: Any, ann: Ann) -> None:
    assert identity.get_id(IdentityPoolId=ann.pool, AccountId="000000000000")["IdentityId"]
    with refused("ResourceNotFoundException", f"IdentityPool '{ann.pool}' not found."):
        identity.get_id(IdentityPoolId=ann.pool, AccountId="111111111111")


@pytest.mark.parametrize("call", ["get_credentials_for_identity", "get_open_id_token", "describe_identity"])
def test_no_such_identity(identity: Any, ann: Ann, call: str) -> None:
    for identity_id in (NOBODY, ann.pool):  # a pool's id looks like one
        with refused("ResourceNotFoundException", f"Identity '{identity_id}' not found."):
            getattr(identity, call)(IdentityId=identity_id)


def test_whoever_has_logins_must_show_one(running: Running, idp: Any, identity: Any) -> None:
    ann = federation(running, idp, AllowClassicFlow=True)
    known = get_id(identity, ann.pool, ann.logins)
    for call in (identity.get_credentials_for_identity, identity.get_open_id_token):
        with refused("NotAuthorizedException", forbidden(known)):
            call(IdentityId=known)
        with refused("NotAuthorizedException", forbidden(known)):
            call(IdentityId=known, Logins={})


# --- links and merges -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["get_credentials_for_identity", "get_open_id_token"])
def test_a_guest_who_signs_in_keeps_the_identity(running: Running, idp: Any, identity: Any, operation: str) -> None:
    ann = federation(running, idp, AllowClassicFlow=True)
    guest = get_id(identity, ann.pool)
    answer = getattr(identity, operation)(IdentityId=guest, Logins=ann.logins)
    assert answer["IdentityId"] == guest
    assert logins_of(identity, guest) == [ann.provider]
    assert get_id(identity, ann.pool, ann.logins) == guest
    with refused("NotAuthorizedException", forbidden(guest)):
        identity.get_credentials_for_identity(IdentityId=guest)


@pytest.mark.parametrize("operation", ["get_credentials_for_identity", "get_open_id_token"])
def test_a_guest_with_a_login_of_somebody_known_becomes_them(
    running: Running, idp: Any, identity: Any, operation: str
) -> None:
    ann = federation(running, idp, AllowClassicFlow=True)
    known = get_id(identity, ann.pool, ann.logins)
    guest = get_id(identity, ann.pool)
    answer = getattr(identity, operation)(IdentityId=guest, Logins=ann.logins)
    assert answer["IdentityId"] == known
    # The guest is disabled: no way back, and again the same answer to a client that has not noticed.
    with refused("NotAuthorizedException", forbidden(guest)):
        identity.get_credentials_for_identity(IdentityId=guest)
    assert getattr(identity, operation)(IdentityId=guest, Logins=ann.logins)["IdentityId"] == known
    listed = {one["IdentityId"] for one in identity.list_identities(
        IdentityPoolId=ann.pool, MaxResults=60, HideDisabled=True)["Identities"]}  # fmt: skip
    assert listed == {known}


def test_a_disabled_identity_is_not_for_others(running: Running, idp: Any, identity: Any, ann: Ann) -> None:
    get_id(identity, ann.pool, ann.logins)
    guest = get_id(identity, ann.pool)
    identity.get_credentials_for_identity(IdentityId=guest, Logins=ann.logins)
    user(running, ann.users.pool, "bob")
    bob = {ann.provider: sign_in(idp, ann.users, "bob")["IdToken"]}
    with refused("NotAuthorizedException", forbidden(guest)):
        identity.get_credentials_for_identity(IdentityId=guest, Logins=bob)


def test_a_second_login_is_linked(running: Running, idp: Any, identity: Any, ann: Ann) -> None:
    ann, more = second_login(running, idp, ann)
    known = get_id(identity, ann.pool, ann.logins)
    assert get_id(identity, ann.pool, {**more, **ann.logins}) == known
    assert logins_of(identity, known) == [ann.provider, *more]
    assert get_id(identity, ann.pool, more) == known


def test_two_identities_are_merged(running: Running, idp: Any, identity: Any, world: World, ann: Ann) -> None:
    ann, more = second_login(running, idp, ann)
    older = get_id(identity, ann.pool, ann.logins)
    world.clock.advance(1)
    newer = get_id(identity, ann.pool, more)
    assert get_id(identity, ann.pool, {**more, **ann.logins}) == older
    assert logins_of(identity, older) == [ann.provider, *more]
    assert logins_of(identity, newer) == []
    assert get_id(identity, ann.pool, more) == older
    answer = identity.get_credentials_for_identity(IdentityId=newer, Logins=more)
    assert answer["IdentityId"] == older


def test_the_named_identity_takes_over(running: Running, idp: Any, identity: Any, world: World, ann: Ann) -> None:
    ann, more = second_login(running, idp, ann)
    older = get_id(identity, ann.pool, ann.logins)
    world.clock.advance(1)
    newer = get_id(identity, ann.pool, more)
    answer = identity.get_credentials_for_identity(IdentityId=newer, Logins={**ann.logins, **more})
    assert answer["IdentityId"] == newer
    assert logins_of(identity, older) == []


def test_two_users_of_one_provider_are_never_one_identity(
    running: Running, idp: Any, identity: Any, world: World, ann: Ann
) -> None:
    ann, more = second_login(running, idp, ann)
    user(running, ann.users.pool, "bob")
    bob = {ann.provider: sign_in(idp, ann.users, "bob")["IdToken"]}
    get_id(identity, ann.pool, {**ann.logins, **more})
    before = {one.id: one for one in world.store.federated_identities}
    with refused("ResourceConflictException", f"The identity is linked to another login of {ann.provider} already."):
        get_id(identity, ann.pool, {**bob, **more})
    assert {one.id: one for one in world.store.federated_identities} == before


def test_a_refused_request_links_nothing(running: Running, idp: Any, identity: Any) -> None:
    ann = federation(running, idp, roles=None)
    guest = get_id(identity, ann.pool)
    with refused("InvalidIdentityPoolConfigurationException"):
        identity.get_credentials_for_identity(IdentityId=guest, Logins=ann.logins)
    assert logins_of(identity, guest) == []


# --- unlinking ------------------------------------------------------------------------------------------------


def test_a_login_is_unlinked(running: Running, idp: Any, identity: Any, ann: Ann) -> None:
    ann, more = second_login(running, idp, ann)
    known = get_id(identity, ann.pool, {**ann.logins, **more})
    identity.unlink_identity(IdentityId=known, Logins=ann.logins, LoginsToRemove=list(more))
    assert logins_of(identity, known) == [ann.provider]
    assert get_id(identity, ann.pool, more) != known
    assert get_id(identity, ann.pool, ann.logins) == known


def test_without_its_last_login_an_identity_is_out_of_reach(identity: Any, ann: Ann) -> None:
    known = get_id(identity, ann.pool, ann.logins)
    identity.unlink_identity(IdentityId=known, Logins=ann.logins, LoginsToRemove=[ann.provider])
    assert logins_of(identity, known) == []
    with refused("NotAuthorizedException", forbidden(known)):
        identity.get_credentials_for_identity(IdentityId=known)
    with refused("NotAuthorizedException", forbidden(known)):
        identity.get_credentials_for_identity(IdentityId=known, Logins=ann.logins)
    with refused("NotAuthorizedException", forbidden(known)):
        identity.unlink_identity(IdentityId=known, Logins=ann.logins, LoginsToRemove=[])
    assert get_id(identity, ann.pool, ann.logins) != known


def test_unlinking_takes_a_login_that_is_proved(identity: Any, ann: Ann) -> None:
    known = get_id(identity, ann.pool, ann.logins)
    with refused("NotAuthorizedException", DIFFER):
        identity.unlink_identity(IdentityId=known, Logins={}, LoginsToRemove=[ann.provider])
    assert logins_of(identity, known) == [ann.provider]


def test_unlinking_what_is_not_linked(identity: Any, ann: Ann) -> None:
    known = get_id(identity, ann.pool, ann.logins)
    identity.get_open_id_token_for_developer_identity(
        IdentityPoolId=ann.pool, IdentityId=known, Logins={DEVELOPER: "u", **ann.logins}
    )
    for name in ("graph.facebook.com", DEVELOPER):  # the developer's own users are not unlinked by a public call
        with refused("ResourceNotFoundException", f"Identity '{known}' has no login of {name}."):
            identity.unlink_identity(IdentityId=known, Logins=ann.logins, LoginsToRemove=[ann.provider, name])
    assert logins_of(identity, known) == [ann.provider, DEVELOPER]
    with refused("ResourceNotFoundException", f"Identity '{NOBODY}' not found."):
        identity.unlink_identity(IdentityId=NOBODY, Logins=ann.logins, LoginsToRemove=[])


# --- lists, descriptions, deletion ----------------------------------------------------------------------------


def test_identities_are_listed_in_pages(identity: Any, world: World, ann: Ann) -> None:
    world.clock.freeze(1_800_000_000.25)
    made = [get_id(identity, ann.pool) for _ in range(3)]
    known = get_id(identity, ann.pool)
    listed: list[dict[str, Any]] = []
    token = None
    while True:
        more: dict[str, str] = {"NextToken": token} if token else {}
        page = identity.list_identities(IdentityPoolId=ann.pool, MaxResults=3, **more)
        assert page["IdentityPoolId"] == ann.pool
        listed += page["Identities"]
        token = page.get("NextToken")
        if token is None:
            break
    assert [one["IdentityId"] for one in listed] == [*made, known]
    assert listed[0]["Logins"] == []
    assert listed[0]["CreationDate"].timestamp() == listed[0]["LastModifiedDate"].timestamp() == 1_800_000_000.25
    with refused("InvalidParameterException", "Invalid pagination token."):
        identity.list_identities(IdentityPoolId=ann.pool, MaxResults=3, HideDisabled=True, NextToken="bm8=")


def test_a_link_changes_the_date(identity: Any, world: World, ann: Ann) -> None:
    guest = get_id(identity, ann.pool)
    world.clock.advance(10)
    identity.get_credentials_for_identity(IdentityId=guest, Logins=ann.logins)
    told = identity.describe_identity(IdentityId=guest)
    assert told["LastModifiedDate"].timestamp() - told["CreationDate"].timestamp() >= 9.9
    world.clock.advance(10)
    identity.get_credentials_for_identity(IdentityId=guest, Logins=ann.logins)
    assert identity.describe_identity(IdentityId=guest)["LastModifiedDate"] == told["LastModifiedDate"]


def test_identities_are_deleted(running: Running, identity: Any, ann: Ann) -> None:
    guest, known = get_id(identity, ann.pool), get_id(identity, ann.pool, ann.logins)
    other = running.client("cognito-identity", access_key="111111111111")
    denied = other.delete_identities(IdentityIdsToDelete=[guest, NOBODY])["UnprocessedIdentityIds"]
    assert denied == [{"IdentityId": guest, "ErrorCode": "AccessDenied"}]
    with refused("ResourceNotFoundException", f"Identity '{guest}' not found."):
        other.describe_identity(IdentityId=guest)
    answer = identity.delete_identities(IdentityIdsToDelete=[guest, known, known, NOBODY])
    assert answer["UnprocessedIdentityIds"] == []
    assert identity.list_identities(IdentityPoolId=ann.pool, MaxResults=60)["Identities"] == []
    assert get_id(identity, ann.pool, ann.logins) != known


def test_the_user_pool_may_go(idp: Any, identity: Any, ann: Ann) -> None:
    """Identities stay; a token that nobody vouches for any more is refused."""
    known = get_id(identity, ann.pool, ann.logins)
    idp.delete_user_pool(UserPoolId=ann.users.pool)
    assert logins_of(identity, known) == [ann.provider]
    with refused("NotAuthorizedException", "Invalid login token. Issuer doesn't match providerName"):
        get_id(identity, ann.pool, ann.logins)

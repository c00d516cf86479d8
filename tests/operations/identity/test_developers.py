"""Users whom the developer's own system knows: tokens, look-ups, merges, unlinking; and credentials by the token."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.world import World
from tests.helpers.build import refused, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.identity_pools import (
    AUTHENTICATED,
    DEVELOPER,
    DIFFER,
    GUEST,
    NO_GUESTS,
    NOBODY,
    UNSUPPORTED,
    UNUSABLE,
    Ann,
    entry,
    federation,
    forbidden,
    forged,
    identity_pool,
    payload,
)

COGNITO = "cognito-identity.amazonaws.com"
NO_DEVELOPER = "This identity pool does not support the specified developer provider"


def issue(identity: Any, pool: str, user: str = "dora", logins: dict[str, str] | None = None, **more: Any) -> Any:
    return identity.get_open_id_token_for_developer_identity(
        IdentityPoolId=pool, Logins={DEVELOPER: user, **(logins or {})}, **more
    )


def id_of(identity: Any, pool: str, user: str = "dora", **more: Any) -> str:
    return str(issue(identity, pool, user, **more)["IdentityId"])


def test_a_user_always_has_the_same_identity(identity: Any, ann: Ann) -> None:
    first = id_of(identity, ann.pool)
    assert id_of(identity, ann.pool) == first
    assert id_of(identity, ann.pool, IdentityId=first) == first
    assert id_of(identity, ann.pool, "other") != first
    assert identity.describe_identity(IdentityId=first)["Logins"] == [DEVELOPER]


def test_a_guest_becomes_a_user(identity: Any, ann: Ann) -> None:
    guest = identity.get_id(IdentityPoolId=ann.pool)["IdentityId"]
    assert id_of(identity, ann.pool, IdentityId=guest) == guest
    with refused("NotAuthorizedException", forbidden(guest)):
        identity.get_credentials_for_identity(IdentityId=guest)


def test_a_user_of_another_identity(identity: Any, ann: Ann) -> None:
    first = id_of(identity, ann.pool)
    guest = identity.get_id(IdentityPoolId=ann.pool)["IdentityId"]
    text = "The developer user identifier is already registered to another identity."
    for other in (guest, id_of(identity, ann.pool, "other")):
        with refused("DeveloperUserAlreadyRegisteredException", text):
            issue(identity, ann.pool, IdentityId=other)
    assert id_of(identity, ann.pool) == first


def test_public_logins_are_linked(identity: Any, ann: Ann) -> None:
    first = id_of(identity, ann.pool, logins=ann.logins)
    assert identity.describe_identity(IdentityId=first)["Logins"] == [DEVELOPER, ann.provider]
    assert identity.get_id(IdentityPoolId=ann.pool, Logins=ann.logins)["IdentityId"] == first
    known = payload(issue(identity, ann.pool, logins=ann.logins)["Token"])
    assert known["amr"] == [
        "authenticated",
        DEVELOPER,
        f"{DEVELOPER}:{ann.pool}:dora",
        ann.provider,
        f"{ann.provider}:CognitoSignIn:{ann.sub}",
    ]


@pytest.mark.parametrize("logins", [{}, {"other": "dora"}])
def test_the_developer_provider_must_be_there(identity: Any, ann: Ann, logins: dict[str, str]) -> None:
    with refused("InvalidParameterException", NO_DEVELOPER):
        identity.get_open_id_token_for_developer_identity(IdentityPoolId=ann.pool, Logins=logins)


def test_a_pool_without_a_developer_provider(running: Running, identity: Any) -> None:
    pool = identity_pool(running, DeveloperProviderName=None)
    guest = identity.get_id(IdentityPoolId=pool)["IdentityId"]
    named = {"IdentityPoolId": pool, "DeveloperProviderName": DEVELOPER}
    for call, members in (
        (identity.get_open_id_token_for_developer_identity, {"IdentityPoolId": pool, "Logins": {DEVELOPER: "u"}}),
        (identity.lookup_developer_identity, {"IdentityPoolId": pool, "DeveloperUserIdentifier": "u"}),
        (
            identity.merge_developer_identities,
            {**named, "SourceUserIdentifier": "a", "DestinationUserIdentifier": "b"},
        ),
        (identity.unlink_developer_identity, {**named, "IdentityId": guest, "DeveloperUserIdentifier": "u"}),
    ):
        with refused("InvalidParameterException", NO_DEVELOPER):
            call(**members)


def test_unknown_and_foreign_identities(running: Running, identity: Any, ann: Ann) -> None:
    elsewhere = identity.get_id(IdentityPoolId=identity_pool(running))["IdentityId"]
    for other in (NOBODY, elsewhere):
        with refused("ResourceNotFoundException", f"Identity '{other}' not found."):
            issue(identity, ann.pool, IdentityId=other)
        with refused("ResourceNotFoundException", f"Identity '{other}' not found."):
            identity.lookup_developer_identity(IdentityPoolId=ann.pool, IdentityId=other)


def test_an_identifier_has_1024_characters(identity: Any, ann: Ann) -> None:
    id_of(identity, ann.pool, "u" * 1024)
    with refused("InvalidParameterException", "A developer user identifier has at most 1024 characters."):
        issue(identity, ann.pool, "u" * 1025)


# --- credentials by the token ---------------------------------------------------------------------------------


def test_credentials_by_the_token(running: Running, identity: Any, ann: Ann) -> None:
    answer = issue(identity, ann.pool, PrincipalTags={"team": "blue"})
    local = payload(answer["Token"])["iss"].partition("://")[2]
    assert local == f"{running.url.partition('://')[2]}/cognito-identity"
    for name in (COGNITO, local):
        made = identity.get_credentials_for_identity(IdentityId=answer["IdentityId"], Logins={name: answer["Token"]})
        assert made["IdentityId"] == answer["IdentityId"]
        told = payload(made["Credentials"]["SessionToken"])
        assert told["role"] == AUTHENTICATED
        assert told["amr"] == ["authenticated", DEVELOPER, f"{DEVELOPER}:{ann.pool}:dora"]
        assert told["principal_tags"] == {"team": "blue"}


def test_the_token_gives_no_other_role(identity: Any, ann: Ann) -> None:
    answer = issue(identity, ann.pool)
    call = {"IdentityId": answer["IdentityId"], "Logins": {COGNITO: answer["Token"]}}
    assert identity.get_credentials_for_identity(**call, CustomRoleArn=AUTHENTICATED)
    with refused("NotAuthorizedException", f"Access to Role '{GUEST}' is forbidden."):
        identity.get_credentials_for_identity(**call, CustomRoleArn=GUEST)
    identity.set_identity_pool_roles(IdentityPoolId=ann.pool, Roles={})
    with refused("InvalidIdentityPoolConfigurationException", UNUSABLE):
        identity.get_credentials_for_identity(**call)


def test_tokens_that_are_refused(running: Running, identity: Any, world: World, ann: Ann) -> None:
    answer = issue(identity, ann.pool, TokenDuration=60)
    known, token = answer["IdentityId"], answer["Token"]
    other = issue(identity, ann.pool, "other")
    elsewhere = issue(identity, identity_pool(running))

    def ask(token: str, name: str = COGNITO, **more: str) -> Any:
        return identity.get_credentials_for_identity(IdentityId=known, Logins={name: token, **more})

    # The developer guide's own lines make the key of the whole `iss`.
    for key in (COGNITO, f"https://{COGNITO}", payload(token)["iss"], payload(token)["iss"].partition("://")[2]):
        assert ask(token, key)["IdentityId"] == known
    for bad, message in (
        ("x", "Invalid login token. Not a Cognito token."),
        (ann.tokens["IdToken"], "Invalid login token. Not a Cognito token."),
        (forged(token, sub=other["IdentityId"]), "Invalid login token. Couldn't verify signed token."),
        (forged(token, iss="http://elsewhere"), "Invalid login token. Issuer doesn't match providerName"),
        (elsewhere["Token"], UNSUPPORTED),
        (other["Token"], DIFFER),
    ):
        with refused("NotAuthorizedException", message):
            ask(bad)
    for key in ("cognito-identity.eu-south-2.amazonaws.com", "https://cognito-identity.eu-south-2.amazonaws.com"):
        with refused("NotAuthorizedException", "Invalid login token. Issuer doesn't match providerName"):
            ask(token, key)
    with refused("InvalidParameterException", "A Cognito token must be the only login."):
        ask(token, **ann.logins)
    expires = payload(token)["exp"]
    assert expires - payload(token)["iat"] == 60
    world.clock.freeze(expires)
    with refused("NotAuthorizedException", f"Invalid login token. Token expired: {expires} >= {expires}"):
        ask(token)


def test_a_token_for_somebody_who_was_unlinked_or_deleted(identity: Any, ann: Ann) -> None:
    answer = issue(identity, ann.pool)
    known = answer["IdentityId"]
    identity.unlink_developer_identity(
        IdentityId=known,
        IdentityPoolId=ann.pool,
        DeveloperProviderName=DEVELOPER,
        DeveloperUserIdentifier="dora",
    )
    call = {"IdentityId": known, "Logins": {COGNITO: answer["Token"]}}
    with refused("NotAuthorizedException", forbidden(known)):
        identity.get_credentials_for_identity(**call)
    identity.delete_identities(IdentityIdsToDelete=[known])
    with refused("ResourceNotFoundException", f"Identity '{known}' not found."):
        identity.get_credentials_for_identity(**call)


def test_a_guests_token(running: Running, idp: Any, identity: Any) -> None:
    ann = federation(running, idp, AllowClassicFlow=True)
    guest = identity.get_id(IdentityPoolId=ann.pool)["IdentityId"]
    token = identity.get_open_id_token(IdentityId=guest)["Token"]
    call = {"IdentityId": guest, "Logins": {COGNITO: token}}
    made = identity.get_credentials_for_identity(**call)["Credentials"]
    assert payload(made["SessionToken"])["role"] == GUEST
    members = {"IdentityPoolId": ann.pool, "IdentityPoolName": "p", "CognitoIdentityProviders": [entry(ann.users)]}
    identity.update_identity_pool(**members, AllowUnauthenticatedIdentities=False)
    with refused("NotAuthorizedException", NO_GUESTS):
        identity.get_credentials_for_identity(**call)
    identity.update_identity_pool(**members, AllowUnauthenticatedIdentities=True)
    identity.get_credentials_for_identity(IdentityId=guest, Logins=ann.logins)
    with refused("NotAuthorizedException", forbidden(guest)):
        identity.get_credentials_for_identity(**call)


# --- look up, merge, unlink -----------------------------------------------------------------------------------


def test_look_ups(identity: Any, ann: Ann) -> None:
    known, other = id_of(identity, ann.pool), id_of(identity, ann.pool, "other")

    def look(**members: Any) -> tuple[str, list[str]]:
        answer = identity.lookup_developer_identity(IdentityPoolId=ann.pool, **members)
        return answer["IdentityId"], answer["DeveloperUserIdentifierList"]

    assert look(IdentityId=known) == look(DeveloperUserIdentifier="dora") == (known, ["dora"])
    assert look(IdentityId=known, DeveloperUserIdentifier="dora") == (known, ["dora"])
    with refused("ResourceConflictException", "The developer user identifier does not belong to the identity."):
        look(IdentityId=other, DeveloperUserIdentifier="dora")
    with refused("InvalidParameterException", "Either IdentityId or DeveloperUserIdentifier must be given."):
        look()
    with refused("ResourceNotFoundException", "Developer user identifier 'nobody' not found."):
        look(DeveloperUserIdentifier="nobody")


def merge(identity: Any, pool: str, source: str, destination: str, provider: str = DEVELOPER) -> str:
    answer = identity.merge_developer_identities(
        IdentityPoolId=pool,
        DeveloperProviderName=provider,
        SourceUserIdentifier=source,
        DestinationUserIdentifier=destination,
    )
    return str(answer["IdentityId"])


def test_users_are_merged_and_looked_up_in_pages(identity: Any, ann: Ann) -> None:
    first, second = id_of(identity, ann.pool, "u0"), id_of(identity, ann.pool, "u1")
    token = issue(identity, ann.pool, "u0")["Token"]
    assert merge(identity, ann.pool, "u0", "u1") == second
    assert id_of(identity, ann.pool, "u0") == id_of(identity, ann.pool, "u1") == second
    # A token from before is still good for whom it was about, by either id.
    for name in (first, second):
        assert identity.get_credentials_for_identity(IdentityId=name, Logins={COGNITO: token})["IdentityId"] == second
    assert merge(identity, ann.pool, "u0", "u1") == second
    for number in range(2, 5):
        id_of(identity, ann.pool, f"u{number}")
        merge(identity, ann.pool, f"u{number}", "u1")
    found: list[str] = []
    members: dict[str, Any] = {"IdentityPoolId": ann.pool, "IdentityId": second, "MaxResults": 2}
    for size in (2, 2, 1):
        page = identity.lookup_developer_identity(**members)
        assert len(page["DeveloperUserIdentifierList"]) == size
        found += page["DeveloperUserIdentifierList"]
        members["NextToken"] = page.get("NextToken")
    assert members["NextToken"] is None
    assert sorted(found) == [f"u{number}" for number in range(5)]
    hidden = identity.list_identities(IdentityPoolId=ann.pool, MaxResults=60, HideDisabled=True)["Identities"]
    assert [one["IdentityId"] for one in hidden] == [second]
    assert len(identity.list_identities(IdentityPoolId=ann.pool, MaxResults=60)["Identities"]) == 5


def test_merges_that_are_refused(running: Running, idp: Any, identity: Any, ann: Ann) -> None:
    with refused("ResourceNotFoundException", "Developer user identifier 'a' not found."):
        merge(identity, ann.pool, "a", "b")
    user(running, ann.users.pool, "bob")
    bob = {ann.provider: sign_in(idp, ann.users, "bob")["IdToken"]}
    id_of(identity, ann.pool, "a", logins=ann.logins)
    id_of(identity, ann.pool, "b", logins=bob)
    with refused("ResourceConflictException", f"The identity is linked to another login of {ann.provider} already."):
        merge(identity, ann.pool, "a", "b")
    with refused("InvalidParameterException", NO_DEVELOPER):
        merge(identity, ann.pool, "a", "b", "other")


def test_an_identity_has_20_logins(identity: Any, ann: Ann) -> None:
    for number in range(21):
        id_of(identity, ann.pool, f"u{number}")
    for number in range(1, 20):
        merge(identity, ann.pool, f"u{number}", "u0")
    with refused("InvalidParameterException", "An identity can have at most 20 linked logins."):
        merge(identity, ann.pool, "u20", "u0")
    with refused("InvalidParameterException", "An identity can have at most 20 linked logins."):
        issue(identity, ann.pool, "u0", logins=ann.logins)


def unlink(identity: Any, pool: str, identity_id: str, user: str, provider: str = DEVELOPER) -> None:
    identity.unlink_developer_identity(
        IdentityPoolId=pool, IdentityId=identity_id, DeveloperProviderName=provider, DeveloperUserIdentifier=user
    )


def test_a_user_is_unlinked(identity: Any, ann: Ann) -> None:
    known = id_of(identity, ann.pool, logins=ann.logins)
    other = id_of(identity, ann.pool, "other")
    with refused("ResourceConflictException", "The developer user identifier does not belong to the identity."):
        unlink(identity, ann.pool, other, "dora")
    with refused("ResourceNotFoundException", "Developer user identifier 'nobody' not found."):
        unlink(identity, ann.pool, known, "nobody")
    with refused("ResourceNotFoundException", f"Identity '{NOBODY}' not found."):
        unlink(identity, ann.pool, NOBODY, "dora")
    with refused("InvalidParameterException", NO_DEVELOPER):
        unlink(identity, ann.pool, known, "dora", "elsewhere")
    unlink(identity, ann.pool, known, "dora")
    assert identity.describe_identity(IdentityId=known)["Logins"] == [ann.provider]
    assert id_of(identity, ann.pool) not in (known, other)
    assert identity.get_credentials_for_identity(IdentityId=known, Logins=ann.logins)["IdentityId"] == known

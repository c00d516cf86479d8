"""Links between users and identities of other providers, and ending them."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest

from cognito_emulator.domain.federation.provider import SUBJECT, ProviderLink
from tests.helpers.build import PASSWORD, Setup, refused, setup, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.providers import GOOGLE, OIDC, create
from tests.helpers.saml import metadata

NOT_NATIVE = (
    "Invalid SourceUser: Cognito users with a username/password may not be passed in as a SourceUser, "
    "only as a DestinationUser"
)
MERGING = "Merging is not currently supported, provide a SourceUser that has not been signed up in order to link"
NOW = 1_800_000_000.0


@pytest.fixture
def at(running: Running, idp: Any) -> Setup:
    made = setup(running)
    user(running, made.pool)
    create(idp, made.pool, "Google", "Google", GOOGLE)
    create(idp, made.pool, "Mine", "OIDC", OIDC, AttributeMapping={"email": "mail"})
    return made


def person(provider: str, value: str, attribute: str = "Cognito_Subject") -> dict[str, str]:
    return {"ProviderName": provider, "ProviderAttributeName": attribute, "ProviderAttributeValue": value}


def link(idp: Any, at: Setup, source: dict[str, str], destination: str = "ann") -> None:
    local = {"ProviderName": "Cognito", "ProviderAttributeValue": destination}
    idp.admin_link_provider_for_user(UserPoolId=at.pool, DestinationUser=local, SourceUser=source)


def disable(idp: Any, at: Setup, who: dict[str, str]) -> None:
    idp.admin_disable_provider_for_user(UserPoolId=at.pool, User=who)


def identities(idp: Any, at: Setup, username: str = "ann") -> Any:
    attributes = idp.admin_get_user(UserPoolId=at.pool, Username=username)["UserAttributes"]
    return next((json.loads(item["Value"]) for item in attributes if item["Name"] == "identities"), None)


def entry(**members: Any) -> dict[str, Any]:
    return {
        "userId": "1",
        "providerName": "Google",
        "providerType": "Google",
        "issuer": None,
        "primary": False,
        "dateCreated": int(NOW * 1000),
        **members,
    }


def test_a_link_is_shown(running: Running, idp: Any, at: Setup) -> None:
    assert identities(idp, at) is None
    running.world.clock.freeze(NOW)
    link(idp, at, person("Google", "1"))
    link(idp, at, person("Mine", "a@b.c", "email"))
    assert identities(idp, at) == [entry(), entry(userId="a@b.c", providerName="Mine", providerType="OIDC")]
    found = idp.admin_get_user(UserPoolId=at.pool, Username="ann")
    assert found["UserStatus"] == "CONFIRMED"
    assert found["UserLastModifiedDate"].timestamp() == NOW
    tokens = sign_in(idp, at)
    shown = idp.get_user(AccessToken=tokens["AccessToken"])["UserAttributes"]
    assert [json.loads(item["Value"])[0] for item in shown if item["Name"] == "identities"] == [entry()]


def test_the_claim(running: Running, idp: Any, at: Setup) -> None:
    running.world.clock.freeze(NOW)
    plain = jwt.decode(sign_in(idp, at)["IdToken"], options={"verify_signature": False})
    assert "identities" not in plain
    link(idp, at, person("Google", "1"))
    tokens = sign_in(idp, at)
    claims = jwt.decode(tokens["IdToken"], options={"verify_signature": False})
    assert claims["identities"] == [entry(primary="false", dateCreated="1800000000000")]
    assert "identities" not in jwt.decode(tokens["AccessToken"], options={"verify_signature": False})


def test_a_saml_link_names_the_issuer(idp: Any, at: Setup) -> None:
    create(idp, at.pool, "Corp", "SAML", {"MetadataFile": metadata(entity="urn:corp")})
    link(idp, at, person("Corp", "ann@corp"))
    assert identities(idp, at)[0]["issuer"] == "urn:corp"


def test_linked_twice(running: Running, idp: Any, at: Setup) -> None:
    user(running, at.pool, "bob")
    link(idp, at, person("Google", "1"))
    with refused("InvalidParameterException", "SourceUser is already linked to DestinationUser"):
        link(idp, at, person("Google", "1"))
    with refused("InvalidParameterException", NOT_NATIVE):
        link(idp, at, person("Google", "1"), "bob")
    assert (len(identities(idp, at)), identities(idp, at, "bob")) == (1, None)


def test_subjects_are_compared_exactly(running: Running, idp: Any) -> None:
    """Whatever the pool's case sensitivity: two subjects that differ in case are two people at the provider."""
    at = setup(running, UsernameConfiguration={"CaseSensitive": False})
    user(running, at.pool)
    user(running, at.pool, "bob")
    create(idp, at.pool, "Google", "Google", GOOGLE)
    link(idp, at, person("Google", "Ab"))
    with refused("InvalidParameterException", "SourceUser is already linked to DestinationUser"):
        link(idp, at, person("Google", "Ab"), "ANN")
    link(idp, at, person("Google", "aB"), "bob")
    assert (identities(idp, at)[0]["userId"], identities(idp, at, "bob")[0]["userId"]) == ("Ab", "aB")
    with refused("UserNotFoundException", "User does not exist."):
        disable(idp, at, person("Google", "AB"))
    disable(idp, at, person("Google", "Ab"))
    assert identities(idp, at) is None
    assert len(identities(idp, at, "bob")) == 1


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (person("Cognito", "ann"), NOT_NATIVE),
        (
            {"ProviderName": "Google", "ProviderAttributeValue": "1"},
            "Invalid SourceUser: SourceUser must have a ProviderAttributeName and a ProviderAttributeValue.",
        ),
        (
            person("Google", ""),
            "Invalid SourceUser: SourceUser must have a ProviderAttributeName and a ProviderAttributeValue.",
        ),
        (
            person("Google", "a@b.c", "email"),
            "Invalid SourceUser: ProviderAttributeName must be Cognito_Subject for the provider Google.",
        ),
        (
            person("Mine", "Ann", "name"),
            "Invalid SourceUser: name is not mapped by the provider Mine.",
        ),
        (person("Google", "7"), MERGING),
    ],
)
def test_bad_sources(running: Running, idp: Any, at: Setup, source: dict[str, str], text: str) -> None:
    user(running, at.pool, "Google_7")
    with refused("InvalidParameterException", text):
        link(idp, at, source)
    assert identities(idp, at) is None


def test_unknown_names(idp: Any, at: Setup) -> None:
    with refused("ResourceNotFoundException", "Identity provider None does not exist."):
        link(idp, at, person("None", "1"))
    with refused("UserNotFoundException", "User does not exist."):
        link(idp, at, person("Google", "1"), "nobody")
    # A linked user is the pool's own, not the provider's.
    link(idp, at, person("Google", "1"))
    with refused("UserNotFoundException", "User does not exist."):
        idp.admin_link_provider_for_user(
            UserPoolId=at.pool, DestinationUser=person("Google", "1"), SourceUser=person("Mine", "1")
        )
    with refused("ResourceNotFoundException", "User pool us-east-1_000000000 does not exist."):
        link(idp, Setup("us-east-1_000000000", ""), person("Google", "1"))


def test_users_made_by_a_provider(running: Running, idp: Any, at: Setup) -> None:
    """Such a user is no source any more, but a destination by its subject; its own identity is not among the five."""
    sub = user(running, at.pool, "fed")
    world = running.world

    async def made_by_google() -> None:
        identity = ProviderLink(at.pool, "Google", SUBJECT, "9", sub, "9", "Google", world.clock.now(), primary=True)
        with world.store.write():
            world.store.identities.put(identity)

    running.run(made_by_google())
    with refused("InvalidParameterException", MERGING):
        link(idp, at, person("Google", "9"))
    for number in range(5):
        idp.admin_link_provider_for_user(
            UserPoolId=at.pool, DestinationUser=person("Google", "9"), SourceUser=person("Mine", str(number))
        )
    assert [known["primary"] for known in identities(idp, at, "fed")] == [True] + [False] * 5


def test_five_links(idp: Any, at: Setup) -> None:
    for number in range(5):
        link(idp, at, person("Google", str(number)))
    with refused("LimitExceededException", "The limit of 5 linked identities per user is reached."):
        link(idp, at, person("Mine", "1"))
    disable(idp, at, person("Google", "3"))
    link(idp, at, person("Mine", "1"))
    assert [known["userId"] for known in identities(idp, at)] == ["0", "1", "2", "4", "1"]


def test_unlinking(running: Running, idp: Any, at: Setup) -> None:
    user(running, at.pool, "bob")
    link(idp, at, person("Mine", "a@b.c", "email"))
    for wrong in (person("Mine", "a@b.c"), person("Mine", "other", "email"), person("Google", "a@b.c", "email")):
        with refused("UserNotFoundException", "User does not exist."):
            disable(idp, at, wrong)
    with refused("ResourceNotFoundException", "Identity provider None does not exist."):
        disable(idp, at, person("None", "1"))
    assert len(identities(idp, at)) == 1
    disable(idp, at, person("Mine", "a@b.c", "email"))
    assert identities(idp, at) is None
    sign_in(idp, at)
    link(idp, at, person("Mine", "a@b.c", "email"), "bob")
    assert len(identities(idp, at, "bob")) == 1


def test_a_link_can_be_ended_when_its_provider_is_gone(idp: Any, at: Setup) -> None:
    link(idp, at, person("Google", "1"))
    idp.delete_identity_provider(UserPoolId=at.pool, ProviderName="Google")
    assert len(identities(idp, at)) == 1
    disable(idp, at, person("Google", "1"))
    assert identities(idp, at) is None


def test_a_deleted_user_leaves_no_link(running: Running, idp: Any, at: Setup) -> None:
    user(running, at.pool, "bob")
    link(idp, at, person("Google", "1"))
    idp.admin_delete_user(UserPoolId=at.pool, Username="ann")
    link(idp, at, person("Google", "1"), "bob")
    idp.delete_user_pool(UserPoolId=at.pool)
    assert len(running.world.store.identities) == 0


def test_no_more_password(running: Running, idp: Any, at: Setup) -> None:
    sign_in(idp, at)
    with refused(
        "InvalidParameterException", "ProviderAttributeName must be Cognito_Subject for the provider Cognito."
    ):
        disable(idp, at, person("Cognito", "ann", "username"))
    with refused("UserNotFoundException", "User does not exist."):
        disable(idp, at, person("Cognito", "nobody"))
    sign_in(idp, at)
    disable(idp, at, person("Cognito", "ann"))
    with refused("NotAuthorizedException", "Incorrect username or password."):
        sign_in(idp, at)
    running.call("AdminSetUserPassword", UserPoolId=at.pool, Username="ann", Password=PASSWORD, Permanent=True)
    sign_in(idp, at)


def test_nobody_writes_identities(idp: Any, at: Setup) -> None:
    forged = [{"Name": "identities", "Value": "[]"}]
    text = "Cannot modify the non-mutable attribute identities"
    token = sign_in(idp, at)["AccessToken"]
    link(idp, at, person("Google", "1"))
    with refused("InvalidParameterException", text):
        idp.update_user_attributes(AccessToken=token, UserAttributes=forged)
    with refused("InvalidParameterException", text):
        idp.delete_user_attributes(AccessToken=token, UserAttributeNames=["identities"])
    with refused("InvalidParameterException", text):
        idp.admin_update_user_attributes(UserPoolId=at.pool, Username="ann", UserAttributes=forged)
    with refused("InvalidParameterException", text):
        idp.admin_delete_user_attributes(UserPoolId=at.pool, Username="ann", UserAttributeNames=["identities"])
    with refused("InvalidParameterException", text):
        idp.sign_up(ClientId=at.client, Username="eve", Password=PASSWORD, UserAttributes=forged)
    with refused("InvalidParameterException", text):
        idp.admin_create_user(UserPoolId=at.pool, Username="eve", UserAttributes=forged)
    assert len(identities(idp, at)) == 1

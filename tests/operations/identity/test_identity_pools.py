from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from cognito_emulator.world import World
from tests.helpers.build import refused
from tests.helpers.harness import Running
from tests.helpers.identity_pools import AUTHENTICATED, DEVELOPER, NOBODY, ROLES, Ann, identity_pool

NOT_FOUND = f"IdentityPool '{NOBODY}' not found."
OIDC = "arn:aws:iam::000000000000:oidc-provider/example.com/tenant"
SAML = "arn:aws:iam::000000000000:saml-provider/Corp"
FULL: dict[str, Any] = {
    "IdentityPoolName": "Full pool+=,.@-",
    "AllowUnauthenticatedIdentities": True,
    "AllowClassicFlow": True,
    "SupportedLoginProviders": {"accounts.google.com": "app.apps.googleusercontent.com"},
    "DeveloperProviderName": DEVELOPER,
    "OpenIdConnectProviderARNs": [OIDC],
    "CognitoIdentityProviders": [
        {
            "ProviderName": "cognito-idp.us-east-1.amazonaws.com/us-east-1_abcdefghi",
            "ClientId": "client",
            "ServerSideTokenCheck": True,
        }
    ],
    "SamlProviderARNs": [SAML],
    "IdentityPoolTags": {"team": "blue"},
}


def told(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_a_pool_with_everything_is_described_as_it_was_made(identity: Any) -> None:
    made = told(identity.create_identity_pool(**FULL))
    pool_id = made["IdentityPoolId"]
    assert made == {**FULL, "IdentityPoolId": pool_id}
    assert pool_id.startswith("us-east-1:")
    assert len(pool_id) == len(NOBODY)
    assert told(identity.describe_identity_pool(IdentityPoolId=pool_id)) == made


def test_a_pool_with_its_name_alone(identity: Any) -> None:
    made = told(identity.create_identity_pool(IdentityPoolName="p", AllowUnauthenticatedIdentities=False))
    del made["IdentityPoolId"]
    assert made == {"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": False, "IdentityPoolTags": {}}


def test_an_update_replaces_all_but_the_developer_provider_and_the_tags(identity: Any) -> None:
    pool_id = identity.create_identity_pool(**FULL)["IdentityPoolId"]
    identity.set_identity_pool_roles(IdentityPoolId=pool_id, Roles=ROLES)
    kept = {"IdentityPoolId": pool_id, "IdentityPoolName": "q", "AllowUnauthenticatedIdentities": False}
    answer = told(identity.update_identity_pool(**kept))
    assert answer == {**kept, "DeveloperProviderName": DEVELOPER, "IdentityPoolTags": {"team": "blue"}}
    assert told(identity.describe_identity_pool(IdentityPoolId=pool_id)) == answer
    assert identity.get_identity_pool_roles(IdentityPoolId=pool_id)["Roles"] == ROLES
    assert told(identity.update_identity_pool(**kept, IdentityPoolTags={}))["IdentityPoolTags"] == {}
    full = told(identity.update_identity_pool(IdentityPoolId=pool_id, **FULL))
    assert full == {**FULL, "IdentityPoolId": pool_id}


def test_the_developer_provider_cannot_be_changed(identity: Any) -> None:
    pool_id = identity.create_identity_pool(**FULL)["IdentityPoolId"]
    with refused("InvalidParameterException", "The DeveloperProviderName cannot be changed once it is set."):
        identity.update_identity_pool(IdentityPoolId=pool_id, **{**FULL, "DeveloperProviderName": "other"})
    assert identity.describe_identity_pool(IdentityPoolId=pool_id)["DeveloperProviderName"] == DEVELOPER


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"CognitoIdentityProviders": [{"ProviderName": "cognito-idp.us-east-1.amazonaws.com/us-east-1_x"}]},
         "Invalid Cognito Identity Provider"),
        ({"CognitoIdentityProviders": [{"ClientId": "x"}]}, "Invalid Cognito Identity Provider"),
        ({"CognitoIdentityProviders": [{"ProviderName": "us-east-1_x", "ClientId": "x"}]},
         "Invalid Cognito Identity Provider"),
        ({"SupportedLoginProviders": {"example.com": "x"}}, "example.com is not a supported login provider."),
        ({"OpenIdConnectProviderARNs": [SAML]}, f"Identity provider {SAML} is not valid for account 000000000000"),
        ({"SamlProviderARNs": [OIDC]}, f"Identity provider {OIDC} is not valid for account 000000000000"),
        ({"SamlProviderARNs": ["arn:aws:iam::111111111111:saml-provider/Corp"]},
         "Identity provider arn:aws:iam::111111111111:saml-provider/Corp is not valid for account 000000000000"),
        ({"IdentityPoolTags": {"aws:x": "1"}}, "Tag keys that begin with aws: are reserved."),
        ({"IdentityPoolTags": {str(n): "1" for n in range(51)}}, "An identity pool can have at most 50 tags."),
    ],
)  # fmt: skip
def test_settings_that_are_refused(identity: Any, members: dict[str, Any], message: str) -> None:
    plain = {"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": True}
    with refused("InvalidParameterException", message):
        identity.create_identity_pool(**plain, **members)
    pool_id = identity.create_identity_pool(**plain)["IdentityPoolId"]
    with refused("InvalidParameterException", message):
        identity.update_identity_pool(IdentityPoolId=pool_id, **plain, **members)
    assert identity.list_identity_pools(MaxResults=60)["IdentityPools"] == [
        {"IdentityPoolId": pool_id, "IdentityPoolName": "p"}
    ]


PLAIN = {"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": True}


@pytest.mark.parametrize(
    "wanted", [NOBODY, NOBODY.partition(":")[2], "us-east-1:a-1"], ids=["whole", "after the region", "short"]
)
def test_the_tag_that_fixes_the_id(identity: Any, wanted: str) -> None:
    """By which LocalStack's users fix ids."""
    whole = f"us-east-1:{wanted.rpartition(':')[2]}"
    tags = {"_custom_id_": wanted}
    made = identity.create_identity_pool(**PLAIN, IdentityPoolTags=tags)
    assert (made["IdentityPoolId"], made["IdentityPoolTags"]) == (whole, tags)
    assert identity.describe_identity_pool(IdentityPoolId=whole)["IdentityPoolTags"] == tags
    with refused("ResourceConflictException", f"IdentityPool '{whole}' already exists."):
        identity.create_identity_pool(**PLAIN, IdentityPoolTags=tags)
    # Later on it is a tag as any other.
    identity.update_identity_pool(**PLAIN, IdentityPoolId=whole, IdentityPoolTags={"_custom_id_": "x"})


@pytest.mark.parametrize("wanted", ["", "us-east-1:", "eu-west-1:1", "us-east-1:x", f"us-east-1:{'1' * 46}"])
def test_tags_that_are_no_id(identity: Any, wanted: str) -> None:
    text = (
        "The tag _custom_id_ must be an identity pool id that begins with us-east-1:, or what follows in it, of the "
        f"characters 0-9, a-f and -: {wanted}"
    )
    with refused("InvalidParameterException", text):
        identity.create_identity_pool(**PLAIN, IdentityPoolTags={"_custom_id_": wanted})
    assert identity.list_identity_pools(MaxResults=60)["IdentityPools"] == []


def test_constraints_of_the_model_are_validation_errors(identity: Any) -> None:
    """cognito-identity names them so; cognito-idp calls them InvalidParameterException."""
    with refused(
        "ValidationException",
        "1 validation error detected: Value 'us-east-1_x' at 'identityPoolId' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [\\w-]+:[0-9a-f-]+",
    ):
        identity.get_id(IdentityPoolId="us-east-1_x")
    with refused("ValidationException"):
        identity.list_identity_pools()


def test_the_limit_of_pools(identity: Any, world: World, running: Running) -> None:
    pool_id = identity_pool(running)
    pool = world.store.identity_pools.get(pool_id)
    assert pool is not None

    async def fill() -> None:
        with world.store.write():
            for number in range(999):
                world.store.identity_pools.put(replace(pool, id=f"us-east-1:{number:x}"))

    running.run(fill())
    with refused("LimitExceededException", "The limit of 1000 identity pools per account is reached."):
        identity.create_identity_pool(IdentityPoolName="p", AllowUnauthenticatedIdentities=True)


def test_pools_are_listed_in_pages(identity: Any, running: Running) -> None:
    made = [identity_pool(running, IdentityPoolName=f"p{number}") for number in range(5)]
    listed, token = [], None
    for size in (2, 2, 1):
        page = identity.list_identity_pools(MaxResults=2, **({"NextToken": token} if token else {}))
        assert len(page["IdentityPools"]) == size
        listed += page["IdentityPools"]
        token = page.get("NextToken")
    assert token is None
    assert listed == [{"IdentityPoolId": one, "IdentityPoolName": f"p{n}"} for n, one in enumerate(made)]
    with refused("InvalidParameterException", "Invalid pagination token."):
        identity.list_identity_pools(MaxResults=2, NextToken="made-up")


def test_a_pool_belongs_to_an_account_and_a_region(running: Running, ann: Ann) -> None:
    other = running.client("cognito-identity", access_key="111111111111")
    elsewhere = running.client("cognito-identity", region="eu-west-1")
    message = f"IdentityPool '{ann.pool}' not found."
    for client in (other, elsewhere):
        assert client.list_identity_pools(MaxResults=10)["IdentityPools"] == []
        with refused("ResourceNotFoundException", message):
            client.describe_identity_pool(IdentityPoolId=ann.pool)
    made = elsewhere.create_identity_pool(IdentityPoolName="p", AllowUnauthenticatedIdentities=True)
    assert made["IdentityPoolId"].startswith("eu-west-1:")


def test_a_deleted_pool_takes_its_identities_along(identity: Any, world: World, ann: Ann) -> None:
    guest = identity.get_id(IdentityPoolId=ann.pool)["IdentityId"]
    known = identity.get_id(IdentityPoolId=ann.pool, Logins=ann.logins)["IdentityId"]
    identity.delete_identity_pool(IdentityPoolId=ann.pool)
    for identity_id in (guest, known):
        with refused("ResourceNotFoundException", f"Identity '{identity_id}' not found."):
            identity.get_credentials_for_identity(IdentityId=identity_id)
    with refused("ResourceNotFoundException", f"IdentityPool '{ann.pool}' not found."):
        identity.get_id(IdentityPoolId=ann.pool, Logins=ann.logins)
    assert not len(world.store.federated_identities)


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("describe_identity_pool", {}),
        ("delete_identity_pool", {}),
        ("update_identity_pool", {"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": True}),
        ("list_identities", {"MaxResults": 1}),
        ("get_id", {}),
        ("get_identity_pool_roles", {}),
        ("set_identity_pool_roles", {"Roles": {"authenticated": AUTHENTICATED}}),
        ("get_open_id_token_for_developer_identity", {"Logins": {DEVELOPER: "u"}}),
        ("lookup_developer_identity", {"DeveloperUserIdentifier": "u"}),
        ("merge_developer_identities",
         {"SourceUserIdentifier": "a", "DestinationUserIdentifier": "b", "DeveloperProviderName": DEVELOPER}),
        ("unlink_developer_identity",
         {"IdentityId": NOBODY, "DeveloperProviderName": DEVELOPER, "DeveloperUserIdentifier": "u"}),
        ("set_principal_tag_attribute_map", {"IdentityProviderName": "x"}),
        ("get_principal_tag_attribute_map", {"IdentityProviderName": "x"}),
    ],
)  # fmt: skip
def test_no_such_pool(identity: Any, operation: str, members: dict[str, Any]) -> None:
    with refused("ResourceNotFoundException", NOT_FOUND):
        getattr(identity, operation)(IdentityPoolId=NOBODY, **members)


def test_tags(identity: Any, running: Running) -> None:
    pool_id = identity_pool(running, IdentityPoolTags={"a": "1"})
    arn = f"arn:aws:cognito-identity:us-east-1:000000000000:identitypool/{pool_id}"
    identity.tag_resource(ResourceArn=arn, Tags={"a": "2", "b": ""})
    assert identity.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"a": "2", "b": ""}
    identity.untag_resource(ResourceArn=arn, TagKeys=["b", "none"])
    assert identity.describe_identity_pool(IdentityPoolId=pool_id)["IdentityPoolTags"] == {"a": "2"}
    with refused("InvalidParameterException", "Tag keys that begin with aws: are reserved."):
        identity.tag_resource(ResourceArn=arn, Tags={"aws:x": "1"})
    with refused("InvalidParameterException", "An identity pool can have at most 50 tags."):
        identity.tag_resource(ResourceArn=arn, Tags={str(n): "1" for n in range(50)})


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:cognito-identity:us-east-1:000000000000:identitypool/{NOBODY}",
        "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_abcdefghi",
    ],
)
def test_tags_of_nothing(identity: Any, arn: str) -> None:
    for call, members in (
        (identity.list_tags_for_resource, {}),
        (identity.tag_resource, {"Tags": {"a": "1"}}),
        (identity.untag_resource, {"TagKeys": ["a"]}),
    ):
        with refused("ResourceNotFoundException", f"Resource {arn} does not exist."):
            call(ResourceArn=arn, **members)


def test_tags_of_another_region_or_account(running: Running, ann: Ann) -> None:
    arn = f"arn:aws:cognito-identity:us-east-1:000000000000:identitypool/{ann.pool}"
    for client in (
        running.client("cognito-identity", access_key="111111111111"),
        running.client("cognito-identity", region="eu-west-1"),
    ):
        with refused("ResourceNotFoundException", f"Resource {arn} does not exist."):
            client.list_tags_for_resource(ResourceArn=arn)

"""SetIdentityPoolRoles and principal tags: what is taken, and what it does to credentials."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import refused, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.identity_pools import (
    AUTHENTICATED,
    DEVELOPER,
    GUEST,
    ROLES,
    UNUSABLE,
    Ann,
    entry,
    federation,
    identity_pool,
    payload,
)

EDITOR, READER = (f"arn:aws:iam::000000000000:role/{name}" for name in ("editor", "reader"))
RULE = {"Claim": "custom:team", "MatchType": "Equals", "Value": "blue", "RoleARN": EDITOR}


def rules(*found: dict[str, str], ambiguous: str = "AuthenticatedRole") -> dict[str, Any]:
    return {
        "Type": "Rules",
        "AmbiguousRoleResolution": ambiguous,
        "RulesConfiguration": {"Rules": list(found)},
    }


def role_of(identity: Any, ann: Ann, **more: Any) -> str:
    """The role that ann's credentials are of."""
    known = identity.get_id(IdentityPoolId=ann.pool, Logins=ann.logins)["IdentityId"]
    answer = identity.get_credentials_for_identity(IdentityId=known, Logins=ann.logins, **more)
    return str(payload(answer["Credentials"]["SessionToken"])["role"])


def with_groups(running: Running, idp: Any, groups: dict[str, tuple[str, int]]) -> Ann:
    """Ann, signed in as a member of groups with roles and precedences."""
    ann = federation(running, idp)
    for name, (role, precedence) in groups.items():
        running.call("CreateGroup", UserPoolId=ann.users.pool, GroupName=name, RoleArn=role, Precedence=precedence)
        running.call("AdminAddUserToGroup", UserPoolId=ann.users.pool, Username="ann", GroupName=name)
    return Ann(ann.users, ann.sub, ann.pool, sign_in(idp, ann.users))


def map_roles(identity: Any, ann: Ann, mapping: dict[str, Any], name: str | None = None) -> None:
    identity.set_identity_pool_roles(IdentityPoolId=ann.pool, Roles=ROLES, RoleMappings={name or ann.mapping: mapping})


def test_roles_and_mappings_are_read_back_and_replaced(identity: Any, ann: Ann) -> None:
    mappings = {ann.mapping: rules(RULE, ambiguous="Deny")}
    identity.set_identity_pool_roles(IdentityPoolId=ann.pool, Roles=ROLES, RoleMappings=mappings)
    told = identity.get_identity_pool_roles(IdentityPoolId=ann.pool)
    assert (told["IdentityPoolId"], told["Roles"], told["RoleMappings"]) == (ann.pool, ROLES, mappings)
    identity.set_identity_pool_roles(IdentityPoolId=ann.pool, Roles={})
    told = identity.get_identity_pool_roles(IdentityPoolId=ann.pool)
    assert told["Roles"] == {}
    assert "RoleMappings" not in told


TOKEN = {"Type": "Token", "AmbiguousRoleResolution": "Deny"}


def test_rules_beside_the_type_token_are_told_again_and_not_used(running: Running, idp: Any, identity: Any) -> None:
    ann = with_groups(running, idp, {"staff": (READER, 1)})
    mapping = {**TOKEN, "RulesConfiguration": {"Rules": [{**RULE, "Claim": "sub", "Value": ann.sub}]}}
    map_roles(identity, ann, mapping)
    assert identity.get_identity_pool_roles(IdentityPoolId=ann.pool)["RoleMappings"] == {ann.mapping: mapping}
    assert role_of(identity, ann) == READER


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"Type": "Token"}, "AmbiguousRoleResolution is required for the role mapping of {}."),
        ({"Type": "Rules", "RulesConfiguration": {"Rules": [RULE]}},
         "AmbiguousRoleResolution is required for the role mapping of {}."),
        ({"Type": "Rules", "AmbiguousRoleResolution": "Deny"},
         "RulesConfiguration is required for the Rules role mapping of {}."),
        (rules(*[RULE] * 26), "The role mapping of {} can have at most 25 rules."),
    ],
)  # fmt: skip
def test_mappings_that_are_refused(identity: Any, ann: Ann, mapping: dict[str, Any], message: str) -> None:
    with refused("InvalidParameterException", message.format(ann.mapping)):
        map_roles(identity, ann, mapping)
    assert "RoleMappings" not in identity.get_identity_pool_roles(IdentityPoolId=ann.pool)


def test_a_mapping_is_for_a_provider_of_the_pool(running: Running, identity: Any, ann: Ann) -> None:
    for name in (ann.provider, f"{ann.provider}:other", "graph.facebook.com", "https://" + ann.mapping):
        text = f"{name} is not a valid RoleMapping ProviderName or is not a configured provider."
        with refused("InvalidParameterException", text):
            map_roles(identity, ann, TOKEN, name)
    local = f"{running.url.partition('://')[2]}/{ann.users.pool}:{ann.users.client}"
    with refused("InvalidParameterException", f"There are two role mappings for {ann.mapping}."):
        identity.set_identity_pool_roles(
            IdentityPoolId=ann.pool, Roles=ROLES, RoleMappings={local: TOKEN, ann.mapping: TOKEN}
        )
    map_roles(identity, ann, rules({**RULE, "Claim": "sub", "Value": ann.sub}), local)
    assert role_of(identity, ann) == EDITOR


@pytest.mark.parametrize("role", ["my-stack-SomeRole-KBKHTR8P6UC2", "arn:aws:iam::000000000000:user/somebody"])
def test_a_role_is_an_arn_of_a_role(identity: Any, ann: Ann, role: str) -> None:
    message = f"Access to Role '{role}' is forbidden."
    with refused("NotAuthorizedException", message):
        identity.set_identity_pool_roles(IdentityPoolId=ann.pool, Roles={"authenticated": role})
    with refused("NotAuthorizedException", message):
        map_roles(identity, ann, rules({**RULE, "RoleARN": role}))
    assert identity.get_identity_pool_roles(IdentityPoolId=ann.pool)["Roles"] == ROLES


def test_the_default_roles(identity: Any, ann: Ann) -> None:
    assert role_of(identity, ann) == AUTHENTICATED
    guest = identity.get_id(IdentityPoolId=ann.pool)["IdentityId"]
    made = identity.get_credentials_for_identity(IdentityId=guest)["Credentials"]
    assert payload(made["SessionToken"])["role"] == GUEST
    with refused("NotAuthorizedException", f"Access to Role '{AUTHENTICATED}' is forbidden."):
        identity.get_credentials_for_identity(IdentityId=guest, CustomRoleArn=AUTHENTICATED)


@pytest.mark.parametrize("roles", [{}, {"unauthenticated": GUEST}])
def test_no_role_for_those_who_signed_in(running: Running, identity: Any, ann: Ann, roles: dict[str, str]) -> None:
    identity.set_identity_pool_roles(IdentityPoolId=ann.pool, Roles=roles)
    with refused("InvalidIdentityPoolConfigurationException", UNUSABLE):
        role_of(identity, ann)


def test_no_role_for_guests(identity: Any, ann: Ann) -> None:
    identity.set_identity_pool_roles(IdentityPoolId=ann.pool, Roles={"authenticated": AUTHENTICATED})
    guest = identity.get_id(IdentityPoolId=ann.pool)["IdentityId"]
    with refused("InvalidIdentityPoolConfigurationException", UNUSABLE):
        identity.get_credentials_for_identity(IdentityId=guest)


def test_the_role_of_the_best_group(running: Running, idp: Any, identity: Any) -> None:
    ann = with_groups(running, idp, {"readers": (READER, 5), "editors": (EDITOR, 1)})
    assert role_of(identity, ann) == AUTHENTICATED
    map_roles(identity, ann, TOKEN)
    assert role_of(identity, ann) == EDITOR
    assert role_of(identity, ann, CustomRoleArn=READER) == READER
    with refused("NotAuthorizedException", f"Access to Role '{AUTHENTICATED}' is forbidden."):
        role_of(identity, ann, CustomRoleArn=AUTHENTICATED)


def test_groups_of_one_precedence_are_ambiguous(running: Running, idp: Any, identity: Any) -> None:
    ann = with_groups(running, idp, {"readers": (READER, 1), "editors": (EDITOR, 1)})
    map_roles(identity, ann, TOKEN)
    with refused("NotAuthorizedException", f"The ambiguous role mapping rules for: {ann.mapping} denied this request."):
        role_of(identity, ann)
    map_roles(identity, ann, {**TOKEN, "AmbiguousRoleResolution": "AuthenticatedRole"})
    assert role_of(identity, ann) == AUTHENTICATED
    assert role_of(identity, ann, CustomRoleArn=EDITOR) == EDITOR


def test_a_group_whose_role_is_none(running: Running, idp: Any, identity: Any) -> None:
    ann = with_groups(running, idp, {"odd": ("arn:aws:iam::000000000000:user/somebody", 1)})
    map_roles(identity, ann, TOKEN)
    with refused("InvalidIdentityPoolConfigurationException", UNUSABLE):
        role_of(identity, ann)


def test_rules_about_claims(running: Running, idp: Any, identity: Any) -> None:
    ann = with_groups(running, idp, {"readers": (READER, 1)})
    map_roles(identity, ann, rules({**RULE, "Claim": "cognito:groups", "MatchType": "Contains", "Value": "readers"}))
    assert role_of(identity, ann) == EDITOR
    map_roles(identity, ann, rules({**RULE, "Claim": "cognito:username", "Value": "bob"}, ambiguous="Deny"))
    with refused("NotAuthorizedException", f"The ambiguous role mapping rules for: {ann.mapping} denied this request."):
        role_of(identity, ann)


def test_each_app_client_has_a_mapping_of_its_own(running: Running, idp: Any, identity: Any) -> None:
    from tests.helpers.build import FLOWS, Setup

    plain = federation(running, idp)
    made = running.call("CreateUserPoolClient", UserPoolId=plain.users.pool, ClientName="o", ExplicitAuthFlows=FLOWS)
    other = Setup(plain.users.pool, made["UserPoolClient"]["ClientId"])
    pool = identity_pool(running, entry(plain.users), entry(other))
    ann = Ann(plain.users, plain.sub, pool, plain.tokens)
    map_roles(identity, ann, rules({**RULE, "Claim": "sub", "Value": ann.sub}))
    assert role_of(identity, ann) == EDITOR
    assert role_of(identity, Ann(other, ann.sub, pool, sign_in(idp, other))) == AUTHENTICATED


# --- principal tags -------------------------------------------------------------------------------------------


def tags_of(identity: Any, ann: Ann) -> Any:
    known = identity.get_id(IdentityPoolId=ann.pool, Logins=ann.logins)["IdentityId"]
    made = identity.get_credentials_for_identity(IdentityId=known, Logins=ann.logins)["Credentials"]
    return payload(made["SessionToken"]).get("principal_tags")


def test_principal_tags(running: Running, idp: Any, identity: Any) -> None:
    ann = federation(running, idp)
    named = {"IdentityPoolId": ann.pool, "IdentityProviderName": ann.provider}

    def told(answer: dict[str, Any]) -> tuple[bool, dict[str, str]]:
        assert {name: answer[name] for name in named} == named
        return answer["UseDefaults"], answer["PrincipalTags"]

    with refused("ResourceNotFoundException", f"No Principal Tags configured for Provider {ann.provider}"):
        identity.get_principal_tag_attribute_map(**named)
    assert tags_of(identity, ann) is None

    answer = identity.set_principal_tag_attribute_map(**named, UseDefaults=True)
    assert told(answer) == (True, {"username": "sub", "client": "aud"})
    assert told(identity.get_principal_tag_attribute_map(**named)) == told(answer)
    assert tags_of(identity, ann) == {"username": ann.sub, "client": ann.users.client}

    custom = {"user": "cognito:username", "none": "custom:none", "fresh": "auth_time"}
    assert told(identity.set_principal_tag_attribute_map(**named, PrincipalTags=custom)) == (False, custom)
    tags = tags_of(identity, ann)
    assert tags == {"user": "ann", "fresh": str(payload(ann.tokens["IdToken"])["auth_time"])}

    assert told(identity.set_principal_tag_attribute_map(**named)) == (False, {})
    assert told(identity.get_principal_tag_attribute_map(**named)) == (False, {})
    assert tags_of(identity, ann) is None


def test_principal_tags_of_providers_that_the_pool_does_not_have(identity: Any, ann: Ann) -> None:
    """No documentation refuses them. A provider that is added later has them at once."""
    for name in ("graph.facebook.com", DEVELOPER, ann.mapping):
        named = {"IdentityPoolId": ann.pool, "IdentityProviderName": name}
        with refused("ResourceNotFoundException", f"No Principal Tags configured for Provider {name}"):
            identity.get_principal_tag_attribute_map(**named)
        identity.set_principal_tag_attribute_map(**named, PrincipalTags={"a": "sub"})
        assert identity.get_principal_tag_attribute_map(**named)["PrincipalTags"] == {"a": "sub"}
    assert tags_of(identity, ann) is None


def test_the_defaults_count_whatever_tags_come_with_them(running: Running, identity: Any, ann: Ann) -> None:
    named = {"IdentityPoolId": ann.pool, "IdentityProviderName": ann.provider}
    answer = identity.set_principal_tag_attribute_map(**named, UseDefaults=True, PrincipalTags={"a": "sub"})
    assert answer["PrincipalTags"] == {"username": "sub", "client": "aud"}
    assert tags_of(identity, ann) == {"username": ann.sub, "client": ann.users.client}
    local = f"{running.url.partition('://')[2]}/{ann.users.pool}"
    told = identity.get_principal_tag_attribute_map(IdentityPoolId=ann.pool, IdentityProviderName=local)
    assert told["UseDefaults"] is True


def test_a_value_too_long_for_a_tag(running: Running, idp: Any, identity: Any) -> None:
    plain = federation(running, idp, AllowClassicFlow=True)
    user(running, plain.users.pool, "long", nickname="n" * 257)
    ann = Ann(plain.users, plain.sub, plain.pool, sign_in(idp, plain.users, "long"))
    identity.set_principal_tag_attribute_map(
        IdentityPoolId=ann.pool, IdentityProviderName=ann.provider, PrincipalTags={"nick": "nickname"}
    )
    with refused("InvalidIdentityPoolConfigurationException", UNUSABLE):
        tags_of(identity, ann)
    guest = identity.get_id(IdentityPoolId=ann.pool)["IdentityId"]
    with refused("InvalidParameterException", "The value of a principal tag is too long."):
        identity.get_open_id_token(IdentityId=guest, Logins=ann.logins)
    assert identity.describe_identity(IdentityId=guest)["Logins"] == []

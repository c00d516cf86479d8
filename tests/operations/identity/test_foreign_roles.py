"""Role mappings and principal tags of social and IAM OIDC providers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import refused
from tests.helpers.foreign_logins import AMAZON, FACEBOOK, GOOGLE, IAM, know_oidc, mock_login, social_pool
from tests.helpers.harness import Running
from tests.helpers.identity_pools import AUTHENTICATED, ROLES, identity_pool, payload

EDITOR, READER = (f"{IAM}:role/{name}" for name in ("editor", "reader"))
HOST = "login.example.com/realms/x"
ARN = f"{IAM}:oidc-provider/{HOST}"


@pytest.fixture
def pool(running: Running) -> str:
    """An identity pool with the OIDC provider, which is a mock."""
    assert know_oidc(running, f"https://{HOST}", "web", mock=True) == (ARN, HOST)
    return identity_pool(running, OpenIdConnectProviderARNs=[ARN])


def rules(*found: tuple[str, str, str, str], ambiguous: str = "AuthenticatedRole") -> dict[str, Any]:
    told = [{"Claim": c, "MatchType": m, "Value": v, "RoleARN": r} for c, m, v, r in found]
    return {"Type": "Rules", "AmbiguousRoleResolution": ambiguous, "RulesConfiguration": {"Rules": told}}


def session(identity: Any, pool: str, logins: dict[str, str], **more: Any) -> dict[str, Any]:
    known = identity.get_id(IdentityPoolId=pool, Logins=logins)["IdentityId"]
    answer = identity.get_credentials_for_identity(IdentityId=known, Logins=logins, **more)
    return payload(answer["Credentials"]["SessionToken"])


BLUE, LOCAL = ("team", "Equals", "blue", EDITOR), ("locale", "StartsWith", "Sacr", READER)
TOKEN = {"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"}


@pytest.mark.parametrize(
    ("mapping", "claims", "role"),
    [
        (rules(BLUE, LOCAL), {"team": "blue"}, EDITOR),
        (rules(BLUE, LOCAL), {"team": "blue", "locale": "Sacramento"}, EDITOR),
        (rules(LOCAL, BLUE), {"team": "blue", "locale": "Sacramento"}, READER),
        (rules(BLUE, LOCAL), {"team": "red"}, AUTHENTICATED),
        (rules(("groups", "Contains", "ops", EDITOR)), {"groups": ["dev", "ops"]}, EDITOR),
        (rules(("aud", "Equals", "web", EDITOR)), {}, EDITOR),
        (rules(("iss", "Equals", f"https://{HOST}", EDITOR)), {}, EDITOR),
        (TOKEN, {"cognito:roles": [READER]}, READER),
        (TOKEN, {"cognito:roles": [READER, EDITOR]}, AUTHENTICATED),
        (TOKEN, {"cognito:roles": [READER], "cognito:preferred_role": EDITOR}, EDITOR),
        (TOKEN, {}, AUTHENTICATED),
    ],
)
def test_the_role_of_an_oidc_login(
    running: Running, identity: Any, pool: str, mapping: dict[str, Any], claims: dict[str, Any], role: str
) -> None:
    identity.set_identity_pool_roles(IdentityPoolId=pool, Roles=ROLES, RoleMappings={ARN: mapping})
    assert identity.get_identity_pool_roles(IdentityPoolId=pool)["RoleMappings"] == {ARN: mapping}
    assert session(identity, pool, mock_login(running, HOST, "web", sub="1", **claims))["role"] == role


def test_what_the_rules_deny(running: Running, identity: Any, pool: str) -> None:
    mapping = rules(BLUE, ambiguous="Deny")
    identity.set_identity_pool_roles(IdentityPoolId=pool, Roles=ROLES, RoleMappings={ARN: mapping})
    text = f"The ambiguous role mapping rules for: {ARN} denied this request."
    with refused("NotAuthorizedException", text):
        session(identity, pool, mock_login(running, ARN, "web", sub="1", team="red"))
    with refused("NotAuthorizedException", f"Access to Role '{READER}' is forbidden."):
        session(identity, pool, mock_login(running, ARN, "web", sub="1", team="blue"), CustomRoleArn=READER)


def test_a_mapping_is_by_the_arn(identity: Any, pool: str) -> None:
    text = f"{HOST} is not a valid RoleMapping ProviderName or is not a configured provider."
    with refused("InvalidParameterException", text):
        identity.set_identity_pool_roles(IdentityPoolId=pool, Roles=ROLES, RoleMappings={HOST: TOKEN})


@pytest.mark.parametrize("name", [GOOGLE, FACEBOOK])
def test_the_role_of_a_social_login(running: Running, identity: Any, name: str) -> None:
    pool = social_pool(running)
    mapping = rules(("email", "Equals", "ann@example.com", READER), ("sub", "Equals", "77", EDITOR))
    identity.set_identity_pool_roles(IdentityPoolId=pool, Roles=ROLES, RoleMappings={name: mapping})
    # AWS knows no more of Facebook's users than iss, aud and sub.
    first = AUTHENTICATED if name == FACEBOOK else READER
    assert session(identity, pool, mock_login(running, name))["role"] == first
    assert session(identity, pool, mock_login(running, name, sub="77"))["role"] == EDITOR


@pytest.mark.parametrize("name", [ARN, HOST])
def test_tags_by_arn_or_by_issuer(running: Running, identity: Any, pool: str, name: str) -> None:
    given = {"IdentityPoolId": pool, "IdentityProviderName": name}
    identity.set_principal_tag_attribute_map(**given, PrincipalTags={"team": "team", "who": "sub"})
    for one in (ARN, HOST):
        told = identity.get_principal_tag_attribute_map(IdentityPoolId=pool, IdentityProviderName=one)
        assert told["PrincipalTags"] == {"team": "team", "who": "sub"}
    made = session(identity, pool, mock_login(running, HOST, "web", sub="1", team=["a"]))
    assert made["principal_tags"] == {"team": "a", "who": "1"}


@pytest.mark.parametrize("name", [GOOGLE, FACEBOOK, AMAZON])
def test_the_default_tags(running: Running, identity: Any, name: str) -> None:
    pool = social_pool(running)
    told = identity.set_principal_tag_attribute_map(IdentityPoolId=pool, IdentityProviderName=name, UseDefaults=True)
    assert told["PrincipalTags"] == {"username": "sub", "client": "aud"}
    made = session(identity, pool, mock_login(running, name, sub="42"))
    assert made["principal_tags"] == {"username": "42", "client": "app"}


def test_tags_of_a_provider_that_the_pool_does_not_have(identity: Any, pool: str) -> None:
    named = {"IdentityPoolId": pool, "IdentityProviderName": GOOGLE}
    with refused("ResourceNotFoundException", f"No Principal Tags configured for Provider {GOOGLE}"):
        identity.get_principal_tag_attribute_map(**named)
    identity.set_principal_tag_attribute_map(**named, UseDefaults=True)
    assert identity.get_principal_tag_attribute_map(**named)["UseDefaults"] is True

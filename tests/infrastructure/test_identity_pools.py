"""Identity pools, their roles and their principal tags."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import refused
from tests.helpers.harness import Running
from tests.infrastructure.tool import Tool, stays, view

PROVIDER = "cognito-idp.us-east-1.amazonaws.com/us-east-1_abcdefghi"
ENTRY = {"ProviderName": PROVIDER, "ClientId": "client", "ServerSideTokenCheck": False}
ROLES = {name: f"arn:aws:iam::000000000000:role/{name}" for name in ("authenticated", "unauthenticated")}
BLOCKS: dict[str, dict[str, Any]] = {
    "guests": {"AllowUnauthenticatedIdentities": True},
    "classic flow": {"AllowClassicFlow": True},
    "no classic flow": {"AllowClassicFlow": False},
    "user pools": {"CognitoIdentityProviders": [ENTRY, {**ENTRY, "ClientId": "other", "ServerSideTokenCheck": True}]},
    "social": {"SupportedLoginProviders": {"graph.facebook.com": "1", "accounts.google.com": "a.example"}},
    "OIDC": {"OpenIdConnectProviderARNs": ["arn:aws:iam::000000000000:oidc-provider/server.example.com"]},
    "SAML": {"SamlProviderARNs": ["arn:aws:iam::000000000000:saml-provider/Corp"]},
}


@pytest.fixture
def tool(running: Running) -> Tool:
    return Tool(running.client("cognito-identity"), "cognito-identity")


def make(tool: Tool, **members: Any) -> str:
    given = {"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": False, **members}
    return str(tool.call("CreateIdentityPool", **given)["IdentityPoolId"])


def described(tool: Tool, pool: str) -> dict[str, Any]:
    return tool.call("DescribeIdentityPool", IdentityPoolId=pool)


def without_id(description: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in description.items() if name != "IdentityPoolId"}


@pytest.mark.parametrize("case", sorted(BLOCKS))
def test_a_block_comes_and_goes(tool: Tool, case: str) -> None:
    block = BLOCKS[case]
    pool = make(tool, **block)

    def update(members: dict[str, Any]) -> dict[str, Any]:
        return tool.call("UpdateIdentityPool", **members)

    before = stays(lambda: described(tool, pool), update)
    assert update(before) == before
    assert {name: before[name] for name in block} == block
    rest = {name: value for name, value in before.items() if name not in block}
    update({"AllowUnauthenticatedIdentities": False, **rest})
    assert without_id(described(tool, pool)) == without_id(described(tool, make(tool)))


def test_tags_are_another_matter(tool: Tool) -> None:
    """They are sent with the pool, and from then on by TagResource and UntagResource alone."""
    pool = make(tool, IdentityPoolTags={"team": "a"})
    rest = {name: value for name, value in described(tool, pool).items() if name != "IdentityPoolTags"}
    tool.call("UpdateIdentityPool", **rest)
    assert described(tool, pool)["IdentityPoolTags"] == {"team": "a"}
    arn = f"arn:aws:cognito-identity:us-east-1:000000000000:identitypool/{pool}"
    tool.call("UntagResource", ResourceArn=arn, TagKeys=["team"])
    assert described(tool, pool)["IdentityPoolTags"] == {}


def test_the_developer_provider_is_there_to_stay(tool: Tool) -> None:
    pool = make(tool, DeveloperProviderName="login.example")
    before = stays(lambda: described(tool, pool), lambda told: tool.call("UpdateIdentityPool", **told))
    rest = {name: value for name, value in before.items() if name != "DeveloperProviderName"}
    tool.call("UpdateIdentityPool", **rest)
    assert described(tool, pool) == before


def test_roles(tool: Tool) -> None:
    pool = make(tool, CognitoIdentityProviders=[ENTRY])

    def read() -> dict[str, Any]:
        return tool.call("GetIdentityPoolRoles", IdentityPoolId=pool)

    bare = read()
    rule = {"Claim": "c", "MatchType": "Equals", "Value": "v", "RoleARN": ROLES["authenticated"]}
    mappings = {
        f"{PROVIDER}:client": {
            "Type": "Rules",
            "AmbiguousRoleResolution": "Deny",
            "RulesConfiguration": {"Rules": [rule]},
        }
    }
    tool.call("SetIdentityPoolRoles", IdentityPoolId=pool, Roles=ROLES, RoleMappings=mappings)
    before = stays(read, lambda told: tool.call("SetIdentityPoolRoles", **told))
    assert (before["Roles"], before["RoleMappings"]) == (ROLES, mappings)
    tool.call("SetIdentityPoolRoles", IdentityPoolId=pool, Roles=ROLES, RoleMappings={})
    assert view(read()) == view({"IdentityPoolId": pool, "Roles": ROLES})
    tool.call("SetIdentityPoolRoles", IdentityPoolId=pool, Roles={})
    assert view(read()) == view(bare)


def test_principal_tags(tool: Tool) -> None:
    ids = {"IdentityPoolId": make(tool, CognitoIdentityProviders=[ENTRY]), "IdentityProviderName": PROVIDER}

    def read() -> dict[str, Any]:
        return tool.call("GetPrincipalTagAttributeMap", **ids)

    with refused("ResourceNotFoundException", f"No Principal Tags configured for Provider {PROVIDER}"):
        read()
    tool.call("SetPrincipalTagAttributeMap", **ids, UseDefaults=False, PrincipalTags={"team": "custom:team"})
    before = stays(read, lambda told: tool.call("SetPrincipalTagAttributeMap", **told))
    assert view(before) == {**ids, "PrincipalTags": {"team": "custom:team"}}
    tool.call("SetPrincipalTagAttributeMap", **ids, UseDefaults=True, PrincipalTags={})
    stays(read, lambda told: tool.call("SetPrincipalTagAttributeMap", **told))
    assert read()["UseDefaults"] is True

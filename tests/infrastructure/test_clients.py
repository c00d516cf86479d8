"""App clients: what an update leaves out goes back to its default, so that blocks go by being left out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infrastructure.tool import Tool, stays, view

ROLE = "arn:aws:iam::000000000000:role/r"
# (what the client has anyway, the block)
BLOCKS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "secret": ({}, {"GenerateSecret": False}),
    "lifetimes": (
        {},
        {
            "AccessTokenValidity": 10,
            "IdTokenValidity": 20,
            "RefreshTokenValidity": 90,
            "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "hours"},
            "AuthSessionValidity": 15,
        },
    ),
    "days": ({}, {"RefreshTokenValidity": 0, "AccessTokenValidity": 0, "IdTokenValidity": 0}),
    "a unit": ({}, {"TokenValidityUnits": {"AccessToken": "days", "IdToken": "", "RefreshToken": ""}}),
    "flows": ({}, {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}),
    "attributes": ({}, {"ReadAttributes": ["email", "email_verified"], "WriteAttributes": ["email"]}),
    "hidden users": ({}, {"PreventUserExistenceErrors": "ENABLED"}),
    "no revocation": ({}, {"EnableTokenRevocation": False}),
    "context data": ({"GenerateSecret": True}, {"EnablePropagateAdditionalUserContextData": True}),
    "rotation": ({}, {"RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}}),
    "analytics": (
        {},
        {
            "AnalyticsConfiguration": {
                "ApplicationId": "ab",
                "RoleArn": ROLE,
                "ExternalId": "x",
                "UserDataShared": False,
            }
        },
    ),
    "OAuth": (
        {},
        {
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthFlowsUserPoolClient": True,
            "AllowedOAuthScopes": ["openid", "email"],
            "CallbackURLs": ["https://example.com/back"],
            "DefaultRedirectURI": "https://example.com/back",
            "LogoutURLs": ["https://example.com/bye"],
            "SupportedIdentityProviders": ["COGNITO"],
        },
    ),
    "no OAuth": (
        {},
        {
            "AllowedOAuthFlows": [],
            "AllowedOAuthFlowsUserPoolClient": False,
            "AllowedOAuthScopes": [],
            "CallbackURLs": [],
            "DefaultRedirectURI": "",
            "LogoutURLs": [],
            "SupportedIdentityProviders": [],
        },
    ),
}


def make(tool: Tool, pool: str, **members: Any) -> dict[str, Any]:
    made: dict[str, Any] = tool.call("CreateUserPoolClient", UserPoolId=pool, ClientName="c", **members)
    return {"UserPoolId": pool, "ClientId": made["UserPoolClient"]["ClientId"]}


def described(tool: Tool, ids: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = tool.call("DescribeUserPoolClient", **ids)["UserPoolClient"]
    return found


def without_ids(description: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in view(description).items() if name not in ("ClientId", "ClientSecret")}


@pytest.mark.parametrize("case", sorted(BLOCKS))
def test_a_block_comes_and_goes(tool: Tool, pool: str, case: str) -> None:
    base, block = BLOCKS[case]
    ids = make(tool, pool, **base, **block)

    def update(members: dict[str, Any]) -> dict[str, Any]:
        return tool.call("UpdateUserPoolClient", **members)

    before = stays(lambda: described(tool, ids), update)
    assert update(before)["UserPoolClient"] == described(tool, ids)
    for name, value in view(block).items():
        assert view(before[name]) == {**view(before[name]), **value} if isinstance(value, dict) else value
    update({name: value for name, value in before.items() if name not in block})
    twin = make(tool, pool, **base)
    assert without_ids(described(tool, ids)) == without_ids(described(tool, twin))


def test_what_was_set_to_nothing_is_not_shown(tool: Tool, pool: str) -> None:
    """As infrastructure tools' tests find it on AWS."""
    shown = described(tool, make(tool, pool, **BLOCKS["no OAuth"][1]))
    assert view(shown) == {
        "UserPoolId": pool,
        "ClientId": shown["ClientId"],
        "ClientName": "c",
        "RefreshTokenValidity": 30,
        "EnableTokenRevocation": True,
        "AuthSessionValidity": 3,
    }

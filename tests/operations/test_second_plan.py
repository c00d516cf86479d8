"""What Terraform, OpenTofu and CloudFormation declare is read back as it was declared: a second plan is empty.

The calls and the members are those that Terraform's provider makes for each resource: create, then describe, and
compare each declared member with what is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.helpers.harness import ACCOUNT, REGION, Running

ROLE = f"arn:aws:iam::{ACCOUNT}:role/cognito"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:trigger"
APPLICATION = f"arn:aws:mobiletargeting:{REGION}:{ACCOUNT}:apps/a"
POOL: dict[str, Any] = {
    "AccountRecoverySetting": {"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]},
    "AdminCreateUserConfig": {
        "AllowAdminCreateUserOnly": True,
        "InviteMessageTemplate": {
            "EmailMessage": "Your name is {username}, your password {####}",
            "EmailSubject": "Welcome",
            "SMSMessage": "{username} {####}",
        },
    },
    "AliasAttributes": ["email", "preferred_username"],
    "AutoVerifiedAttributes": ["email"],
    "DeletionProtection": "INACTIVE",
    "DeviceConfiguration": {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False},
    "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"},
    "LambdaConfig": {"PreSignUp": FUNCTION, "PostConfirmation": FUNCTION},
    "Policies": {
        "PasswordPolicy": {
            "MinimumLength": 10,
            "RequireLowercase": True,
            "RequireNumbers": False,
            "RequireSymbols": True,
            "RequireUppercase": False,
            "TemporaryPasswordValidityDays": 3,
        },
        "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]},
    },
    "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
    "UserPoolAddOns": {"AdvancedSecurityMode": "OFF"},
    "UserPoolTags": {"team": "blue"},
    "UserPoolTier": "ESSENTIALS",
    "UsernameConfiguration": {"CaseSensitive": False},
    "VerificationMessageTemplate": {
        "DefaultEmailOption": "CONFIRM_WITH_LINK",
        "EmailMessageByLink": "Click {##here##}",
        "EmailSubjectByLink": "Confirm",
    },
}
CLIENT: dict[str, Any] = {
    "AccessTokenValidity": 15,
    "AllowedOAuthFlows": ["code"],
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthScopes": ["email", "openid"],
    "AnalyticsConfiguration": {
        "ApplicationArn": f"arn:aws:mobiletargeting:{REGION}:{ACCOUNT}:apps/a",
        "UserDataShared": True,
    },
    "AuthSessionValidity": 5,
    "CallbackURLs": ["https://app.example.com/back", "http://localhost:3000/"],
    "DefaultRedirectURI": "https://app.example.com/back",
    "EnablePropagateAdditionalUserContextData": False,
    "EnableTokenRevocation": False,
    "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    "IdTokenValidity": 30,
    "LogoutURLs": ["https://app.example.com/out"],
    "PreventUserExistenceErrors": "ENABLED",
    "ReadAttributes": ["email", "name"],
    "RefreshTokenValidity": 7,
    "SupportedIdentityProviders": ["COGNITO"],
    "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"},
    "WriteAttributes": ["name"],
}


def missing(declared: Any, found: Any, place: str = "") -> list[str]:
    """List the places where what is found is not as it was declared; lists in any order."""
    if isinstance(declared, Mapping) and isinstance(found, Mapping):
        return [line for name in declared for line in missing(declared[name], found.get(name), f"{place}.{name}")]
    if isinstance(declared, list) and isinstance(found, list) and not any(isinstance(each, dict) for each in declared):
        declared, found = sorted(declared), sorted(found)
    return [] if declared == found else [f"{place}: declared {declared!r}, found {found!r}"]


@pytest.fixture
def pool(idp: Any) -> str:
    return str(idp.create_user_pool(PoolName="app", **POOL)["UserPool"]["Id"])


def test_user_pool(idp: Any, pool: str) -> None:
    found = idp.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert missing(POOL | {"Name": "app"}, found) == []
    assert idp.get_user_pool_mfa_config(UserPoolId=pool)["MfaConfiguration"] == "OFF"


def test_an_update_with_what_is_declared_changes_nothing(idp: Any, pool: str) -> None:
    """Terraform sends all declared members with each update."""
    before = idp.describe_user_pool(UserPoolId=pool)["UserPool"]
    fixed = {"AliasAttributes", "UsernameConfiguration"}
    idp.update_user_pool(UserPoolId=pool, **{name: value for name, value in POOL.items() if name not in fixed})
    after = idp.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert missing(before, after | {"LastModifiedDate": before["LastModifiedDate"]}) == []


def test_mfa_configuration(idp: Any) -> None:
    """Terraform calls SetUserPoolMfaConfig after CreateUserPool, and reads both."""
    pool = idp.create_user_pool(PoolName="app")["UserPool"]["Id"]
    declared = {"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}}
    idp.set_user_pool_mfa_config(UserPoolId=pool, **declared)
    assert missing(declared, idp.get_user_pool_mfa_config(UserPoolId=pool)) == []
    assert idp.describe_user_pool(UserPoolId=pool)["UserPool"]["MfaConfiguration"] == "OPTIONAL"


def test_client(idp: Any, pool: str) -> None:
    declared = CLIENT | {"UserPoolId": pool, "ClientName": "web"}
    made = idp.create_user_pool_client(**declared)["UserPoolClient"]
    assert missing(declared, made) == []
    read = {"UserPoolId": pool, "ClientId": made["ClientId"]}
    assert missing(made, idp.describe_user_pool_client(**read)["UserPoolClient"]) == []
    idp.update_user_pool_client(**declared, ClientId=made["ClientId"])
    assert missing(declared, idp.describe_user_pool_client(**read)["UserPoolClient"]) == []


@pytest.mark.parametrize(
    ("resource", "name", "declared"),
    [
        (
            "resource_server",
            "Identifier",
            {"Identifier": "orders", "Name": "Orders", "Scopes": [{"ScopeName": "read", "ScopeDescription": "Read"}]},
        ),
        ("group", "GroupName", {"GroupName": "admins", "Description": "All", "Precedence": 1, "RoleArn": ROLE}),
        (
            "identity_provider",
            "ProviderName",
            {
                "ProviderName": "Google",
                "ProviderType": "Google",
                "ProviderDetails": {"client_id": "i", "client_secret": "s", "authorize_scopes": "email openid"},
                "AttributeMapping": {"email": "email", "username": "sub"},
            },
        ),
    ],
)
def test_parts_of_a_pool(idp: Any, pool: str, resource: str, name: str, declared: dict[str, Any]) -> None:
    getattr(idp, f"create_{resource}")(UserPoolId=pool, **declared)
    read = getattr(idp, "get_group" if resource == "group" else f"describe_{resource}")
    [found] = [
        value
        for value in read(UserPoolId=pool, **{name: declared[name]}).values()
        if isinstance(value, dict) and name in value
    ]
    assert missing(declared, found) == []


def test_domain(idp: Any, pool: str) -> None:
    idp.create_user_pool_domain(UserPoolId=pool, Domain="my-app", ManagedLoginVersion=2)
    found = idp.describe_user_pool_domain(Domain="my-app")["DomainDescription"]
    declared = {"UserPoolId": pool, "Domain": "my-app", "ManagedLoginVersion": 2, "Status": "ACTIVE"}
    assert missing(declared, found) == []
    assert idp.describe_user_pool(UserPoolId=pool)["UserPool"]["Domain"] == "my-app"


def test_user(idp: Any) -> None:
    pool = idp.create_user_pool(PoolName="app")["UserPool"]["Id"]
    attributes = [{"Name": "email", "Value": "ann@example.com"}, {"Name": "email_verified", "Value": "true"}]
    idp.admin_create_user(UserPoolId=pool, Username="ann", UserAttributes=attributes, MessageAction="SUPPRESS")
    found = idp.admin_get_user(UserPoolId=pool, Username="ann")
    assert missing({each["Name"]: each["Value"] for each in attributes}, {
        each["Name"]: each["Value"] for each in found["UserAttributes"]
    }) == []  # fmt: skip
    assert (found["Enabled"], found["UserStatus"]) == (True, "FORCE_CHANGE_PASSWORD")


def test_identity_pool(running: Running, idp: Any, pool: str) -> None:
    identity = running.client("cognito-identity")
    client = idp.create_user_pool_client(UserPoolId=pool, ClientName="web")["UserPoolClient"]["ClientId"]
    declared = {
        "IdentityPoolName": "app",
        "AllowUnauthenticatedIdentities": False,
        "AllowClassicFlow": True,
        "CognitoIdentityProviders": [
            {
                "ProviderName": f"cognito-idp.{REGION}.amazonaws.com/{pool}",
                "ClientId": client,
                "ServerSideTokenCheck": False,
            }
        ],
        "IdentityPoolTags": {"team": "blue"},
    }
    made = identity.create_identity_pool(**declared)["IdentityPoolId"]
    assert missing(declared, identity.describe_identity_pool(IdentityPoolId=made)) == []
    roles = {"authenticated": ROLE}
    identity.set_identity_pool_roles(IdentityPoolId=made, Roles=roles)
    assert missing({"Roles": roles}, identity.get_identity_pool_roles(IdentityPoolId=made)) == []


def test_what_is_missing_is_seen() -> None:
    assert missing({"a": [1, 2]}, {"a": [2, 1], "b": 3}) == []
    assert missing({"a": {"b": 1}}, {"a": {"b": 2}}) == [".a.b: declared 1, found 2"]
    assert missing({"a": 1}, {}) == [".a: declared 1, found None"]

"""Infrastructure tools create, describe, send the description back, and describe again: nothing may drift.

For each resource every member is set in at least one case. The description is fed back as far as the update
operation's model has its members.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.written_for import written_for
from tests.helpers.build import SMS
from tests.helpers.harness import Running
from tests.helpers.round_trip import IDENTITY, feed_back, without_dates

ROLE = "arn:aws:iam::000000000000:role/r"
KEY = "arn:aws:kms:us-east-1:000000000000:key/mrk-1"

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"

POOLS: dict[str, dict[str, Any]] = {
    "name alone": {},
    "password policy": {
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": 12,
                "RequireUppercase": False,
                "RequireLowercase": False,
                "RequireNumbers": False,
                "RequireSymbols": False,
                "PasswordHistorySize": 4,
                "TemporaryPasswordValidityDays": 3,
            },
            "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]},
        }
    },
    "protection": {"DeletionProtection": "ACTIVE"},
    "auto-verified": {
        "AutoVerifiedAttributes": ["email", "phone_number"],
        "SmsConfiguration": SMS,
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
    },
    "aliases": {"AliasAttributes": ["email", "preferred_username"]},
    "username attributes": {"UsernameAttributes": ["email"], "UsernameConfiguration": {"CaseSensitive": False}},
    "texts": {
        "SmsVerificationMessage": "SMS {####}",
        "EmailVerificationMessage": "Mail {####}",
        "EmailVerificationSubject": "Subject",
        "SmsAuthenticationMessage": "MFA {####}",
    },
    "template": {
        "VerificationMessageTemplate": {
            "DefaultEmailOption": "CONFIRM_WITH_CODE",
            "EmailMessage": "Mail {####}",
            "EmailSubject": "Subject",
            "SmsMessage": "SMS {####}",
        }
    },
    "SMS and MFA": {
        "SmsConfiguration": {**SMS, "SnsRegion": "us-east-1"},
        "AutoVerifiedAttributes": ["phone_number"],
        "MfaConfiguration": "OPTIONAL",
    },
    "texts by End User Messaging": {
        "SmsConfiguration": {
            "EumsSms": {"CallerArn": ROLE, "OriginationIdentity": "+15551234567", "Region": "us-east-1"}
        }
    },
    "sender": {
        "EmailConfiguration": {
            "EmailSendingAccount": "DEVELOPER",
            "SourceArn": IDENTITY,
            "From": "a@example.com",
            "ReplyToEmailAddress": "b@example.com",
            "ConfigurationSet": "set",
        }
    },
    "devices": {
        "DeviceConfiguration": {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": True}
    },
    "triggers": {
        "LambdaConfig": {
            "PreSignUp": FUNCTION,
            "CustomMessage": FUNCTION,
            "PostConfirmation": FUNCTION,
            "PreAuthentication": FUNCTION,
            "PostAuthentication": FUNCTION,
            "DefineAuthChallenge": FUNCTION,
            "CreateAuthChallenge": FUNCTION,
            "VerifyAuthChallengeResponse": FUNCTION,
            "UserMigration": FUNCTION,
            "PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": FUNCTION},
            "CustomSMSSender": {"LambdaVersion": "V1_0", "LambdaArn": FUNCTION},
            "CustomEmailSender": {"LambdaVersion": "V1_0", "LambdaArn": FUNCTION},
            "KMSKeyID": KEY,
        }
    },
    "first token trigger": {"LambdaConfig": {"PreTokenGeneration": FUNCTION}},
    "tags": {"UserPoolTags": {"team": "a", "cost": ""}},
    "creation": {
        "AdminCreateUserConfig": {
            "AllowAdminCreateUserOnly": True,
            "InviteMessageTemplate": {
                "SMSMessage": "{username} {####}",
                "EmailMessage": "{username} {####}",
                "EmailSubject": "Welcome",
            },
        }
    },
    "schema": {
        "Schema": [
            {"Name": "email", "Required": True, "Mutable": True},
            {
                "Name": "level",
                "AttributeDataType": "Number",
                "Mutable": True,
                "NumberAttributeConstraints": {"MinValue": "1", "MaxValue": "9"},
            },
            {
                "Name": "note",
                "AttributeDataType": "String",
                "DeveloperOnlyAttribute": True,
                "StringAttributeConstraints": {"MinLength": "1", "MaxLength": "9"},
            },
        ]
    },
    "recovery": {"AccountRecoverySetting": {"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]}},
    "tier, threat protection": {"UserPoolTier": "PLUS", "UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"}},
    "threat protection, custom too": {
        "UserPoolTier": "PLUS",
        "UserPoolAddOns": {
            "AdvancedSecurityMode": "ENFORCED",
            "AdvancedSecurityAdditionalFlows": {"CustomAuthMode": "ENFORCED"},
        },
    },
    "levels, registration, key, issuer": {
        "AcrConfiguration": {"Level3": {"AcrValue": "gold"}},
        "DcrConfiguration": {"OpenDcrEnabled": True, "AllowedScopes": ["api/read"]},
        "KeyConfiguration": {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": KEY},
        "IssuerConfiguration": {"Type": "UPDATED"},
    },
}

CLIENTS: dict[str, dict[str, Any]] = {
    "name alone": {},
    "secret": {"GenerateSecret": True, "EnablePropagateAdditionalUserContextData": True},
    "published secret": {"GenerateSecret": True, "PublishSecretsInAWSSecretsManager": True},
    "lifetimes": {
        "AccessTokenValidity": 10,
        "IdTokenValidity": 20,
        "RefreshTokenValidity": 90,
        "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "hours"},
        "AuthSessionValidity": 15,
    },
    "flows": {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]},
    "attributes": {"ReadAttributes": ["email", "email_verified"], "WriteAttributes": ["email"]},
    "switches": {"PreventUserExistenceErrors": "ENABLED", "EnableTokenRevocation": False},
    "rotation": {"RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 60}},
    "analytics": {"AnalyticsConfiguration": {"ApplicationId": "ab", "RoleArn": ROLE, "ExternalId": "x"}},
    "web": {
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid"],
        "AllowedOAuthFlowsUserPoolClient": True,
        "CallbackURLs": ["https://example.com/back"],
        "LogoutURLs": ["https://example.com/bye"],
        "DefaultRedirectURI": "https://example.com/back",
        "SupportedIdentityProviders": ["COGNITO"],
    },
}


@pytest.mark.parametrize("case", sorted(POOLS))
def test_pools(idp: Any, case: str) -> None:
    pool = idp.create_user_pool(PoolName="p", **POOLS[case])["UserPool"]
    before = idp.describe_user_pool(UserPoolId=pool["Id"])["UserPool"]
    assert before == pool
    idp.update_user_pool(**feed_back("UpdateUserPool", before, UserPoolId=pool["Id"]))
    after = idp.describe_user_pool(UserPoolId=pool["Id"])["UserPool"]
    assert without_dates(after) == without_dates(before)


def members_of(operation: str) -> set[str]:
    """What its input had when this version was written."""
    return {path for path in written_for()["cognito-idp", operation].inputs if "." not in path}


def test_every_member_of_a_pool_is_in_a_case() -> None:
    told = {name for members in POOLS.values() for name in members} | {"PoolName"}
    assert told == members_of("CreateUserPool")


@pytest.mark.parametrize("case", sorted(CLIENTS))
def test_clients(idp: Any, case: str) -> None:
    pool = idp.create_user_pool(PoolName="p")["UserPool"]["Id"]
    made = idp.create_user_pool_client(UserPoolId=pool, ClientName="c", **CLIENTS[case])["UserPoolClient"]
    ids = {"UserPoolId": pool, "ClientId": made["ClientId"]}
    before = idp.describe_user_pool_client(**ids)["UserPoolClient"]
    assert before == made
    idp.update_user_pool_client(**feed_back("UpdateUserPoolClient", before))
    after = idp.describe_user_pool_client(**ids)["UserPoolClient"]
    assert without_dates(after) == without_dates(before)


def test_every_member_of_a_client_is_in_a_case() -> None:
    told = {name for members in CLIENTS.values() for name in members}
    # A secret of one's own excludes a generated one (tested with the clients).
    others = {"UserPoolId", "ClientName", "ClientSecret"}
    assert told | others == members_of("CreateUserPoolClient")


def test_mfa_configurations(running: Running, idp: Any) -> None:
    pool = idp.create_user_pool(PoolName="p")["UserPool"]["Id"]
    wanted = {
        "MfaConfiguration": "ON",
        "SoftwareTokenMfaConfiguration": {"Enabled": True},
        "SmsMfaConfiguration": {"SmsAuthenticationMessage": "Code {####}", "SmsConfiguration": SMS},
    }
    idp.set_user_pool_mfa_config(UserPoolId=pool, **wanted)
    before = idp.get_user_pool_mfa_config(UserPoolId=pool)
    before.pop("ResponseMetadata")
    assert before == wanted
    idp.set_user_pool_mfa_config(UserPoolId=pool, **before)
    after = idp.get_user_pool_mfa_config(UserPoolId=pool)
    after.pop("ResponseMetadata")
    assert after == before


def test_groups(idp: Any) -> None:
    pool = idp.create_user_pool(PoolName="p")["UserPool"]["Id"]
    made = idp.create_group(UserPoolId=pool, GroupName="g", Description="d", RoleArn=ROLE, Precedence=0)["Group"]
    idp.update_group(**feed_back("UpdateGroup", made))
    after = idp.get_group(UserPoolId=pool, GroupName="g")["Group"]
    assert without_dates(after) == without_dates(made)


def test_resource_servers(idp: Any) -> None:
    pool = idp.create_user_pool(PoolName="p")["UserPool"]["Id"]
    scopes = [{"ScopeName": "read", "ScopeDescription": "r"}]
    made = idp.create_resource_server(UserPoolId=pool, Identifier="api", Name="n", Scopes=scopes)["ResourceServer"]
    idp.update_resource_server(**feed_back("UpdateResourceServer", made))
    assert idp.describe_resource_server(UserPoolId=pool, Identifier="api")["ResourceServer"] == made


def test_domains(idp: Any) -> None:
    pool = idp.create_user_pool(PoolName="p")["UserPool"]["Id"]
    idp.create_user_pool_domain(UserPoolId=pool, Domain="here", ManagedLoginVersion=2)
    before = idp.describe_user_pool_domain(Domain="here")["DomainDescription"]
    idp.update_user_pool_domain(UserPoolId=pool, Domain="here", ManagedLoginVersion=before["ManagedLoginVersion"])
    assert idp.describe_user_pool_domain(Domain="here")["DomainDescription"] == before


PROVIDERS: dict[str, dict[str, Any]] = {
    "Google": {
        "ProviderType": "Google",
        "ProviderDetails": {"client_id": "a", "client_secret": "b", "authorize_scopes": "openid email"},
        "AttributeMapping": {"email": "email"},
    },
    "Corp": {
        "ProviderType": "OIDC",
        "ProviderDetails": {
            "client_id": "a",
            "client_secret": "b",
            "attributes_request_method": "GET",
            "oidc_issuer": "https://id.example.com",
            "authorize_scopes": "openid",
            "authorize_url": "https://id.example.com/authorize",
            "token_url": "https://id.example.com/token",
            "attributes_url": "https://id.example.com/userinfo",
            "jwks_uri": "https://id.example.com/keys",
        },
        "IdpIdentifiers": ["corp.example.com"],
    },
}


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_providers(idp: Any, name: str) -> None:
    pool = idp.create_user_pool(PoolName="p")["UserPool"]["Id"]
    idp.create_identity_provider(UserPoolId=pool, ProviderName=name, **PROVIDERS[name])
    ids = {"UserPoolId": pool, "ProviderName": name}
    before = idp.describe_identity_provider(**ids)["IdentityProvider"]
    idp.update_identity_provider(**feed_back("UpdateIdentityProvider", before))
    after = idp.describe_identity_provider(**ids)["IdentityProvider"]
    assert without_dates(after) == without_dates(before)

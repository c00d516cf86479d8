"""A seed that holds everything a seed can hold."""

from __future__ import annotations

import base64
from typing import Any

from cognito_emulator.ports.keys import Keys
from cognito_emulator.seed import apply, parse_mapping
from cognito_emulator.seed.at_once import at_once
from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.helpers.harness import key_sets_in_turn
from tests.helpers.saml import metadata

POOL, CLIENT, MACHINE = "us-east-1_everything", "everyclient0000000000001", "everyclient0000000000002"
IDENTITY_POOL = "us-east-1:11111111-2222-4333-8444-555555555555"
ROLE = "arn:aws:iam::000000000000:role/r"
SMS = {"SnsCallerArn": ROLE, "ExternalId": "e"}
PNG = base64.b64encode(
    base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
).decode()
SUB = "a0000000-0000-4000-8000-00000000000{}"
ANN: dict[str, Any] = {
    "Username": "ann",
    "Sub": SUB.format(1),
    "Password": "Ann-12345",
    "Attributes": {
        "email": "ann@example.com",
        "email_verified": "true",
        "phone_number": "+15551234567",
        "name": "null",
        "custom:level": "7",
        "dev:custom:note": "~ \u2028 é 😀 'x': \"y\"\nz",
    },
    "Groups": ["staff", "admins"],
    "TOTPSecret": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "TOTPName": "phone",
    "PasswordHistory": [{"Salt": "00ff", "X": "01"}],
    "Passkeys": [
        {
            "CredentialId": "YWJj",
            "PublicKey": "a501",
            "RelyingPartyId": "example.com",
            "CreatedAt": 1.5,
            "SignCount": 3,
            "AuthenticatorTransports": ["internal"],
        }
    ],
    "Devices": [
        {
            "DeviceKey": "us-east-1_a0000000-0000-4000-8000-000000000009",
            "Salt": "0a",
            "PasswordVerifier": "ff" * 300,
            "DeviceName": "laptop",
            "DeviceRemembered": True,
            "LastIpUsed": "10.0.0.1",
        }
    ],
    "Identities": [
        {
            "ProviderName": "Google",
            "ProviderAttributeName": "Cognito_Subject",
            "ProviderAttributeValue": "g-1",
            "UserId": "g-1",
            "ProviderType": "Google",
            "DateCreated": 1000.0,
        }
    ],
}
USERS: list[dict[str, Any]] = [
    ANN,
    {"Username": "bob", "Sub": SUB.format(2), "TemporaryPassword": "Bob-12345", "Enabled": False},
    {"Username": "cid", "Sub": SUB.format(3), "Password": "Cid-12345", "Confirmed": False},
    {
        "Username": "Google_g-4",
        "Sub": SUB.format(4),
        "Federated": True,
        "UserStatus": "EXTERNAL_PROVIDER",
        "Attributes": {"email": "ann@example.com"},
        "Identities": [{**ANN["Identities"][0], "ProviderAttributeValue": "g-4", "UserId": "g-4", "Primary": True}],
    },
    {
        "Username": "eve",
        "Sub": SUB.format(5),
        "UserStatus": "RESET_REQUIRED",
        "PasswordHash": {
            "Algorithm": "PBKDF2_SHA256", "Costs": [1000], "Salt": "00" * 8, "Length": 32, "Digest": "00" * 32
        },
    },
]  # fmt: skip
EVERYTHING: dict[str, Any] = {
    "UserPools": [
        {
            "Id": POOL,
            "PoolName": "everything",
            "UserPoolTier": "PLUS",
            "AliasAttributes": ["email"],
            "AutoVerifiedAttributes": ["email"],
            "SmsConfiguration": SMS,
            "EmailConfiguration": {
                "EmailSendingAccount": "DEVELOPER",
                "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/a@example.com",
            },
            "Schema": [
                {"Name": "level", "AttributeDataType": "Number", "Mutable": True},
                {"Name": "note", "AttributeDataType": "String", "DeveloperOnlyAttribute": True, "Mutable": True},
                {"Name": "email", "Required": True, "Mutable": True, "AttributeDataType": "String"},
            ],
            "Policies": {"PasswordPolicy": {"MinimumLength": 9, "PasswordHistorySize": 3}},
            "DeviceConfiguration": {"ChallengeRequiredOnNewDevice": True},
            "UserPoolTags": {"team": "a"},
            "UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"},
            "LambdaConfig": {"PreSignUp": "arn:aws:lambda:us-east-1:000000000000:function:f"},
            "VerificationMessageTemplate": {"EmailMessage": "Mail {####}", "EmailSubject": "Subject"},
            "MfaConfig": {
                "MfaConfiguration": "OPTIONAL",
                "SoftwareTokenMfaConfiguration": {"Enabled": True},
                "SmsMfaConfiguration": {"SmsConfiguration": SMS, "SmsAuthenticationMessage": "MFA {####}"},
                "EmailMfaConfiguration": {"Message": "Code {####}", "Subject": "S"},
                "WebAuthnConfiguration": {"RelyingPartyId": "example.com", "UserVerification": "preferred"},
            },
            "IdentityProviders": [
                {
                    "ProviderName": "Google",
                    "ProviderType": "Google",
                    "ProviderDetails": {"client_id": "g", "client_secret": "s", "authorize_scopes": "openid email"},
                    "AttributeMapping": {"email": "email"},
                },
                {
                    "ProviderName": "Corp",
                    "ProviderType": "OIDC",
                    "ProviderDetails": {
                        "client_id": "c",
                        "client_secret": "s",
                        "authorize_scopes": "openid",
                        "attributes_request_method": "GET",
                        "oidc_issuer": "https://login.example.com",
                    },
                    "IdpIdentifiers": ["corp.example.com"],
                    "mock": True,
                },
                {
                    "ProviderName": "Saml",
                    "ProviderType": "SAML",
                    "ProviderDetails": {"MetadataFile": metadata(), "IDPSignout": "false"},
                },
                {
                    "ProviderName": "Away",
                    "ProviderType": "SAML",
                    "ProviderDetails": {"MetadataURL": "https://idp.example.com/metadata"},
                    "SAMLMetadataDocument": metadata(),
                },
            ],
            "SessionConfiguration": {"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 5}},
            "ResourceServers": [
                {
                    "Identifier": "api",
                    "Name": "API",
                    "Scopes": [{"ScopeName": "read", "ScopeDescription": "Reading"}],
                }
            ],
            "Clients": [
                {
                    "ClientId": CLIENT,
                    "ClientName": "web",
                    "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
                    "AllowedOAuthFlows": ["code"],
                    "AllowedOAuthFlowsUserPoolClient": True,
                    "AllowedOAuthScopes": ["openid", "email"],
                    "CallbackURLs": ["http://localhost:3000/"],
                    "LogoutURLs": ["http://localhost:3000/out"],
                    "SupportedIdentityProviders": ["COGNITO", "Google"],
                    "ReadAttributes": ["email", "custom:level"],
                    "AccessTokenValidity": 10,
                    "TokenValidityUnits": {"AccessToken": "minutes"},
                    "SessionConfiguration": {"SSOSession": {"MaxValidityMinutes": 30}},
                },
                {
                    "ClientId": MACHINE,
                    "ClientName": "machine",
                    "ClientSecret": "s" * 30,
                    "AddedSecrets": ["t" * 30],
                    "AllowedOAuthFlows": ["client_credentials"],
                    "AllowedOAuthFlowsUserPoolClient": True,
                    "AllowedOAuthScopes": ["api/read"],
                },
            ],
            "Domains": [
                {"Domain": "everything", "ManagedLoginVersion": 2},
                {
                    "Domain": "auth.example.com",
                    "CustomDomainConfig": {"CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/1"},
                },
            ],
            "ManagedLoginBrandings": [
                {
                    "ManagedLoginBrandingId": "b0000000-0000-4000-8000-000000000001",
                    "ClientId": CLIENT,
                    "Settings": '{"components": {"form": {"borderRadius": 8.0}}}',
                    "Assets": [
                        {"Category": "PAGE_HEADER_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": PNG}
                    ],
                },
                {
                    "ManagedLoginBrandingId": "b0000000-0000-4000-8000-000000000002",
                    "ClientId": MACHINE,
                    "UseCognitoProvidedValues": True,
                },
            ],
            "UICustomizations": [
                {"ClientId": "ALL", "CSS": ".banner-customizable {background: red}", "ImageFile": PNG},
                {"ClientId": CLIENT, "CSS": ".banner-customizable {background: blue}"},
            ],
            "RiskConfigurations": [
                {
                    "CompromisedCredentialsRiskConfiguration": {
                        "EventFilter": ["SIGN_IN"],
                        "Actions": {"EventAction": "BLOCK"},
                    }
                },
                {"ClientId": CLIENT, "RiskExceptionConfiguration": {"BlockedIPRangeList": ["10.1.0.0/16"]}},
            ],
            "Terms": [
                {
                    "TermsId": "c0000000-0000-4000-8000-000000000001",
                    "ClientId": CLIENT,
                    "TermsName": "terms-of-use",
                    "TermsSource": "LINK",
                    "Enforcement": "NONE",
                    "Links": {"cognito:default": "https://example.com/terms"},
                }
            ],
            "LogDeliveryConfigurations": [
                {
                    "LogConfigurations": [
                        {
                            "LogLevel": "ERROR",
                            "EventSource": "userNotification",
                            "CloudWatchLogsConfiguration": {
                                "LogGroupArn": "arn:aws:logs:us-east-1:000000000000:log-group:g"
                            },
                        }
                    ]
                }
            ],
            "Groups": [
                {"GroupName": "admins", "Precedence": 0, "RoleArn": ROLE, "Description": "Those"},
                {"GroupName": "staff"},
            ],
            "Users": USERS,
            "CompromisedPasswords": ["Password-1"],
            "Risks": [{"Level": "High", "Username": "ann"}, {"Level": "Low", "IpRange": "10.0.0.0/8"}],
        },
        {
            "Id": "eu-west-1_addresses",
            "PoolName": "addresses",
            "UsernameAttributes": ["email"],
            "UsernameConfiguration": {"CaseSensitive": False},
            "Users": [
                {
                    "Username": "zoe@example.com",
                    "Sub": "a0000000-0000-4000-8000-000000000011",
                    "Password": "Zoe-12345",
                    "Attributes": {"email": "zoe@example.com"},
                }
            ],
        },
        {
            "Id": "us-east-1_tagged001",
            "PoolName": "tagged",
            "UserPoolTags": {"_custom_id_": "tagged001"},
            "Clients": [{"ClientId": "named", "ClientName": "_custom_id_:named"}],
        },
    ],
    "IdentityPools": [
        {
            "IdentityPoolId": IDENTITY_POOL,
            "IdentityPoolName": "identities",
            "AllowUnauthenticatedIdentities": True,
            "AllowClassicFlow": True,
            "CognitoIdentityProviders": [
                {"ProviderName": f"cognito-idp.us-east-1.amazonaws.com/{POOL}", "ClientId": CLIENT}
            ],
            "SupportedLoginProviders": {"accounts.google.com": "g"},
            "OpenIdConnectProviderARNs": ["arn:aws:iam::000000000000:oidc-provider/login.example.com"],
            "IdentityPoolTags": {"team": "a"},
            "Roles": {"authenticated": ROLE, "unauthenticated": ROLE},
            "RoleMappings": {
                f"cognito-idp.us-east-1.amazonaws.com/{POOL}:{CLIENT}": {
                    "Type": "Token",
                    "AmbiguousRoleResolution": "Deny",
                }
            },
            "PrincipalTagMaps": [
                {
                    "IdentityProviderName": f"cognito-idp.us-east-1.amazonaws.com/{POOL}",
                    "PrincipalTags": {"name": "sub"},
                }
            ],
        }
    ],
    "OpenIDConnectProviders": [{"Url": "https://login.example.com", "ClientIDList": ["web"]}],
    "ProvisionedLimits": [
        {
            "Region": "eu-west-1",
            "LimitDefinition": {"LimitClass": "API_CATEGORY", "Attributes": {"Category": "UserRead"}},
            "RequestedLimitValue": 150,
        }
    ],
    "LoginProviders": [{"ProviderName": "accounts.google.com", "Url": "http://localhost:8080"}],
}


def world_of(seed: dict[str, Any]) -> World:
    """Return a world with that seed."""
    world = World(Settings(), keys=Keys(key_sets_in_turn()))
    at_once(apply(world, parse_mapping(seed)))
    return world

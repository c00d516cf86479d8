"""A pool with everything that the pages and the OAuth endpoints know, beside the playground's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.build import FLOWS, PASSWORD, SMS, totp
from tests.contract.playground import CODE, Playground, Subject
from tests.oauth.browser import APP
from tests.oauth.federated import SOCIAL
from tests.saml import metadata

DOMAIN = "attacked"
PEOPLE = ("ann", "bob", "cyd", "dan")  # signs in; has an authenticator; must choose a password; is not confirmed


@dataclass(frozen=True)
class Hosted:
    """The ids that a browser and an app know."""

    pool: str
    client: str
    machine: str
    secret: str
    job: str


def build(ground: Playground) -> Hosted:
    """Make it, and let the requests for operations know of it too."""
    call = ground.call
    members: dict[str, Any] = {
        "AutoVerifiedAttributes": ["email"],
        "AliasAttributes": ["email"],
        "SmsConfiguration": SMS,
        "UserPoolTier": "PLUS",
        "UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"},
        "DeviceConfiguration": {"DeviceOnlyRememberedOnUserPrompt": False},
    }
    pool = call("CreateUserPool", PoolName="hosted", **members)["UserPool"]
    at = {"UserPoolId": pool["Id"]}
    call(
        "CreateResourceServer", **at, Identifier="api", Name="API", Scopes=[{"ScopeName": "r", "ScopeDescription": "r"}]
    )
    _providers(ground, at)
    names = ["COGNITO", "Google", "Corp"]
    scopes = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin", "api/r"]
    oauth: dict[str, Any] = {
        "AllowedOAuthFlowsUserPoolClient": True,
        "CallbackURLs": [APP, "myapp://done?x=1"],
        "LogoutURLs": ["https://app.example.com/"],
        "SupportedIdentityProviders": names,
    }
    flows = [*FLOWS, "ALLOW_USER_AUTH"]
    client = call(
        "CreateUserPoolClient", **at, ClientName="web", ExplicitAuthFlows=flows, AllowedOAuthFlows=["code", "implicit"],
        AllowedOAuthScopes=scopes, **oauth,
    )["UserPoolClient"]["ClientId"]  # fmt: skip
    machine = call(
        "CreateUserPoolClient", **at, ClientName="machine", GenerateSecret=True,
        AllowedOAuthFlows=["client_credentials"], AllowedOAuthScopes=["api/r"], AllowedOAuthFlowsUserPoolClient=True,
    )["UserPoolClient"]  # fmt: skip
    call("CreateUserPoolDomain", **at, Domain=DOMAIN, ManagedLoginVersion=2)
    call("CreateManagedLoginBranding", **at, ClientId=client, UseCognitoProvidedValues=True)
    call("SetUserPoolMfaConfig", **at, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True})
    job = call("CreateUserImportJob", **at, JobName="j", CloudWatchLogsRoleArn="arn:aws:iam::000000000000:role/r")
    _people(ground, at, client)
    made = Hosted(pool["Id"], client, machine["ClientId"], machine["ClientSecret"], job["UserImportJob"]["JobId"])
    ground.subjects["confirmed"].append(_subject(made, pool["Arn"]))
    return made


def _providers(ground: Playground, at: dict[str, str]) -> None:
    mapping = {"email": "email"}
    ground.call(
        "CreateIdentityProvider", **at, ProviderName="Google", ProviderType="Google", ProviderDetails=SOCIAL,
        AttributeMapping=mapping, IdpIdentifiers=["example.com"],
    )  # fmt: skip
    ground.call(
        "CreateIdentityProvider", **at, ProviderName="Corp", ProviderType="SAML",
        ProviderDetails={"MetadataFile": metadata()}, AttributeMapping=mapping,
    )  # fmt: skip


def _people(ground: Playground, at: dict[str, str], client: str) -> None:
    for name in PEOPLE[:3]:
        attributes = [{"Name": "email", "Value": f"{name}@example.com"}, {"Name": "email_verified", "Value": "true"}]
        ground.call("AdminCreateUser", **at, Username=name, UserAttributes=attributes, TemporaryPassword=PASSWORD)
    for name in PEOPLE[:2]:
        ground.call("AdminSetUserPassword", **at, Username=name, Password=PASSWORD, Permanent=True)
    address = [{"Name": "email", "Value": "dan@example.com"}]
    ground.call("SignUp", ClientId=client, Username=PEOPLE[3], Password=PASSWORD, UserAttributes=address)
    token = ground.call("InitiateAuth", ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=_password("bob"))
    access = token["AuthenticationResult"]["AccessToken"]
    secret = ground.call("AssociateSoftwareToken", AccessToken=access)["SecretCode"]
    ground.call("VerifySoftwareToken", AccessToken=access, UserCode=totp(secret, ground.world.clock.now()))
    preferred = {"Enabled": True, "PreferredMfa": True}
    ground.call("SetUserMFAPreference", AccessToken=access, SoftwareTokenMfaSettings=preferred)


def _password(name: str) -> dict[str, str]:
    return {"USERNAME": name, "PASSWORD": PASSWORD}


def _subject(made: Hosted, arn: str) -> Subject:
    known: dict[str, list[Any]] = {
        "UserPoolId": [made.pool], "ResourceArn": [arn], "ClientId": [made.client, made.machine], "Username": ["ann"],
        "ProviderName": ["Google", "Corp"], "IdpIdentifier": ["example.com"], "Domain": [DOMAIN], "JobId": [made.job],
        "GroupName": ["staff"], "ConfirmationCode": [CODE], "Identifier": ["api"], "PreviousPassword": [PASSWORD],
    }  # fmt: skip
    flows = [("USER_PASSWORD_AUTH", _password("ann")), ("ADMIN_USER_PASSWORD_AUTH", _password("ann"))]
    flows.append(("USER_AUTH", {"USERNAME": "ann"}))
    return Subject("confirmed", known, flows=flows)

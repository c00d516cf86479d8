"""A pool with everything that the pages and the OAuth endpoints know, beside the playground's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.attack.functions import Functions
from tests.attack.providers import OIDC, saml_details
from tests.contract.playground import CODE, Playground, Subject
from tests.helpers.browser import APP
from tests.helpers.build import DEVELOPER, FLOWS, PASSWORD, SMS, totp
from tests.helpers.federated import SECRET, SOCIAL
from tests.helpers.replica_pool import KEY
from tests.helpers.saml_idp import MAIL

DOMAIN = "attacked"
METADATA = "https://cimd.example.com/client.json"  # a client id, too
PEOPLE = ("ann", "bob", "cyd", "dan")  # signs in; has an authenticator; must choose a password; is not confirmed


@dataclass(frozen=True)
class Hosted:
    """The ids that a browser and an app know."""

    pool: str
    client: str
    machine: str
    secret: str
    job: str
    upload: str
    policy: str


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
    names = ["COGNITO", "Google", "Corp", "Okta"]
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
    role = "arn:aws:iam::000000000000:role/r"
    job = call("CreateUserImportJob", **at, JobName="j", CloudWatchLogsRoleArn=role)["UserImportJob"]
    upload = urlsplit(job["PreSignedUrl"])._replace(scheme="", netloc="").geturl()
    _people(ground, at, client)
    policy = call("CreateCIMDPolicy", **at, ClientId=client, PolicyName="p", URLPatterns=["https://*.example.com/*"])[
        "CIMDPolicy"
    ]["CIMDPolicyId"]
    made = Hosted(pool["Id"], client, machine["ClientId"], machine["ClientSecret"], job["JobId"], upload, policy)
    subject = _subject(made, pool["Arn"])
    ground.subjects["confirmed"].append(subject)
    ground.subjects["hosted"] = [subject]
    return made


def build_triggered(ground: Playground, functions: Functions) -> None:
    """A pool whose every trigger is one of these functions, with users who sign in by CUSTOM_AUTH too."""
    flows = [*FLOWS, "ALLOW_CUSTOM_AUTH", "ALLOW_USER_AUTH"]
    pool = ground.call(
        "CreateUserPool", PoolName="triggered", AutoVerifiedAttributes=["email"], EmailConfiguration=DEVELOPER
    )["UserPool"]
    at = {"UserPoolId": pool["Id"]}
    client = ground.call("CreateUserPoolClient", **at, ClientName="c", ExplicitAuthFlows=flows)
    client_id = client["UserPoolClient"]["ClientId"]
    _people(ground, at, client_id)
    functions.bind(ground.world, pool["Id"])
    known: dict[str, list[Any]] = {
        **at_all(at), "ClientId": [client_id], "Username": [*PEOPLE, "migrated"], "ConfirmationCode": [CODE],
        "PreviousPassword": [PASSWORD], "ResourceArn": [pool["Arn"]],
    }  # fmt: skip
    names = {"USERNAME": "ann"}
    subject_flows: list[tuple[str, dict[str, str]]] = [("CUSTOM_AUTH", names), ("CUSTOM_AUTH", names)]
    subject_flows += [("USER_PASSWORD_AUTH", _password(name)) for name in (*PEOPLE, "migrated")]
    subject_flows += [("ADMIN_USER_PASSWORD_AUTH", _password("ann"))]
    answer = {"ChallengeName": "CUSTOM_CHALLENGE", "ChallengeResponses": {**names, "ANSWER": "x"}}
    for kind in ("confirmed", "unconfirmed", "recovering"):
        ground.subjects[kind].append(Subject(kind, known, subject_flows, [answer], [answer]))


def at_all(at: dict[str, Any]) -> dict[str, list[Any]]:
    return {name: [value] for name, value in at.items()}


def build_passkeys(ground: Playground) -> None:
    """A pool whose users may register passkeys, and one who has signed in."""
    policies = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}
    pool = ground.call("CreateUserPool", PoolName="passkeys", Policies=policies)["UserPool"]
    at = {"UserPoolId": pool["Id"]}
    flows = [*FLOWS, "ALLOW_USER_AUTH"]
    client = ground.call("CreateUserPoolClient", **at, ClientName="c", ExplicitAuthFlows=flows)["UserPoolClient"]
    ground.call("SetUserPoolMfaConfig", **at, WebAuthnConfiguration={"RelyingPartyId": "example.com"})
    ground.call("AdminCreateUser", **at, Username="ann", MessageAction="SUPPRESS")
    ground.call("AdminSetUserPassword", **at, Username="ann", Password=PASSWORD, Permanent=True)
    result = ground.call(
        "InitiateAuth", ClientId=client["ClientId"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters=_password("ann")
    )["AuthenticationResult"]
    known: dict[str, list[Any]] = {
        **at_all(at), "ClientId": [client["ClientId"]], "Username": ["ann"], "AccessToken": [result["AccessToken"]],
        "ResourceArn": [pool["Arn"]], "PreviousPassword": [PASSWORD],
    }  # fmt: skip
    sign_ins = [
        ("USER_AUTH", {"USERNAME": "ann"}),
        ("USER_AUTH", {"USERNAME": "ann", "PREFERRED_CHALLENGE": "WEB_AUTHN"}),
    ]
    ground.subjects["confirmed"] += [Subject("confirmed", known, sign_ins)]
    ground.subjects["passkeys"] = [Subject("passkeys", known, sign_ins)]


def build_replicated(ground: Playground) -> None:
    """A pool that may have a replica, and has one."""
    made = ground.call("CreateUserPool", PoolName="replicated", KeyConfiguration=KEY)["UserPool"]
    ground.call("CreateUserPoolReplica", UserPoolId=made["Id"], RegionName="eu-west-1")
    known: dict[str, list[Any]] = {
        "UserPoolId": [made["Id"]], "RegionName": ["eu-west-1", "us-west-2"], "Status": ["ACTIVE", "INACTIVE"],
        "Username": ["ann"], "ResourceArn": [made["Arn"]],
    }  # fmt: skip
    ground.subjects["replicated"] = [Subject("replicated", known)]


def _providers(ground: Playground, at: dict[str, Any]) -> None:
    mapping = {"email": "email"}
    ground.call(
        "CreateIdentityProvider", **at, ProviderName="Google", ProviderType="Google", ProviderDetails=SOCIAL,
        AttributeMapping=mapping, IdpIdentifiers=["example.com"],
    )  # fmt: skip
    ground.call(
        "CreateIdentityProvider", **at, ProviderName="Corp", ProviderType="SAML",
        ProviderDetails=saml_details(), AttributeMapping={"email": MAIL},
    )  # fmt: skip

    details = {
        "client_id": "rp", "client_secret": SECRET, "authorize_scopes": "openid email", "oidc_issuer": OIDC,
        "attributes_request_method": "GET",
    }  # fmt: skip
    ground.call(
        "CreateIdentityProvider", **at, ProviderName="Okta", ProviderType="OIDC", ProviderDetails=details,
        AttributeMapping=mapping,
    )  # fmt: skip


def _people(ground: Playground, at: dict[str, Any], client: str) -> None:
    ground.call(
        "SetUserPoolMfaConfig", **at, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
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
        "ProviderName": ["Google", "Corp", "Okta"], "IdpIdentifier": ["example.com"], "Domain": [DOMAIN],
        "JobId": [made.job], "CIMDPolicyId": [made.policy], "URL": [METADATA], "URLPatterns": [[f"{METADATA}*"]],
        "GroupName": ["staff"], "ConfirmationCode": [CODE], "Identifier": ["api"], "PreviousPassword": [PASSWORD],
    }  # fmt: skip
    flows = [("USER_PASSWORD_AUTH", _password("ann")), ("ADMIN_USER_PASSWORD_AUTH", _password("ann"))]
    flows.append(("USER_AUTH", {"USERNAME": "ann"}))
    return Subject("confirmed", known, flows=flows)

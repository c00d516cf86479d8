"""A small populated world, and what a caller may know of it: the material of the random requests.

Runs without sockets: requests go straight to the ASGI application, on a loop of this thread.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cognito_emulator.app import create_app
from cognito_emulator.domain.clients.secret_hash import secret_hash
from cognito_emulator.domain.table import Table
from cognito_emulator.ports.clock import Clock
from cognito_emulator.ports.ids import ScriptedIds
from cognito_emulator.settings import Settings
from cognito_emulator.wire.model import Service, service_model
from cognito_emulator.wire.registry import Caller, call
from cognito_emulator.world import World
from tests.helpers.build import FLOWS, PASSWORD, SMS, SrpClient, totp
from tests.helpers.harness import ACCOUNT, REGION

T = TypeVar("T")
CODE = "123456"
SECRET = "x1y2z3" * 5
NEW_PASSWORD = "Another-horse-9"
Tables = dict[str, dict[Any, Any]]


@dataclass
class Subject:
    """Somebody to ask about: candidates by member name, sign-ins and challenges that should work."""

    kind: str
    values: dict[str, list[Any]]
    flows: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    challenges: list[dict[str, Any]] = field(default_factory=list)
    admin_challenges: list[dict[str, Any]] = field(default_factory=list)

    @property
    def username(self) -> str:
        return str(self.values["Username"][0])


class Playground:
    """The world, its subjects by kind, and the way in."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self.ids = ScriptedIds(1, fixed_code=CODE)
        self.world = World(Settings(log_codes=False), clock=Clock(), ids=self.ids)
        self._app = create_app(self.world)
        self.fill()

    def fill(self) -> None:
        """Make what there is; from then on it is the baseline."""
        self.subjects: dict[str, list[Subject]] = {}
        for number in range(3):
            self._populate(number)
        # The codes just used are spent; the sessions must last.
        self.world.clock.freeze(self.world.clock.now() + 60)
        for subject in self.subjects["totp"]:
            self._add_totp_challenge(subject)
        self.baseline = self.world.store.snapshot()

    def close(self) -> None:
        self.world.keys.stop()
        self._loop.close()

    def reset(self) -> None:
        """As it was made; what is random repeats itself."""
        self.world.store.restore(self.baseline)
        self.world.outbox.clear()
        self.ids._random.seed(2)

    def run(self, work: Awaitable[T]) -> T:
        async def awaited() -> T:
            return await work

        return self._loop.run_until_complete(awaited())

    def call(self, operation: str, service: Service = "cognito-idp", **members: Any) -> Any:
        """An operation of the fixed caller, not counted."""
        return self.run(call(self.world, service, operation, members, Caller(ACCOUNT, REGION)))

    def send(self, service: Service, operation: str, body: Any) -> tuple[int, Any]:
        """`POST /`: status and JSON."""
        prefix = service_model(service).target_prefix
        credential = f"Credential=AKID/20260905/{REGION}/{service}/aws4_request, SignedHeaders=host, Signature=0"
        headers = [
            (b"content-type", b"application/x-amz-json-1.1"),
            (b"x-amz-target", f"{prefix}.{operation}".encode()),
            (b"authorization", f"AWS4-HMAC-SHA256 {credential}".encode()),
        ]
        scope = {"type": "http", "method": "POST", "path": "/", "headers": headers, "client": ("127.0.0.1", 1)}
        sent: list[Mapping[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": json.dumps(body).encode()}

        async def send(message: Mapping[str, Any]) -> None:
            sent.append(message)

        self.run(self._app(scope, receive, send))
        return sent[0]["status"], json.loads(sent[1]["body"])

    def tables(self) -> Tables:
        """A copy of everything that is stored; the records themselves never change."""
        tables = [table for table in vars(self.world.store).values() if isinstance(table, Table)]
        return {table.name: {table.key_of(record): record for record in table} for table in tables}

    # --- people ---------------------------------------------------------------------------------------------

    def _populate(self, number: int) -> None:
        """One pool: plain with a public client, with aliases and a secret, with e-mail addresses as user names."""
        members: dict[str, Any] = (
            {"AutoVerifiedAttributes": ["email"], "DeviceConfiguration": {"DeviceOnlyRememberedOnUserPrompt": True}},
            {
                "AliasAttributes": ["email", "preferred_username"],
                "MfaConfiguration": "OFF",
                "SmsConfiguration": SMS,
                "UserPoolTier": "PLUS",
                "UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"},
            },
            {"UsernameAttributes": ["email"], "UsernameConfiguration": {"CaseSensitive": False}},
        )[number]
        pool = self.call("CreateUserPool", PoolName="p", UserPoolTags={"a": "b"}, **members)["UserPool"]
        client = self.call(
            "CreateUserPoolClient",
            UserPoolId=pool["Id"],
            ClientName="c",
            ExplicitAuthFlows=FLOWS,
            GenerateSecret=number == 1,
        )["UserPoolClient"]
        shared = {
            "UserPoolId": [pool["Id"]],
            "ResourceArn": [pool["Arn"]],
            "ClientId": [client["ClientId"]],
            "ClientSecret": [client["ClientSecret"]] if number == 1 else [],
            "GroupName": ["staff"],
        }
        self.call("CreateGroup", UserPoolId=pool["Id"], GroupName="staff", Precedence=1)
        self.call("CreateResourceServer", UserPoolId=pool["Id"], Identifier="api", Name="API")
        shared |= self._dress({"UserPoolId": pool["Id"], "ClientId": client["ClientId"]})
        if number == 0:
            # What has a domain has a look; the others can be deleted.
            self.call("CreateUserPoolDomain", UserPoolId=pool["Id"], Domain="shop")
        tracking: dict[str, Any] = {"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 10}}
        self.call("SetUserPoolSessionConfiguration", UserPoolId=pool["Id"], **tracking)
        if number == 1:
            made = self.call("AddUserPoolClientSecret", UserPoolId=pool["Id"], ClientId=client["ClientId"])
            shared["ClientSecretId"] = [made["ClientSecretDescriptor"]["ClientSecretId"]]
        self.call(
            "SetUserPoolMfaConfig",
            UserPoolId=pool["Id"],
            MfaConfiguration="OPTIONAL",
            SoftwareTokenMfaConfiguration={"Enabled": True},
        )
        for kind in ("confirmed", "temporary", "unconfirmed", "recovering", "verifying", "pending", "totp"):
            name = f"{kind}@example.com" if number == 2 else kind
            hashed = (
                {"SecretHash": [secret_hash(client["ClientSecret"], name, client["ClientId"])]} if number == 1 else {}
            )
            subject = Subject(kind, {**shared, **hashed, "Username": [name], "PreviousPassword": [PASSWORD]})
            self.subjects.setdefault(kind, []).append(subject)
            getattr(self, f"_make_{kind}")(subject)
        self._federate([subjects[-1] for subjects in self.subjects.values()])

    def _dress(self, client: dict[str, Any]) -> dict[str, list[str]]:
        """A style and a document for the client's pages, and a policy; their ids."""
        style = self.call("CreateManagedLoginBranding", **client, UseCognitoProvidedValues=True)
        document: dict[str, Any] = {
            "TermsName": "terms-of-use",
            "TermsSource": "LINK",
            "Enforcement": "NONE",
            "Links": {"cognito:default": "https://example.com/terms"},
        }
        policy: dict[str, Any] = {"PolicyName": "p", "URLPatterns": ["https://cimd.example.com/*"]}
        return {
            "ManagedLoginBrandingId": [style["ManagedLoginBranding"]["ManagedLoginBrandingId"]],
            "TermsId": [self.call("CreateTerms", **client, **document)["Terms"]["TermsId"]],
            "CIMDPolicyId": [self.call("CreateCIMDPolicy", **client, **policy)["CIMDPolicy"]["CIMDPolicyId"]],
        }

    def _federate(self, subjects: list[Subject]) -> None:
        """An identity pool for the user pool of these subjects: each has an identity, and is a developer's user."""
        service: Service = "cognito-identity"
        first = subjects[0].values
        provider = f"cognito-idp.{REGION}.amazonaws.com/{first['UserPoolId'][0]}"
        members: dict[str, Any] = {
            "IdentityPoolName": "p",
            "AllowUnauthenticatedIdentities": True,
            "AllowClassicFlow": True,
            "DeveloperProviderName": "login.example",
            "CognitoIdentityProviders": [{"ProviderName": provider, "ClientId": first["ClientId"][0]}],
            "IdentityPoolTags": {"a": "b"},
        }
        pool = self.call("CreateIdentityPool", service, **members)["IdentityPoolId"]
        roles = {kind: f"arn:aws:iam::{ACCOUNT}:role/{kind}" for kind in ("authenticated", "unauthenticated")}
        self.call("SetIdentityPoolRoles", service, IdentityPoolId=pool, Roles=roles)
        mapped: dict[str, Any] = {"IdentityPoolId": pool, "IdentityProviderName": provider, "UseDefaults": True}
        self.call("SetPrincipalTagAttributeMap", service, **mapped)
        for subject in subjects:
            logins = {provider: subject.values["IdToken"][0]} if "IdToken" in subject.values else {}
            known = self.call("GetId", service, IdentityPoolId=pool, Logins=logins)["IdentityId"]
            user = {"login.example": subject.username}
            made = self.call("GetOpenIdTokenForDeveloperIdentity", service, IdentityPoolId=pool, Logins=user)
            other = made["IdentityId"]
            subject.values |= {
                "IdentityPoolId": [pool],
                "IdentityId": [known],
                "Logins": [logins],
                "LoginsToRemove": [[provider] if logins else []],
                "IdentityIdsToDelete": [[known], [other]],
                "IdentityProviderName": [provider],
                "DeveloperProviderName": ["login.example"],
                "DeveloperUserIdentifier": [subject.username],
                "SourceUserIdentifier": [subject.username],
                "DestinationUserIdentifier": [subject.username, subjects[0].username],
                "GetOpenIdTokenForDeveloperIdentity.Logins": [user, {**user, **logins}],
                "GetOpenIdTokenForDeveloperIdentity.IdentityId": [other],
                "LookupDeveloperIdentity.IdentityId": [other],
                "UnlinkDeveloperIdentity.IdentityId": [other],
                "cognito-identity.AccountId": [ACCOUNT],
                "cognito-identity.ResourceArn": [f"arn:aws:cognito-identity:{REGION}:{ACCOUNT}:identitypool/{pool}"],
            }

    def _make_temporary(self, subject: Subject) -> None:
        """Created by an administrator, asked for a new password."""
        attributes = [
            {"Name": "email", "Value": f"{subject.kind}@example.com"},
            {"Name": "email_verified", "Value": "true"},
        ]
        self.call(
            "AdminCreateUser",
            **_some(subject, "UserPoolId", "Username"),
            UserAttributes=attributes,
            TemporaryPassword=PASSWORD,
        )
        self._add_flows(subject)
        self._add_challenge(subject, self._begin(subject), NEW_PASSWORD=NEW_PASSWORD)
        answer = self._begin(subject, "ADMIN_USER_PASSWORD_AUTH")
        self._add_challenge(subject, answer, NEW_PASSWORD=NEW_PASSWORD)

    def _make_confirmed(self, subject: Subject) -> None:
        """With a permanent password, tokens, a group, and an SRP exchange begun."""
        attributes = [
            {"Name": "email", "Value": f"{subject.kind}@example.com"},
            {"Name": "email_verified", "Value": "true"},
        ]
        self.call(
            "AdminCreateUser",
            **_some(subject, "UserPoolId", "Username"),
            UserAttributes=attributes,
            MessageAction="SUPPRESS",
        )
        self.call("AdminSetUserPassword", **_some(subject, "UserPoolId", "Username"), Password=PASSWORD, Permanent=True)
        self.call("AdminAddUserToGroup", **_some(subject, "UserPoolId", "Username", "GroupName"))
        self._add_flows(subject)
        result = self._begin(subject)["AuthenticationResult"]
        subject.values["AccessToken"] = [result["AccessToken"]]
        subject.values["IdToken"] = [result["IdToken"]]
        subject.values["RefreshToken"] = subject.values["Token"] = [result["RefreshToken"]]
        self._add_device(subject, result)
        refresh = {"REFRESH_TOKEN": result["RefreshToken"]}
        if "SecretHash" in subject.values:
            name = self.call("GetUser", AccessToken=result["AccessToken"])["Username"]
            refresh["SECRET_HASH"] = secret_hash(subject.values["ClientSecret"][0], name, subject.values["ClientId"][0])
        subject.flows.append(("REFRESH_TOKEN_AUTH", refresh))
        client = SrpClient(subject.values["UserPoolId"][0], PASSWORD)
        answer = self._begin(subject, "USER_SRP_AUTH", SRP_A=client.public)
        self._add_challenge(subject, answer, **client.responses(answer["ChallengeParameters"]))

    def _add_device(self, subject: Subject, result: Mapping[str, Any]) -> None:
        listed = self.call("AdminListUserSessions", **_some(subject, "UserPoolId", "Username"))
        subject.values["SessionId"] = [session["SessionId"] for session in listed["Sessions"]]
        if "NewDeviceMetadata" in result:
            subject.values["DeviceKey"] = [result["NewDeviceMetadata"]["DeviceKey"]]
            if subject.kind != "pending":
                self.call(
                    "ConfirmDevice",
                    AccessToken=result["AccessToken"],
                    DeviceKey=result["NewDeviceMetadata"]["DeviceKey"],
                    DeviceSecretVerifierConfig={"PasswordVerifier": "AQID", "Salt": "AQID"},
                )

    def _make_unconfirmed(self, subject: Subject) -> None:
        attributes = [{"Name": "email", "Value": f"{subject.kind}@example.com"}]
        members = _some(subject, "ClientId", "Username", "SecretHash")
        self.call("SignUp", **members, Password=PASSWORD, UserAttributes=attributes)

    def _make_recovering(self, subject: Subject) -> None:
        self._make_confirmed(subject)
        self.call("ForgotPassword", **_some(subject, "ClientId", "Username", "SecretHash"))

    def _make_verifying(self, subject: Subject) -> None:
        self._make_confirmed(subject)
        members = {"AccessToken": subject.values["AccessToken"][0], "AttributeName": "email"}
        self.call("GetUserAttributeVerificationCode", **members)

    def _make_pending(self, subject: Subject) -> None:
        """An authenticator handed out, not yet proved."""
        self._make_confirmed(subject)
        made = self.call("AssociateSoftwareToken", AccessToken=subject.values["AccessToken"][0])
        now = self.world.clock.now()
        subject.values["UserCode"] = [totp(made["SecretCode"], now + 60)]

    def _make_totp(self, subject: Subject) -> None:
        """Asked for a code at sign-in; see `_add_totp_challenge`."""
        self._make_confirmed(subject)
        token = subject.values["AccessToken"][0]
        secret = self.call("AssociateSoftwareToken", AccessToken=token)["SecretCode"]
        self.call("VerifySoftwareToken", AccessToken=token, UserCode=totp(secret, self.world.clock.now()))
        self.call(
            "SetUserMFAPreference",
            AccessToken=token,
            SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True},
        )
        subject.values["SecretCode"] = [secret]

    def _add_totp_challenge(self, subject: Subject) -> None:
        code = totp(subject.values.pop("SecretCode")[0], self.world.clock.now())
        subject.challenges.clear()
        for flow in ("USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH"):
            self._add_challenge(subject, self._begin(subject, flow), SOFTWARE_TOKEN_MFA_CODE=code)

    # --- sign-in --------------------------------------------------------------------------------------------

    def _add_flows(self, subject: Subject) -> None:
        parameters = {"USERNAME": subject.username}
        if "SecretHash" in subject.values:
            parameters["SECRET_HASH"] = subject.values["SecretHash"][0]
        subject.flows += [
            ("USER_PASSWORD_AUTH", {**parameters, "PASSWORD": PASSWORD}),
            ("ADMIN_USER_PASSWORD_AUTH", {**parameters, "PASSWORD": PASSWORD}),
            ("USER_SRP_AUTH", {**parameters, "SRP_A": "abcdef0123456789"}),
        ]

    def _begin(self, subject: Subject, flow: str = "USER_PASSWORD_AUTH", **parameters: str) -> Any:
        """InitiateAuth, or its Admin twin where the flow is for administrators."""
        admin = flow.startswith("ADMIN_")
        return self.call(
            "AdminInitiateAuth" if admin else "InitiateAuth",
            **_some(subject, "ClientId", *(["UserPoolId"] if admin else [])),
            AuthFlow=flow,
            AuthParameters={**dict(subject.flows)[flow], **parameters},
        )

    def _add_challenge(self, subject: Subject, answer: Mapping[str, Any], **responses: str) -> None:
        """The right answer to a challenge. The second of a subject came to an administrator."""
        name = answer["ChallengeParameters"].get("USER_ID_FOR_SRP", subject.username)
        hashed = {}
        if "SecretHash" in subject.values:
            hashed["SECRET_HASH"] = secret_hash(subject.values["ClientSecret"][0], name, subject.values["ClientId"][0])
        challenge = {
            "ChallengeName": answer["ChallengeName"],
            "ChallengeResponses": {"USERNAME": name, **hashed, **responses},
        }
        if "Session" in answer:
            challenge["Session"] = answer["Session"]
        (subject.admin_challenges if subject.challenges else subject.challenges).append(challenge)


def _some(subject: Subject, *names: str) -> dict[str, Any]:
    return {name: subject.values[name][0] for name in names if subject.values.get(name)}

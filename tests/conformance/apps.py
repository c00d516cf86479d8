"""Apps that several scenarios begin with."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from tests.conformance.service import Service
from tests.conformance.totp import totp

CALLBACK, SIGNED_OUT = "https://app.example.com/back", "https://app.example.com/out"


@dataclass(frozen=True)
class WebApp:
    """A pool with a domain at `base`, and a client for the hosted login."""

    pool: str
    base: str
    client: str

    @property
    def query(self) -> dict[str, str]:
        """What the app sends to the authorize endpoint."""
        return {
            "client_id": self.client,
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": "openid",
            "state": "xyz",
        }


def web_app(aws: Service) -> WebApp:
    """Make an app with the code grant, whose users may also sign in by the API."""
    pool = aws.create_pool()
    base = aws.create_domain(pool)
    client = aws.create_client(
        pool,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid", "email"],
        CallbackURLs=[CALLBACK],
        LogoutURLs=[SIGNED_OUT],
        SupportedIdentityProviders=["COGNITO"],
    )
    return WebApp(pool, base, client)


@dataclass(frozen=True)
class Machine:
    """A program with the scope `orders/read` at the domain at `base`."""

    base: str
    client: str
    secret: str

    def proof(self, secret: str | None = None) -> str:
        """Return the Authorization header with its secret, or with another."""
        named = f"{self.client}:{self.secret if secret is None else secret}"
        return "Basic " + base64.b64encode(named.encode()).decode()


def machine(aws: Service) -> Machine:
    """Make a client with the client credentials grant."""
    pool = aws.create_pool()
    base = aws.create_domain(pool)
    aws.idp.create_resource_server(
        UserPoolId=pool,
        Identifier="orders",
        Name="orders",
        Scopes=[{"ScopeName": "read", "ScopeDescription": "Read orders"}],
    )
    made = aws.idp.create_user_pool_client(
        UserPoolId=pool,
        ClientName="machine",
        GenerateSecret=True,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=["orders/read"],
    )["UserPoolClient"]
    return Machine(base, made["ClientId"], made["ClientSecret"])


@dataclass(frozen=True)
class Guarded:
    """A pool whose users may have authenticators, its client, and its user `ann` without one."""

    pool: str
    client: str


def guarded(aws: Service, mode: str) -> Guarded:
    """Make a pool with authenticators as factor; `mode` is its MfaConfiguration."""
    pool = aws.create_pool()
    aws.idp.set_user_pool_mfa_config(
        UserPoolId=pool, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration=mode
    )
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    return Guarded(pool, client)


@dataclass(frozen=True)
class Enrolled:
    """A user `ann` of a pool with optional MFA, with an access token and the secret of an authenticator."""

    pool: str
    client: str
    token: str
    secret: str


def enrolling(aws: Service) -> Enrolled:
    """Make a user who has the secret of an authenticator, and has not verified it yet."""
    app = guarded(aws, "OPTIONAL")
    token = aws.sign_in(app.client, "ann")["AccessToken"]
    return Enrolled(app.pool, app.client, token, aws.idp.associate_software_token(AccessToken=token)["SecretCode"])


def enrolled(aws: Service) -> Enrolled:
    """Make a user whose authenticator is verified and preferred."""
    ann = enrolling(aws)
    aws.idp.verify_software_token(AccessToken=ann.token, UserCode=totp(ann.secret))
    aws.idp.set_user_mfa_preference(
        AccessToken=ann.token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    return ann

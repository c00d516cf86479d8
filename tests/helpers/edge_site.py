"""A website behind cognito-at-edge: its pool with a domain, and its user."""

from __future__ import annotations

from cognito_emulator.server import Emulator
from tests.helpers.build import PASSWORD, Setup

SITE = "https://d111111abcdef8.cloudfront.net"
DOMAIN = "edge-site"


def website(emulator: Emulator, *, secret: bool) -> tuple[Setup, str]:
    """A pool with a domain and a user, and an ID token that the website does not take: another client's."""
    idp = emulator.client()
    pool = idp.create_user_pool(PoolName="p")["UserPool"]["Id"]
    made = idp.create_user_pool_client(
        UserPoolId=pool,
        ClientName="edge",
        GenerateSecret=secret,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid", "email"],
        CallbackURLs=[SITE, f"{SITE}/parse"],
        SupportedIdentityProviders=["COGNITO"],
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]
    plain = idp.create_user_pool_client(
        UserPoolId=pool, ClientName="old", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    idp.create_user_pool_domain(UserPoolId=pool, Domain=DOMAIN, ManagedLoginVersion=1)
    idp.admin_create_user(UserPoolId=pool, Username="ann", MessageAction="SUPPRESS")
    idp.admin_set_user_password(UserPoolId=pool, Username="ann", Password=PASSWORD, Permanent=True)
    tokens = idp.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=plain,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD},
    )
    return Setup(pool, made["ClientId"], made.get("ClientSecret")), tokens["AuthenticationResult"]["IdToken"]

"""Identity providers, and their creation."""

from __future__ import annotations

from typing import Any

GOOGLE = {"client_id": "id", "client_secret": "secret", "authorize_scopes": "email profile openid"}
OIDC = {
    "client_id": "id",
    "client_secret": "secret",
    "authorize_scopes": "openid email",
    "oidc_issuer": "http://localhost:8080/realms/x",
    "attributes_request_method": "GET",
    "authorize_url": "http://localhost:8080/authorize",
    "token_url": "http://localhost:8080/token",
    "attributes_url": "http://localhost:8080/userinfo",
    "jwks_uri": "http://localhost:8080/jwks",
}
APPLE = {"client_id": "id", "team_id": "t", "key_id": "k", "private_key": "p8", "authorize_scopes": "email name"}


def create(idp: Any, pool: str, name: str, type_: str, details: dict[str, str], **members: Any) -> dict[str, Any]:
    made: dict[str, Any] = idp.create_identity_provider(
        UserPoolId=pool, ProviderName=name, ProviderType=type_, ProviderDetails=details, **members
    )["IdentityProvider"]
    return made


def describe(idp: Any, pool: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = idp.describe_identity_provider(UserPoolId=pool, ProviderName=name)["IdentityProvider"]
    return found

"""Give a site its look."""

from __future__ import annotations

from tests.helpers.browser import APP
from tests.helpers.harness import Running
from tests.helpers.site import OAUTH, Site


def provide(running: Running, place: Site, names: list[str], *, local: bool = True, callback: str = APP) -> None:
    details = {"client_id": "c", "client_secret": "s", "authorize_scopes": "openid", "attributes_request_method": "GET"}
    details["oidc_issuer"] = "https://idp.example.com"
    for member in ("authorize_url", "token_url", "attributes_url", "jwks_uri"):
        details[member] = f"https://idp.example.com/{member}"
    for name in names:
        running.call(
            "CreateIdentityProvider",
            UserPoolId=place.pool,
            ProviderName=name,
            ProviderType="OIDC",
            ProviderDetails=details,
            IdpIdentifiers=[f"{name.lower()}.example"],
        )
    running.call(
        "UpdateUserPoolClient",
        UserPoolId=place.pool,
        ClientId=place.client,
        SupportedIdentityProviders=[*(["COGNITO"] if local else []), *names],
        **{**OAUTH, "CallbackURLs": [callback]},
    )


def social(running: Running, place: Site, *names: str) -> None:
    """Make the providers of these names: social ones by their own, others as OIDC."""
    own = {
        "Google": {"client_secret": "s"},
        "Facebook": {"client_secret": "s", "api_version": "v17.0"},
        "LoginWithAmazon": {"client_secret": "s"},
        "SignInWithApple": {"team_id": "t" * 10, "key_id": "k" * 10, "private_key": "p"},
    }
    issuer = "https://login.microsoftonline.com/tenant/v2.0"
    for name in names:
        details = {"client_id": "c", "authorize_scopes": "openid", **own.get(name, {"client_secret": "s"})}
        if name not in own:
            details |= {"oidc_issuer": issuer if name == "Entra" else "https://idp.example.com"}
            details |= {"attributes_request_method": "GET"}
            for member in ("authorize_url", "token_url", "attributes_url", "jwks_uri"):
                details[member] = f"https://idp.example.com/{member}"
        running.call(
            "CreateIdentityProvider",
            UserPoolId=place.pool,
            ProviderName=name,
            ProviderType=name if name in own else "OIDC",
            ProviderDetails=details,
        )


def offer(running: Running, place: Site, *names: str, callback: str = APP) -> None:
    """Set the client's identity providers."""
    given = {**OAUTH, "CallbackURLs": [callback], "SupportedIdentityProviders": list(names)}
    running.call("UpdateUserPoolClient", UserPoolId=place.pool, ClientId=place.client, **given)

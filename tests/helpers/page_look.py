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

"""The OAuth settings of an app client: grants, scopes and URLs.

The URLs are those for callback and sign-out. The settings are checked and shown here; the endpoints of the hosted login
use them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from cognito_emulator.domain import errors

STANDARD_SCOPES = frozenset({"openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"})
MEMBERS = ("AllowedOAuthFlows", "AllowedOAuthScopes", "CallbackURLs", "LogoutURLs")
CLIENT_TOKEN_FLOW = "ALLOW_CLIENT_TOKEN_AUTH"
# Managed by Cognito: lets an access token register app clients. No resource server has it.
REGISTRATION_SCOPE = "aws.cognito/dcr/register"
# http is allowed for these hosts alone [docs: UserPoolClientType].
_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


def checked(given: Mapping[str, Any], *, has_secret: bool, custom_scopes: Collection[str]) -> dict[str, Any]:
    """Return the OAuth members as DescribeUserPoolClient shows them.

    An empty list counts as no list. `custom_scopes` are those of the pool's resource servers, `<identifier>/<scope>`.

    Raises:
        InvalidOAuthFlow, ScopeDoesNotExist, InvalidParameter
    """
    settings = {name: list(dict.fromkeys(given[name])) for name in MEMBERS if given.get(name)}
    flows, scopes = settings.get("AllowedOAuthFlows", []), settings.get("AllowedOAuthScopes", [])
    _check_scopes(scopes, custom_scopes)
    _check_flows(flows, scopes, has_secret)
    for name in ("CallbackURLs", "LogoutURLs"):
        for url in settings.get(name, []):
            check_url(url)
    allowed = bool(given.get("AllowedOAuthFlowsUserPoolClient"))
    if allowed and not (flows and scopes):
        raise errors.InvalidParameter(
            "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows."
        ).because("clients.oauth-settings", setting="AllowedOAuthFlowsUserPoolClient", value=True)
    if allowed and {"code", "implicit"} & set(flows) and not settings.get("CallbackURLs"):
        # Required where OAuth is on [docs: UserPoolClientType; own wording].
        raise errors.InvalidOAuthFlow("CallbackURLs are required for the code and implicit flows.").because(
            "clients.callback-missing", setting="CallbackURLs", value=[]
        )
    default = given.get("DefaultRedirectURI")
    if default is not None:
        if default not in settings.get("CallbackURLs", []):
            # It has to be in CallbackURLs [docs: UserPoolClientType; own wording].
            raise errors.InvalidParameter("DefaultRedirectURI must be one of the CallbackURLs.").because(
                "clients.default-redirect", setting="DefaultRedirectURI", value=default
            )
        settings["DefaultRedirectURI"] = default
    return {**settings, "AllowedOAuthFlowsUserPoolClient": allowed}


def _check_scopes(scopes: Iterable[str], custom: Collection[str]) -> None:
    for scope in scopes:
        if scope not in STANDARD_SCOPES and scope not in custom and scope != REGISTRATION_SCOPE:
            raise errors.ScopeDoesNotExist(f"Invalid scope requested: {scope}").because(
                "clients.scope-unknown", setting="AllowedOAuthScopes", value=scope
            )


def _check_flows(flows: Collection[str], scopes: Iterable[str], has_secret: bool) -> None:
    """Refuse client_credentials with another flow, a user's scope or no secret.

    The text about the secret is [observed: wellcomecollection/storage-service], the others are [assumed].
    """
    if "client_credentials" not in flows:
        return
    if len(flows) > 1:
        text = "client_credentials flow can not be selected along with code flow or implicit flow."
        raise errors.InvalidOAuthFlow(text).because(
            "clients.credentials-grant", setting="AllowedOAuthFlows", value=flows
        )
    if not has_secret:
        text = "client_credentials flow can not be selected if client does not have a client secret."
        raise errors.InvalidOAuthFlow(text).because("clients.credentials-grant", setting="GenerateSecret", value=False)
    for scope in scopes:
        if scope in STANDARD_SCOPES:
            raise errors.InvalidOAuthFlow(f"{scope} is not supported with client_credentials flow").because(
                "clients.credentials-grant", setting="AllowedOAuthScopes", value=scope
            )


def check_url(url: str) -> None:
    """Check a callback or sign-out URL.

    It is an absolute URI without a fragment; http is for this machine alone, other schemes are apps'.

    Raises:
        InvalidParameter
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        raise errors.InvalidParameter(f"{url} is not a valid URL.").because(
            "clients.callback-url", setting="CallbackURLs", value=url
        ) from None
    if not parts.scheme or "#" in url or (parts.scheme in ("http", "https") and not host):
        raise errors.InvalidParameter(f"{url} is not a valid URL.").because(
            "clients.callback-url", setting="CallbackURLs", value=url
        )
    if parts.scheme == "http" and host not in _LOCAL_HOSTS:
        raise errors.InvalidParameter(f"{url} cannot use the HTTP protocol.").because(
            "clients.callback-url", setting="CallbackURLs", value=url
        )


def check_client_token_flow(flows: Collection[str], *, has_secret: bool) -> None:
    """Refuse ALLOW_CLIENT_TOKEN_AUTH with another flow or without a secret.

    [docs: GetClientToken; own wording]

    Raises:
        InvalidParameter
    """
    if CLIENT_TOKEN_FLOW not in flows:
        return
    if len(set(flows)) > 1:
        raise errors.InvalidParameter(
            f"{CLIENT_TOKEN_FLOW} can not be used together with other authentication flows."
        ).because("clients.token-flow", setting="ExplicitAuthFlows", value=flows)
    if not has_secret:
        raise errors.InvalidParameter(f"{CLIENT_TOKEN_FLOW} requires an app client with a client secret.").because(
            "clients.token-flow", setting="GenerateSecret", value=False
        )

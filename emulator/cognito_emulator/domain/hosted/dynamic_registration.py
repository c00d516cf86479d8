"""Dynamic client registration: an app client from client metadata.

Beyond the settings in DcrConfiguration, Cognito's endpoint is not documented: it follows the standard
[RFC 7591; assumed].
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct

from cognito_emulator.domain.clients.client_oauth import REGISTRATION_SCOPE
from cognito_emulator.domain.hosted.oauth_error import OAuthError
from cognito_emulator.domain.pools.pool import Pool

_OIDC = ("openid", "email", "phone", "profile")
_GRANTS = {"authorization_code": "code", "client_credentials": "client_credentials"}
_METHODS = ("client_secret_basic", "client_secret_post", "none")
_NAME = re.compile(r"[\w\s+=,.@-]{1,128}")
_LISTS = ("redirect_uris", "grant_types", "response_types")


def _bad(description: str) -> OAuthError:
    return OAuthError("invalid_client_metadata", description)


class Wanted(Struct, frozen=True, gc=False):
    """The requested and allowed settings of a client.

    `members` are those of CreateUserPoolClient, `metadata` is the answer.
    """

    name: str
    has_secret: bool
    members: Mapping[str, Any]
    metadata: Mapping[str, Any]


def grants_allowed(pool: Pool, *, opened: bool) -> Collection[str]:
    """Return the grants that a client may register for.

    `opened` means without an initial access token.

    Raises:
        OAuthError: registration is off, or off without a token.
    """
    settings = pool.settings.get("DcrConfiguration", {})
    if settings.get("EnableStatus") != "Enabled":
        raise OAuthError("access_denied", "Dynamic client registration is not enabled for the user pool.", 403).because(
            "clients.registration-off", setting="DcrConfiguration.EnableStatus", value=settings.get("EnableStatus")
        )
    if opened and not settings.get("OpenDcrEnabled"):
        raise OAuthError("invalid_token", "An initial access token is required.", 401).because(
            "clients.registration-token",
            setting="DcrConfiguration.OpenDcrEnabled",
            value=settings.get("OpenDcrEnabled"),
        )
    allowed = settings["OpenDcrGrantTypes" if opened else "AuthenticatedGrantTypes"]
    # implicit is "accepted, ignored" [docs: DcrConfigurationType].
    found = [grant for grant in allowed if grant != "implicit"]
    if not found:
        raise OAuthError("access_denied", "No grant type is allowed for this kind of registration.", 403).because(
            "clients.registration-grants", setting="DcrConfiguration.OpenDcrGrantTypes", value=allowed
        )
    return found


def is_on(pool: Pool) -> bool:
    return bool(pool.settings.get("DcrConfiguration", {}).get("EnableStatus") == "Enabled")


def wanted(pool: Pool, metadata: Any, allowed: Collection[str], existing: Collection[str]) -> Wanted:
    """Read client metadata; unknown members are left out [RFC 7591 §2].

    Args:
        allowed: grants, as AllowedOAuthFlows names them.
        existing: the pool's custom scopes.

    Raises:
        OAuthError: invalid_client_metadata, invalid_redirect_uri
    """
    if not isinstance(metadata, Mapping):
        raise OAuthError("invalid_request", "The request body must be a JSON object.").because(
            "clients.registration-metadata"
        )
    for name in _LISTS:
        found = metadata.get(name)
        if found is not None and not (isinstance(found, list) and all(isinstance(one, str) for one in found)):
            raise _bad(f"{name} must be a list of strings.").because("clients.registration-metadata", value=name)
    for name in ("client_name", "scope", "token_endpoint_auth_method"):
        if not isinstance(metadata.get(name, ""), str):
            raise _bad(f"{name} must be a string.").because("clients.registration-metadata", value=name)
    grants = _grants(metadata, allowed)
    method = metadata.get("token_endpoint_auth_method", "client_secret_basic")
    if method not in _METHODS:
        raise _bad("token_endpoint_auth_method is not supported.").because(
            "clients.registration-metadata", value="token_endpoint_auth_method"
        )
    name = metadata.get("client_name", "registered client")
    if _NAME.fullmatch(name) is None:
        raise _bad("client_name has characters that are not allowed, or more than 128.").because(
            "clients.registration-metadata", value="client_name"
        )
    urls = metadata.get("redirect_uris") or []
    if "authorization_code" in grants and not urls:
        raise OAuthError("invalid_redirect_uri", "redirect_uris is required for authorization_code.").because(
            "clients.registration-metadata", value="redirect_uris"
        )
    scopes = _scopes(pool, metadata.get("scope", ""), existing, machine="client_credentials" in grants)
    members = {
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": [_GRANTS[grant] for grant in grants if grant in _GRANTS],
        "AllowedOAuthScopes": scopes,
        "CallbackURLs": urls,
        "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"],
        "SupportedIdentityProviders": ["COGNITO"],
    }
    answered = {
        "client_name": name,
        "redirect_uris": urls,
        "grant_types": grants,
        "response_types": ["code"] if "authorization_code" in grants else [],
        "scope": " ".join(scopes),
        "token_endpoint_auth_method": method,
    }
    return Wanted(name, method != "none", members, answered)


def _grants(metadata: Mapping[str, Any], allowed: Collection[str]) -> list[str]:
    """Return the requested grants, authorization_code by default [RFC 7591 §2].

    The default response type is code.
    """
    grants = list(dict.fromkeys(metadata.get("grant_types") or ["authorization_code"]))
    for grant in grants:
        if grant != "refresh_token" and (grant not in _GRANTS or _GRANTS[grant] not in allowed):
            raise _bad(f"The grant type {grant} is not allowed.").because(
                "clients.registration-grants", setting="DcrConfiguration.AuthenticatedGrantTypes"
            )
    if "refresh_token" in grants and "authorization_code" not in grants:
        raise _bad("The grant type refresh_token requires authorization_code.").because(
            "clients.registration-metadata", value="grant_types"
        )
    types = metadata.get("response_types")
    if types and (types != ["code"] or "authorization_code" not in grants):
        raise _bad("response_types do not fit the grant types.").because(
            "clients.registration-metadata", value="response_types"
        )
    return grants


def _scopes(pool: Pool, given: str, existing: Collection[str], *, machine: bool) -> list[str]:
    """Return the requested scopes, else all that are allowed.

    A machine has custom ones only.
    """
    settings = pool.settings["DcrConfiguration"]
    more = [scope for scope in settings.get("AllowedScopes", ()) if scope != REGISTRATION_SCOPE]
    custom = [scope for scope in more if scope in existing]
    allowed = custom if machine else [*_OIDC, *(scope for scope in more if scope in existing or "/" not in scope)]
    for scope in given.split():
        if scope not in allowed:
            raise _bad(f"The scope {scope} is not allowed.").because("clients.registration-metadata", value="scope")
    scopes = list(dict.fromkeys(given.split())) or allowed
    if not scopes:
        raise _bad("There is no scope that the client may have.").because(
            "clients.registration-metadata", value="scope"
        )
    return scopes

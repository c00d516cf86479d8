"""Checks of an authorization request.

Their order is that of the service's answers [assumed].
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.hosted.authorization import (
    COGNITO,
    AuthorizationRequest,
    RefusedByRedirect,
    RefusedOnPage,
    ScopeRefused,
)

_GRANT_OF = {"code": "code", "token": "implicit"}
# [RFC 6749 §3.3]
_SCOPES = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+(?: +[\x21\x23-\x5B\x5D-\x7E]+)*")
_CHALLENGE = re.compile(r"[A-Za-z0-9\-._~]{43,128}")  # [RFC 7636 §4.2]
_PROMPTS = frozenset({"none", "login", "select_account", "consent"})
_NEED_OPENID = frozenset({"email", "phone", "profile"})


def missing_parameter(name: str) -> RefusedOnPage:
    """Refuse a request without a parameter [observed: vouch/vouch-proxy#548]."""
    return RefusedOnPage(f"Required String parameter '{name}' is not present").because(
        "oauth.parameter-missing", value=name
    )


class Refuse(Struct, frozen=True, gc=False):
    """The factory of errors that go back to the client."""

    redirect_uri: str
    state: str | None
    fragment: bool

    def __call__(self, error: str, description: str = "") -> RefusedByRedirect:
        return RefusedByRedirect(self.redirect_uri, error, description, self.state, fragment=self.fragment)


def redirect_uri_of(client: Client, given: str | None) -> str:
    """Return the redirect URI: one of the client's, compared as it is written.

    DefaultRedirectURI replaces one that is left out, for a client with one identity provider
    [docs: UserPoolClientType]. It never replaces one that was sent [assumed]: users would go to an address that was not
    requested.

    Raises:
        RefusedOnPage: there is none, or it is not the client's.
    """
    default = client.settings.get("DefaultRedirectURI")
    if not given and default and len(client.providers) == 1:
        return str(default)
    if not given:
        raise missing_parameter("redirect_uri")
    if given not in client.callback_urls:
        raise RefusedOnPage("redirect_mismatch", client.id).because(
            "oauth.redirect-mismatch", setting="CallbackURLs", value=client.callback_urls
        )
    return given


def checked(client: Client, params: Mapping[str, str], *, providers: Mapping[str, str]) -> AuthorizationRequest:
    """Check the parameters of a request and return the request.

    Args:
        providers: the pool's identity providers: from name and identifier to name.

    Raises:
        RefusedOnPage, RefusedByRedirect
    """
    redirect_uri = redirect_uri_of(client, params.get("redirect_uri"))
    state = params.get("state")
    response_type = params.get("response_type", "")
    refuse = Refuse(redirect_uri, state, fragment=response_type == "token")
    if not client.has_oauth:
        raise refuse("invalid_request", "Client is not enabled for OAuth2.0 flows.").because(
            "oauth.client-off", setting="AllowedOAuthFlowsUserPoolClient", value=client.has_oauth
        )
    if response_type not in _GRANT_OF:
        raise refuse(
            "invalid_request", "invalid_response_type" if response_type else "response_type is required"
        ).because("oauth.response-type", setting="response_type", value=response_type)
    _check_challenge(params, refuse)
    if _GRANT_OF[response_type] not in client.grants:
        raise refuse("unauthorized_client").because(
            "oauth.grant-not-enabled", setting="AllowedOAuthFlows", value=client.grants
        )
    scopes = _scopes(client, params.get("scope", ""), refuse)
    provider, unavailable = _provider(client, params, providers)
    return AuthorizationRequest(
        pool_id=client.pool_id,
        client_id=client.id,
        redirect_uri=redirect_uri,
        response_type=response_type,
        scopes=scopes,
        state=state,
        nonce=params.get("nonce"),
        code_challenge=params.get("code_challenge"),
        code_challenge_method=params.get("code_challenge_method"),
        identity_provider=provider,
        unavailable=unavailable,
        idp_identifier=params.get("idp_identifier"),
        login_hint=params.get("login_hint"),
        lang=params.get("lang"),
        prompt=_prompt(params.get("prompt", ""), refuse),
        max_age=_max_age(params.get("max_age"), refuse),
        resource=_resource(params.get("resource"), refuse),
        metadata_url=client.metadata_url,
    )


def _check_challenge(params: Mapping[str, str], refuse: Refuse) -> None:
    challenge, method = params.get("code_challenge"), params.get("code_challenge_method")
    if challenge is None and method is None:
        return
    if method != "S256":
        raise refuse("invalid_request", "code_challenge_method must be S256").because(
            "oauth.challenge-method", setting="code_challenge_method", value=method
        )
    if challenge is None or _CHALLENGE.fullmatch(challenge) is None:
        raise refuse("invalid_request", "code_challenge is missing or malformed").because("oauth.challenge-malformed")


def _scopes(client: Client, given: str, refuse: Refuse) -> tuple[str, ...]:
    """Return the granted scopes: the requested ones, else all of the client's.

    A scope that was deleted from its resource server is requested "as normal"
    [docs: cognito-user-pools-define-resource-servers]. A scope that is not the client's "will be ignored at runtime",
    says the page of the endpoint; further down it is refused as invalid_scope. The service refuses it with these words
    [observed: aws-samples/cloudfront-authorization-at-edge#82, manfredsteyer/angular-oauth2-oidc#1253].
    """
    if not given.strip():
        return client.scopes
    wanted = tuple(dict.fromkeys(given.split()))
    known = _SCOPES.fullmatch(given.strip()) is not None and all(scope in client.scopes for scope in wanted)
    if not known or (_NEED_OPENID & set(wanted) and "openid" not in wanted):
        raise ScopeRefused(client.id, refuse("invalid_request", "invalid_scope")).because(
            "oauth.scope", setting="AllowedOAuthScopes", value=client.scopes
        )
    return wanted


def _provider(client: Client, params: Mapping[str, str], providers: Mapping[str, str]) -> tuple[str | None, bool]:
    """Return the requested identity provider, and whether it is unavailable.

    Only a provider of the client is returned. For any other, the sign-in page shows a message
    [observed: aws-amplify/aws-sdk-android#1808].
    """
    named, identifier = params.get("identity_provider"), params.get("idp_identifier")
    if not named and not identifier:
        return None, False
    found = named if named == COGNITO else providers.get(named or identifier or "")
    return (found, False) if found in client.providers else (None, True)


def _prompt(given: str, refuse: Refuse) -> frozenset[str]:
    """Return the words of prompt; `none` stands alone.

    OpenID Connect Core, section 3.1.2.1.
    """
    prompts = frozenset(given.split())
    if not prompts <= _PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise refuse("invalid_request", "invalid_prompt").because("oauth.prompt", setting="prompt", value=given)
    return prompts


def _max_age(given: str | None, refuse: Refuse) -> int | None:
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 12):
        raise refuse("invalid_request", "invalid_max_age").because("oauth.max-age", setting="max_age", value=given)
    return int(given)


def _resource(given: str | None, refuse: Refuse) -> str | None:
    """Check the resource, an absolute URI without a fragment [RFC 8707 §2].

    It is https://, http://localhost, or an app's own scheme.
    """
    if given is None:
        return None
    try:
        parts = urlsplit(given)
        host = parts.hostname
    except ValueError:
        raise refuse("invalid_target", "invalid_resource").because(
            "oauth.resource", setting="resource", value=given
        ) from None
    web = parts.scheme in ("http", "https")
    usable = parts.scheme and not (web and not host) and (parts.scheme != "http" or host == "localhost")
    if not usable or "#" in given or "://" not in given or any(c.isspace() for c in given):
        raise refuse("invalid_target", "invalid_resource").because("oauth.resource", setting="resource", value=given)
    return given

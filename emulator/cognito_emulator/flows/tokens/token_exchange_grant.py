"""The token-exchange grant of the token endpoint [RFC 8693 §2]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.hosted.oauth_error import OAuthError, invalid_request, unauthorized_client
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.flows.tokens import token_exchange
from cognito_emulator.flows.tokens.token_exchange import ACCESS, ID, Exchange

if TYPE_CHECKING:
    from cognito_emulator.world import World

TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
_TOKEN = "urn:ietf:params:oauth:token-type:"
_KINDS = {f"{_TOKEN}access_token": ACCESS, f"{_TOKEN}id_token": ID}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_SAML = f"{_TOKEN}saml2"


async def exchange(world: World, client: Client, params: Mapping[str, str], caller: Caller) -> dict[str, Any]:
    """Return the answer of the token endpoint.

    Raises:
        OAuthError
        ApiError: as `token_exchange.exchange`.
    """
    subject, actor = params.get("subject_token"), params.get("actor_token")
    if not subject:
        raise invalid_request("subject_token is required").because("oauth.parameter-missing", value="subject_token")
    if (actor is None) != ("actor_token_type" not in params):
        raise invalid_request("actor_token and actor_token_type must be provided together").because(
            "oauth.exchange-parameters"
        )
    try:
        token_exchange.check_flow(client, delegation=actor is not None)
    except errors.NotAuthorized as error:
        raise unauthorized_client(error.message) from None
    scope = params.get("scope", "").split()
    request = Exchange(
        subject,
        _kind(params, "subject_token_type") or "",
        actor,
        _kind(params, "actor_token_type") if actor else None,
        scope or None,
        _audience(world, client, params),
        (_kind(params, "requested_token_type") if "requested_token_type" in params else None) or ACCESS,
    )
    result = await token_exchange.exchange(world, client.pool_id, client.id, request, caller)
    answer = {
        "access_token": result["IssuedToken"],
        "issued_token_type": _NAMES[result["IssuedTokenType"]],
        "token_type": result["TokenType"],
        "expires_in": result["ExpiresIn"],
    }
    return answer | ({"scope": " ".join(result["Scopes"])} if "Scopes" in result else {})


def _kind(params: Mapping[str, str], name: str) -> str:
    given = params.get(name, "")
    if given == _SAML and name != "requested_token_type":
        raise OAuthError("invalid_request", f"{name} {_SAML} is not implemented by cognito-emulator yet.", 501).because(
            "emulator.not-implemented"
        )
    if given not in _KINDS:
        raise invalid_request(f"{name} is missing or not supported").because("oauth.exchange-token-type", value=name)
    return _KINDS[given]


def _audience(world: World, client: Client, params: Mapping[str, str]) -> str | None:
    """Return an audience, or the identifier of a resource server of the pool.

    [docs: GetDerivedToken]
    """
    audience, resource = params.get("audience"), params.get("resource")
    if audience and resource:
        raise invalid_request("audience and resource cannot be requested together").because("oauth.exchange-parameters")
    if resource and (client.pool_id, resource) not in world.store.resource_servers:
        raise OAuthError("invalid_target", "The resource server does not exist.").because("oauth.resource-unknown")
    return audience or resource or None

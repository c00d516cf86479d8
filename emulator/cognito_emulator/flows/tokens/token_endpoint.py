"""The token endpoint: an authenticated app client gets tokens for a grant.

authorization_code ─► code, redirect URI, verifier (PKCE)    ─► ID, access and refresh token
refresh_token      ─► refresh token, rotated if the client does ─► ID and access token (and a refresh token)
client_credentials ─► secret and custom scopes               ─► access token of a machine
token-exchange     ─► another token [RFC 8693]               ─► a derived one
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors, strict_json
from cognito_emulator.domain.auth import auth_flow
from cognito_emulator.domain.auth.attempt import Attempt, How, Who
from cognito_emulator.domain.auth.auth_flow import AUTHORIZATION_CODE
from cognito_emulator.domain.auth.origin import Origin
from cognito_emulator.domain.base64url import base64url
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.clients.client_metadata import BadDocument
from cognito_emulator.domain.clients.client_oauth import CLIENT_TOKEN_FLOW, REGISTRATION_SCOPE, STANDARD_SCOPES
from cognito_emulator.domain.hosted.authorization import CODE_LIFETIME, AuthorizationCode, digest
from cognito_emulator.domain.hosted.oauth_error import (
    OAuthError,
    invalid_client,
    invalid_grant,
    invalid_request,
    invalid_scope,
    unauthorized_client,
)
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.metrics import AUTHENTICATION, MACHINES
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.tokens.issued import Tokens
from cognito_emulator.flows.tokens import client_metadata, client_token, issue, refresh, token_exchange_grant
from cognito_emulator.flows.tokens.token_customization import REFRESH_TOKENS

if TYPE_CHECKING:
    from cognito_emulator.world import World

# [docs: quotas]; codes have a rate of their own.
_CATEGORIES = {"refresh_token": AUTHENTICATION, "client_credentials": MACHINES}


class Credentials(Struct, frozen=True):
    """The credentials of a client.

    `secrets` are the possible readings of the one secret in the request; it is empty without one. `clash` says that
    header and body disagree.
    """

    client_id: str | None
    secrets: tuple[str, ...] = ()
    clash: bool = False


async def authenticate(world: World, credentials: Credentials, domain_pool: Pool | None, status: int = 400) -> Client:
    """Return the app client of a request, of the pool whose domain was asked.

    For a client that names itself by the URL of a metadata document, it is the app client as that client has it.

    Raises:
        OAuthError: invalid_request without a client id, else invalid_client, with `status`.
    """
    if credentials.client_id is None:
        raise invalid_request("client_id is required").because("oauth.parameter-missing", value="client_id")
    try:
        await client_metadata.load(world, credentials.client_id, domain_pool)
    except BadDocument as error:
        raise invalid_client(str(error), status).because("clients.cimd-document") from None
    client = client_metadata.find(world, credentials.client_id, domain_pool)
    if client is None:
        raise invalid_client(status=status).because("oauth.client-unknown", value=credentials.client_id)
    if credentials.clash:
        raise invalid_client(status=status).because("oauth.credentials-differ")
    client = world.rotated(client)
    if not client.secrets:
        if credentials.secrets:
            raise invalid_client("invalid_client_secret", status).because(
                "oauth.client-secret-unexpected", setting="GenerateSecret", value=False
            )
    elif not any(client.has_secret(secret) for secret in credentials.secrets):
        raise invalid_client("invalid_client_secret", status).because("oauth.client-secret")
    return client


async def tokens(world: World, client: Client, params: Mapping[str, str], caller: Caller) -> dict[str, Any]:
    """Return the answer of the token endpoint to an authenticated client.

    Raises:
        OAuthError
    """
    kind = params.get("grant_type")
    if not kind:
        raise invalid_request("grant_type is required").because("oauth.parameter-missing", value="grant_type")
    grant = _GRANTS.get(kind)
    if grant is None:
        raise OAuthError("unsupported_grant_type").because("oauth.grant-type-unknown", value=kind)
    if client.metadata is not None and kind not in client.metadata.grants:
        raise unauthorized_client().because(
            "oauth.grant-not-enabled", setting="grant_types", value=client.metadata.grants
        )
    try:
        return await _counted(world, client, kind, grant(world, client, params, caller))
    except errors.NotImplementedHere as error:
        raise OAuthError("invalid_request", error.message, 501) from None
    except (errors.UserLambdaValidation, errors.UnexpectedLambda, errors.InvalidLambdaResponse) as error:
        # The service's answer here is not documented [assumed].
        raise invalid_request(error.message) from None
    except errors.ApiError as error:
        raise invalid_grant(error.message) from None


async def _counted(world: World, client: Client, kind: str, granted: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    """Count a grant in the metrics.

    A sign-in that succeeds is counted where its tokens are made.
    """
    if kind in _CATEGORIES:
        world.metrics.call(_CATEGORIES[kind])
    try:
        answer = await granted
    except (OAuthError, errors.ApiError):
        if kind == "authorization_code":
            world.metrics.sign_in(client.pool_id, client.id, success=False)
        if kind == "refresh_token":
            world.metrics.refresh(client.pool_id, client.id, success=False)
        raise
    if kind == "refresh_token":
        world.metrics.refresh(client.pool_id, client.id, success=True)
    return answer


def _needed(params: Mapping[str, str], name: str) -> str:
    value = params.get(name)
    if not value:
        raise invalid_request(f"{name} is required").because("oauth.parameter-missing", value=name)
    return value


def _body(tokens: Tokens) -> dict[str, Any]:
    """Write the members in the order in which the service does."""
    body: dict[str, Any] = {} if tokens.id is None else {"id_token": tokens.id}
    body["access_token"] = tokens.access
    if tokens.refresh is not None:
        body["refresh_token"] = tokens.refresh
    return body | {"expires_in": tokens.expires_in, "token_type": "Bearer"}


# --- authorization_code --------------------------------------------------------------------------------


async def _by_code(world: World, client: Client, params: Mapping[str, str], caller: Caller) -> dict[str, Any]:
    """Return tokens for a code, which is valid once and for five minutes.

    Any attempt uses the code up. Tokens issued for a code that is presented again stay valid: only the refusal is
    documented [docs: token-endpoint].
    """
    presented, redirect_uri = _needed(params, "code"), _needed(params, "redirect_uri")
    if not client.has_oauth or "code" not in client.grants:
        raise unauthorized_client().because("oauth.grant-not-enabled", setting="AllowedOAuthFlows", value=client.grants)
    code = world.store.authorization_codes.get(digest(presented))
    if code is None:
        raise invalid_grant().because("oauth.code-unknown")
    if code.used:
        raise invalid_grant().because("oauth.code-used")
    if not code.request.is_of(client):
        raise invalid_grant().because("oauth.code-other-client", setting="client_id", value=code.request.client_id)
    if code.expires <= world.clock.now():
        raise invalid_grant().because("oauth.code-expired", setting="lifetime", value=CODE_LIFETIME)
    verifier = params.get("code_verifier")
    if code.request.code_challenge is not None and not verifier:
        raise invalid_request("code_verifier is required").because("oauth.verifier-missing")
    with world.store.write():
        world.store.authorization_codes.put(replace(code, used=True))
    if redirect_uri != code.request.redirect_uri:
        raise unauthorized_client("invalid_redirect").because(
            "oauth.redirect-differs", setting="redirect_uri", value=code.request.redirect_uri
        )
    if not _proves(code, verifier):
        raise invalid_grant("invalid_code_verifier").because("oauth.verifier-wrong")
    user = world.store.users.get(code.user_key)
    if user is None:
        raise invalid_grant().because("oauth.code-user-deleted")
    attempt = Attempt(
        Who(code.request.pool_id, client.id, user.sub, user.username),
        How(
            AUTHORIZATION_CODE,
            hosted=code.request.digest,
            origin=Origin(code.ip or caller.origin.ip, code.agent or caller.origin.agent),
        ),
        code.event_id,
    )
    request = code.request
    resource = request.resource or ""
    came = (code.session, code.context, request.metadata_url)
    grant = issue.Grant(request.scope, code.auth_time, request.nonce, resource, *came)
    body = _body(await issue.sign_in(world, attempt, Caller(client.id, away=caller.away), grant))
    world.metrics.hosted_sign_in(code.request.pool_id, client.id, code.provider)
    if client.metadata is not None and "refresh_token" not in client.metadata.grants:
        # A grant that the client does not have begins with no token [assumed].
        del body["refresh_token"]
    return body


def _proves(code: AuthorizationCode, verifier: str | None) -> bool:
    """Return whether the verifier fits the code's challenge [RFC 7636 §4.6].

    A verifier without a challenge is refused. Otherwise an attacker could remove the challenge from the request
    unnoticed [RFC 9700 §2.1.1].
    """
    challenge = code.request.code_challenge
    if challenge is None or verifier is None:
        return challenge is None and not verifier
    hashed = base64url(hashlib.sha256(verifier.encode()).digest()).decode()
    return hmac.compare_digest(hashed.encode(), challenge.encode())


# --- refresh_token -------------------------------------------------------------------------------------


async def _by_refresh_token(world: World, client: Client, params: Mapping[str, str], caller: Caller) -> dict[str, Any]:
    """Return tokens for a refresh token.

    Sign-ins by the API are refreshed here too, unless they belong to a device.
    """
    presented = _needed(params, "refresh_token")
    if not client.rotation and not auth_flow.is_allowed(client, auth_flow.REFRESH_FLOWS[0]):
        raise unauthorized_client().because("auth.flow-not-enabled", setting="ExplicitAuthFlows", value=client.flows)
    family, user = refresh.find(world, client, presented, None)
    presenter = refresh.Presenter(presented, caller.origin.ip, caller.origin.agent, Caller(client.id, away=caller.away))
    return _body(
        await refresh.by_refresh_token(world, family, client, user, presenter=presenter, source=REFRESH_TOKENS)
    )


# --- client_credentials --------------------------------------------------------------------------------


async def _by_client(world: World, client: Client, params: Mapping[str, str], caller: Caller) -> dict[str, Any]:
    allowed = client.has_oauth and "client_credentials" in client.grants
    if not client.secrets or not (allowed or CLIENT_TOKEN_FLOW in client.flows):
        raise unauthorized_client().because("oauth.grant-not-enabled", setting="AllowedOAuthFlows", value=client.grants)
    caller = Caller(client.id, _metadata(params.get("aws_client_metadata")), away=caller.away)
    return _body(await client_token.issue(world, client.id, _scopes(world, client, params.get("scope")), caller))


def _scopes(world: World, client: Client, given: str | None) -> list[str]:
    """Return all of the client's custom scopes, or the requested ones.

    One scope that the client does not have refuses them all.
    """
    servers = world.store.resource_servers.where("pool", client.pool_id)
    existing = {scope for server in servers for scope in server.scope_names} | {REGISTRATION_SCOPE}
    allowed = [scope for scope in client.scopes if scope not in STANDARD_SCOPES]
    wanted = list(dict.fromkeys((given or "").split()))
    for scope in wanted:
        if scope not in allowed:
            refusal = invalid_grant() if scope in existing | STANDARD_SCOPES else invalid_scope()
            raise refusal.because("oauth.scope", setting="AllowedOAuthScopes", value=client.scopes)
    return wanted or allowed


def _metadata(given: str | None) -> Mapping[str, str] | None:
    """Return aws_client_metadata, a JSON object of texts."""
    if not given:
        return None
    try:
        found = strict_json.decode(given)
    except ValueError:
        raise invalid_request("aws_client_metadata is not valid JSON").because("oauth.client-metadata") from None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise invalid_request("aws_client_metadata must be an object of strings").because("oauth.client-metadata")
    return found


_Grant = Callable[["World", Client, Mapping[str, str], Caller], Awaitable[dict[str, Any]]]


async def _by_exchange(world: World, client: Client, params: Mapping[str, str], caller: Caller) -> dict[str, Any]:
    return await token_exchange_grant.exchange(world, client, params, Caller(client.id, away=caller.away))


_GRANTS: Mapping[str, _Grant] = {
    "authorization_code": _by_code,
    "refresh_token": _by_refresh_token,
    "client_credentials": _by_client,
    token_exchange_grant.TYPE: _by_exchange,
}

"""The token endpoint: an app client proves itself and presents what it was granted, and gets tokens.

authorization_code ─► code, redirect URI, verifier (PKCE)    ─► ID, access and refresh token
refresh_token      ─► refresh token, rotated if the client does ─► ID and access token (and a refresh token)
client_credentials ─► secret and custom scopes               ─► access token of a machine
token-exchange     ─► another token (RFC 8693)               ─► a derived one
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.next_step import Attempt
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.clients.client_metadata import BadDocument
from cognito_emulator.domain.clients.client_oauth import CLIENT_TOKEN_FLOW, REGISTRATION_SCOPE, STANDARD_SCOPES
from cognito_emulator.domain.hosted.authorization import AuthorizationCode, digest
from cognito_emulator.domain.hosted.oauth_error import (
    OAuthError,
    invalid_client,
    invalid_grant,
    invalid_request,
    invalid_scope,
    unauthorized_client,
)
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.flows.tokens import client_metadata, client_token, issue, refresh, token_exchange_grant
from cognito_emulator.flows.tokens.token_customization import REFRESH_TOKENS

if TYPE_CHECKING:
    from cognito_emulator.world import World

_REFRESHES = frozenset({"ALLOW_REFRESH_TOKEN_AUTH", "ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH"})
# The order in which the service writes them.
_BODY = (
    ("id_token", "IdToken"),
    ("access_token", "AccessToken"),
    ("refresh_token", "RefreshToken"),
    ("expires_in", "ExpiresIn"),
    ("token_type", "TokenType"),
)


class Credentials(Struct, frozen=True):
    """How a client names itself: `secrets` are the spellings of the one secret that came, none without one.

    `clash` tells that header and body disagree.
    """

    client_id: str | None
    secrets: tuple[str, ...] = ()
    clash: bool = False


class Origin(Struct, frozen=True):
    """Where a request comes from."""

    ip: str = ""
    agent: str = ""


async def authenticate(world: World, credentials: Credentials, domain_pool: Pool | None, status: int = 400) -> Client:
    """Return the app client of a request, of the pool whose domain was asked.

    For a client that names itself by the URL of a metadata document, it is the app client as that client has it.

    Raises:
        OAuthError: invalid_request without a client id, else invalid_client, with `status`.
    """
    if credentials.client_id is None:
        raise invalid_request("client_id is required")
    try:
        await client_metadata.load(world, credentials.client_id, domain_pool)
    except BadDocument as error:
        raise invalid_client(str(error), status) from None
    client = client_metadata.find(world, credentials.client_id, domain_pool)
    if client is None or credentials.clash:
        raise invalid_client(status=status)
    if not client.secrets:
        if credentials.secrets:
            raise invalid_client("invalid_client_secret", status)
    elif not any(client.has_secret(secret) for secret in credentials.secrets):
        raise invalid_client("invalid_client_secret", status)
    return client


async def tokens(world: World, client: Client, params: Mapping[str, str], origin: Origin) -> dict[str, Any]:
    """The answer of the token endpoint to a client that has proved itself.

    Raises:
        OAuthError
    """
    kind = params.get("grant_type")
    if not kind:
        raise invalid_request("grant_type is required")
    grant = _GRANTS.get(kind)
    if grant is None:
        raise OAuthError("unsupported_grant_type")
    if client.metadata is not None and kind not in client.metadata.grants:
        raise unauthorized_client()
    try:
        return await grant(world, client, params, origin)
    except errors.NotImplementedHere as error:
        raise OAuthError("invalid_request", error.message, 501) from None
    except (errors.UserLambdaValidation, errors.UnexpectedLambda, errors.InvalidLambdaResponse) as error:
        # What the service answers here is not documented.
        raise invalid_request(error.message) from None
    except errors.ApiError as error:
        raise invalid_grant(error.message) from None


def _needed(params: Mapping[str, str], name: str) -> str:
    value = params.get(name)
    if not value:
        raise invalid_request(f"{name} is required")
    return value


def _body(result: Mapping[str, Any]) -> dict[str, Any]:
    return {name: result[member] for name, member in _BODY if member in result}


# --- authorization_code --------------------------------------------------------------------------------


async def _by_code(world: World, client: Client, params: Mapping[str, str], origin: Origin) -> dict[str, Any]:
    """A code is good once, whatever the attempt to use it ends in, and five minutes.

    What was issued for a code that is presented again stays good: the service documents only the refusal.
    """
    presented, redirect_uri = _needed(params, "code"), _needed(params, "redirect_uri")
    if not client.has_oauth or "code" not in client.grants:
        raise unauthorized_client()
    code = world.store.authorization_codes.get(digest(presented))
    if code is None or code.used or not code.request.is_of(client) or code.expires <= world.clock.now():
        raise invalid_grant()
    verifier = params.get("code_verifier")
    if code.request.code_challenge is not None and not verifier:
        raise invalid_request("code_verifier is required")
    with world.store.write():
        world.store.authorization_codes.put(replace(code, used=True))
    if redirect_uri != code.request.redirect_uri:
        raise unauthorized_client("invalid_redirect")
    if not _proves(code, verifier):
        raise invalid_grant("invalid_code_verifier")
    user = world.store.users.get(code.user_key)
    if user is None:
        raise invalid_grant()
    attempt = Attempt(
        code.request.pool_id,
        client.id,
        "USER_PASSWORD_AUTH",
        False,
        user.sub,
        user.username,
        ip=code.ip or origin.ip,
        agent=code.agent or origin.agent,
        event_id=code.event_id,
        hosted=code.request.digest,
    )
    request = code.request
    resource = request.resource or ""
    came = (code.session, code.context, request.metadata_url)
    grant = issue.Grant(request.scope, code.auth_time, request.nonce, resource, *came)
    body = _body(await issue.sign_in(world, attempt, Caller(client.id), grant))
    if client.metadata is not None and "refresh_token" not in client.metadata.grants:
        # A grant that the client does not have begins with no token [assumed].
        del body["refresh_token"]
    return body


def _proves(code: AuthorizationCode, verifier: str | None) -> bool:
    """Return whether the verifier fits the code's challenge [RFC 7636 §4.6].

    A verifier without a challenge proves nothing and is refused: else an attacker could remove the challenge from the
    request unnoticed [RFC 9700 §2.1.1].
    """
    challenge = code.request.code_challenge
    if challenge is None or verifier is None:
        return challenge is None and not verifier
    hashed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    return hmac.compare_digest(hashed.encode(), challenge.encode())


# --- refresh_token -------------------------------------------------------------------------------------


async def _by_refresh_token(world: World, client: Client, params: Mapping[str, str], origin: Origin) -> dict[str, Any]:
    """Tokens of sign-ins by the API are refreshed here too, unless they belong to a device."""
    presented = _needed(params, "refresh_token")
    if not client.rotation and not client.flows & _REFRESHES:
        raise unauthorized_client()
    family, user = refresh.find(world, client, presented, None)
    presenter = refresh.Presenter(presented, origin.ip, origin.agent, Caller(client.id))
    answer = await refresh.by_refresh_token(world, family, client, user, presenter, REFRESH_TOKENS)
    return _body(answer["AuthenticationResult"])


# --- client_credentials --------------------------------------------------------------------------------


async def _by_client(world: World, client: Client, params: Mapping[str, str], _: Origin) -> dict[str, Any]:
    allowed = client.has_oauth and "client_credentials" in client.grants
    if not client.secrets or not (allowed or CLIENT_TOKEN_FLOW in client.flows):
        raise unauthorized_client()
    caller = Caller(client.id, _metadata(params.get("aws_client_metadata")))
    return _body(await client_token.issue(world, client.id, _scopes(world, client, params.get("scope")), caller))


def _scopes(world: World, client: Client, given: str | None) -> list[str]:
    """All of the client's custom scopes, or those asked for; one that the client does not have refuses them all."""
    servers = world.store.resource_servers.where("pool", client.pool_id)
    existing = {scope for server in servers for scope in server.scope_names} | {REGISTRATION_SCOPE}
    allowed = [scope for scope in client.scopes if scope not in STANDARD_SCOPES]
    wanted = list(dict.fromkeys((given or "").split()))
    for scope in wanted:
        if scope not in allowed:
            raise invalid_grant() if scope in existing | STANDARD_SCOPES else invalid_scope()
    return wanted or allowed


def _metadata(given: str | None) -> Mapping[str, str] | None:
    """aws_client_metadata: a JSON object of texts."""
    if not given:
        return None
    try:
        found = json.loads(given)
    except (ValueError, RecursionError):
        raise invalid_request("aws_client_metadata is not valid JSON") from None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise invalid_request("aws_client_metadata must be an object of strings")
    return found


_Grant = Callable[["World", Client, Mapping[str, str], Origin], Awaitable[dict[str, Any]]]


async def _by_exchange(world: World, client: Client, params: Mapping[str, str], _: Origin) -> dict[str, Any]:
    return await token_exchange_grant.exchange(world, client, params)


_GRANTS: Mapping[str, _Grant] = {
    "authorization_code": _by_code,
    "refresh_token": _by_refresh_token,
    "client_credentials": _by_client,
    token_exchange_grant.TYPE: _by_exchange,
}

"""The client of OIDC and social providers: discovery, tokens, ID token, profile."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from msgspec.structs import replace

from cognito_emulator.domain.base64url import base64url
from cognito_emulator.domain.federation import oidc
from cognito_emulator.domain.federation.attribute_mapping import External
from cognito_emulator.domain.federation.departure import Departure
from cognito_emulator.domain.federation.oidc import Endpoints, ProviderTrouble
from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.domain.federation.redirection import Outgoing
from cognito_emulator.domain.hosted.authorization import AuthorizationRequest
from cognito_emulator.flows.federation import departures, redirects
from cognito_emulator.ports import foreign_tokens
from cognito_emulator.ports.foreign_tokens import BadToken
from cognito_emulator.ports.web import Answer, WebClosed, WebError, WebTimeout

if TYPE_CHECKING:
    from cognito_emulator.world import World

log = logging.getLogger("emulator")
MOCK_IDP_PATH = "/_emulator/idp"
# Seconds for each request, of which there are four and their redirects; AWS gives all of them together five minutes.
_TIMEOUT = 5.0
_JSON = {"accept": "application/json"}
_FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
_NONCE = 128  # bytes: 171 characters [observed: nextauthjs/next-auth#3544]
_TOKENS = ("access_token", "id_token", "refresh_token")


async def depart(world: World, provider: Provider, asked: AuthorizationRequest, cookie: str, callback: str) -> str:
    """Return the URL of the provider's page, with a state for this browser.

    Raises:
        ProviderTrouble: its endpoints are unknown and can't be discovered.
    """
    at = await endpoints(world, provider)
    nonce = base64url(world.ids.bytes(_NONCE)).decode()
    state = departures.send(world, asked, provider.name, cookie, nonce=nonce, callback=callback)
    return oidc.authorize_url(provider, at, asked, state=state, nonce=nonce, callback=callback)


async def arrive(world: World, provider: Provider, departure: Departure, code: str, issuer: str | None) -> External:
    """Return the user that the provider asserts for `code`.

    `issuer` is the `iss` that came with it, if any [RFC 9207 §2].

    Raises:
        ProviderTrouble
    """
    at = await endpoints(world, provider)
    if issuer is not None and at.issuer and issuer != at.issuer:
        raise ProviderTrouble(f"Bad issuer {issuer[:200]}")
    tokens = await _tokens(world, provider, at, departure, code)
    claims: Mapping[str, Any] = {}
    if provider.type not in oidc.WITHOUT_ID_TOKEN:
        presented = tokens.get("id_token")
        if not isinstance(presented, str):
            raise ProviderTrouble(f"{provider.name} Error - no id_token")
        claims = await proved(world, provider, at, presented, departure.nonce)
    profile = await _profile(world, provider, at, tokens)
    subject = oidc.subject(provider, (claims, profile) if claims else (profile,))
    kept = {name: tokens[name] for name in _TOKENS if isinstance(tokens.get(name), str)}
    raw = {"tokenResponse": tokens, "idToken": claims, "userInfo": profile}
    # Claims of the ID token replace those of userInfo [docs: cognito-user-pools-oidc-flow].
    return External(provider.name, subject, {**profile, **claims, **kept}, raw, departure.nonce)


async def endpoints(world: World, provider: Provider) -> Endpoints:
    """Return the provider's endpoints.

    Unknown ones are discovered, and stored with an OIDC provider.

    Raises:
        ProviderTrouble
    """
    if oidc.is_mock(provider):
        path = f"{MOCK_IDP_PATH}/{provider.pool_id}/{quote(provider.name, safe='')}"
        own, page, issuer = (f"{base}{path}" for base in (world.own_url, world.public_url, world.fixed_url))
        return Endpoints(f"{page}/authorize", f"{own}/token", f"{own}/userinfo", f"{own}/jwks", issuer)
    addresses = oidc.own_addresses(provider)
    if oidc.needs_discovery(provider, addresses):
        found = await discover(world, addresses["oidc_issuer"], provider)
        addresses = {**found, **addresses}
        now = world.store.providers.get(provider.key)
        if provider.type == "OIDC" and now is not None and now.details == provider.details:
            details = MappingProxyType({**found, **provider.details})
            with world.store.write():
                world.store.providers.put(replace(now, details=details))
    return oidc.endpoints(provider, addresses)


async def discover(world: World, issuer: str, provider: Provider | None = None) -> dict[str, str]:
    """Return the endpoints of a discovery document, by their names in ProviderDetails.

    Raises:
        ProviderTrouble
    """
    url = oidc.discovery_url(issuer)
    try:
        answer = await redirects.request(world, Outgoing("GET", url, _JSON), _TIMEOUT, provider)
        if answer.status != 200:
            raise ValueError(f"it answers {answer.status}")
        return oidc.read_discovery(answer.body, issuer)
    except WebClosed:
        raise ProviderTrouble(f"Discovery of {issuer} failed", "server_error") from None
    except (WebError, ValueError) as error:
        log.warning("The discovery document %s cannot be used: %s", url, error)
        raise ProviderTrouble(f"Discovery of {issuer} failed", "server_error") from None


async def proved(world: World, provider: Provider, at: Endpoints, token: str, nonce: str | None) -> Mapping[str, Any]:
    """Return the claims of the provider's ID token.

    Its keys are fetched for every token, as AWS does. `nonce` is None where none was sent.

    Raises:
        ProviderTrouble
    """
    try:
        answer = await redirects.request(world, Outgoing("GET", at.jwks, _JSON), _TIMEOUT, provider)
        jwks = oidc.json_object(answer.body) if answer.status == 200 else {}
    except WebTimeout:
        raise ProviderTrouble("Timeout in calling jwks uri") from None  # [docs: authorization-endpoint]
    except (WebError, ValueError) as error:
        log.warning("The keys of %s cannot be used: %s", provider.name, error)
        raise ProviderTrouble("Error in calling jwks uri") from None
    try:
        claims = foreign_tokens.verified(token, jwks, provider.details.get("client_secret"))
    except BadToken as error:
        log.warning("The ID token of %s is refused: %s", provider.name, error)
        raise ProviderTrouble("Bad id_token signature") from None
    client_id = provider.details["client_id"]
    oidc.check_claims(claims, issuer=at.issuer, client_id=client_id, nonce=nonce, now=world.clock.now())
    return claims


async def _tokens(world: World, provider: Provider, at: Endpoints, departure: Departure, code: str) -> dict[str, Any]:
    """Return the token endpoint's answer.

    The client authenticates by client_secret_post alone [docs: cognito-user-pools-oidc-idp].
    """
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": departure.callback,
        "client_id": provider.details["client_id"],
    }
    secret = _client_secret(world, provider, at)
    sent |= {"client_secret": secret} if secret else {}
    body = urlencode(sent)
    try:
        if provider.details.get("token_request_method") == "GET":
            url = f"{at.token}{'&' if '?' in at.token else '?'}{body}"
            answer = await redirects.request(world, Outgoing("GET", url, _JSON), _TIMEOUT, provider)
        else:
            answer = await redirects.request(
                world, Outgoing("POST", at.token, _FORM, body.encode()), _TIMEOUT, provider
            )
    except WebTimeout:
        # [docs: authorization-endpoint]
        raise ProviderTrouble("Timeout occurred in calling IdP token endpoint") from None
    except (WebError, ValueError) as error:
        log.warning("%s returned no tokens: %s", provider.name, error)
        raise ProviderTrouble("Connection reset") from None  # [docs: authorization-endpoint]
    return _read_tokens(provider, answer)


def _read_tokens(provider: Provider, answer: Answer) -> dict[str, Any]:
    try:
        found = oidc.json_object(answer.body)
    except ValueError:
        found = {}
    if answer.status == 200 and isinstance(found.get("access_token"), str):
        return found
    told = [found.get(name) for name in ("error", "error_description")]
    text = " ".join(part[:200] for part in told if isinstance(part, str)) or "error getting token"
    # `LoginWithAmazon Error - 400 invalid_request The request is missing …` [docs: authorization-endpoint].
    raise ProviderTrouble(f"{provider.name} Error - {answer.status} {text}")


def _client_secret(world: World, provider: Provider, at: Endpoints) -> str | None:
    if provider.type != "SignInWithApple":
        return provider.details.get("client_secret")
    if oidc.is_mock(provider):
        return None  # a developer who only tests has no key from Apple
    details = provider.details
    try:
        return foreign_tokens.apple_secret(
            details["private_key"],
            team_id=details["team_id"],
            key_id=details["key_id"],
            client_id=details["client_id"],
            issuer=at.issuer,
            now=world.clock.now(),
        )
    except BadToken as error:
        raise ProviderTrouble(f"{provider.name} Error - {error}", "server_error") from None


async def _profile(world: World, provider: Provider, at: Endpoints, tokens: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the userInfo claims.

    With an ID token they may be absent: "may be empty if the IdP doesn't support the UserInfo endpoint or if the
    endpoint call fails" [docs: user-pool-lambda-inbound-federation].
    """
    method = provider.details.get("attributes_request_method", "GET")
    headers = {"authorization": f"Bearer {tokens['access_token']}", **_JSON}
    try:
        asked = Outgoing(method, oidc.attributes_url(provider, at), headers)
        answer = await redirects.request(world, asked, _TIMEOUT, provider)
        if answer.status == 200:
            return oidc.json_object(answer.body)
        problem = f"{provider.name} Error - {answer.status} error getting user info"
    except WebTimeout:
        problem = "Read timed out"  # [docs: authorization-endpoint]
    except (WebError, ValueError) as error:
        log.warning("%s returned no profile: %s", provider.name, error)
        problem = "Connection reset"
    if provider.type in oidc.WITHOUT_ID_TOKEN:
        raise ProviderTrouble(problem)
    return {}

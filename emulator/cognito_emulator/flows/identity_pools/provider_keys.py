"""The keys by which tokens of social and IAM OIDC providers are checked.

AWS keeps an issuer's keys "for a brief period" [docs: open-id]. Here they are fetched for every request, so that new
ones are valid at once. No keys are fetched for a token that is refused anyway, or for a provider that the pool does
not have.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cognito_emulator.domain.errors import ApiError
from cognito_emulator.domain.federation import oidc
from cognito_emulator.domain.federation.oidc import ProviderTrouble
from cognito_emulator.domain.federation.redirection import Outgoing
from cognito_emulator.domain.identity_pools import login_provider, login_token
from cognito_emulator.domain.identity_pools.identity_errors import ExternalService
from cognito_emulator.domain.identity_pools.identity_pool import IdentityPool
from cognito_emulator.domain.identity_pools.login_provider import ISSUERS, LoginProvider
from cognito_emulator.ports.keys import unverified
from cognito_emulator.ports.web import WebError

if TYPE_CHECKING:
    from cognito_emulator.world import World

log = logging.getLogger("emulator")
_SECONDS = 5.0
NO_KEYS: Mapping[str, Any] = {}


class OpenId(Struct, frozen=True):
    """A provider of ID tokens that a pool has.

    `mapping` is its name in RoleMappings. Without `url` the built-in provider signs for it.
    """

    mapping: str
    issuers: tuple[str, ...]
    clients: tuple[str, ...]
    url: str = ""


class Evidence(Struct, frozen=True):
    """What judging the tokens of one Logins map took waiting for.

    `keys` are JWK sets by issuer URL, or what stood in the way; `mock_keys` and `certificate` are the built-in
    provider's.
    """

    keys: Mapping[str, Mapping[str, Any] | ExternalService]
    mock_keys: Mapping[str, Any]
    certificate: str = ""

    def of(self, provider: OpenId) -> Mapping[str, Any]:
        """Return the provider's JWK set; empty where it was not fetched.

        Raises:
            ExternalService
        """
        if not provider.url:
            return self.mock_keys
        found = self.keys.get(provider.url, NO_KEYS)
        if isinstance(found, ExternalService):
            raise found
        return found


def open_id(world: World, pool: IdentityPool, name: str, claims: Mapping[str, Any]) -> OpenId | None:
    """Return the provider of ID tokens that a key of a Logins map means, if any.

    Google may be there twice, as a social provider and by IAM: "if your app … is available on multiple mobile
    platforms" [docs: google]. Then it is the one that knows the token's client. An IAM provider without a record does
    not count.
    """
    found = []
    arn = pool.oidc_arn(name)
    known = world.store.login_providers.get(login_provider.key_of(arn)) if arn else None
    if arn is not None and known is not None:
        found.append(OpenId(arn, _issuers(known.url), known.clients, "" if known.mock else known.url))
    if name in pool.social and name in ISSUERS:
        led = world.store.login_providers.get(name)
        clients = login_provider.app_ids(pool.social[name])
        found.append(OpenId(name, _issuers(led.url) if led else ISSUERS[name], clients, led.url if led else ""))
    if not found:
        return None
    try:
        meant = login_token.audience(claims)
    except ApiError:
        meant = []
    return next((one for one in found if any(client in one.clients for client in meant)), found[0])


def _issuers(url: str) -> tuple[str, ...]:
    """Return the allowed values of `iss`; Google has two."""
    return next((both for both in ISSUERS.values() if url in both), (url,))


def saml(world: World, pool: IdentityPool, name: str) -> LoginProvider | None:
    """Return the SAML provider that a key of a Logins map means, as `open_id`."""
    return world.store.login_providers.get(login_provider.key_of(name)) if name in pool.saml else None


async def gather(world: World, pool: IdentityPool, given: Mapping[str, str]) -> Evidence:
    """Fetch everything that the checks of these tokens need.

    After the first provider that fails no other is asked, since no login of a map may fail.
    """
    keys: dict[str, Mapping[str, Any] | ExternalService] = {}
    if not any(name in pool.foreign for name in given):
        return Evidence(keys, NO_KEYS)
    for url in [url for name, token in given.items() if (url := _asked(world, pool, name, token))]:
        if url in keys:
            continue
        try:
            keys[url] = await _fetched(world, url)
        except ExternalService as trouble:
            keys[url] = trouble
            break
    from cognito_emulator.flows.federation import mock_idp, mock_idp_saml

    signing = await mock_idp.key(world)
    has_saml = any(name in pool.saml for name in given)
    return Evidence(keys, {"keys": [signing.jwk]}, await mock_idp_saml.certificate(world) if has_saml else "")


def _asked(world: World, pool: IdentityPool, name: str, token: str) -> str:
    """Return the issuer whose keys are needed.

    It is empty where the keys could prove nothing about the token.
    """
    _, claims = unverified(token)
    provider = open_id(world, pool, name, claims) if claims else None
    if provider is None:
        return ""
    try:
        login_token.check_issued(claims, provider.issuers, provider.clients)
        login_token.check_times(claims, int(world.clock.now()))
    except ApiError:
        return ""
    return provider.url


async def _fetched(world: World, url: str) -> Mapping[str, Any]:
    """Return the RSA keys behind an issuer's discovery document.

    "The signature must be verifiable via an RSA public key" [docs: open-id].

    Raises:
        ExternalService: they are not available [own wording].
    """
    from cognito_emulator.flows.federation import oidc_client, redirects

    try:
        at = (await oidc_client.discover(world, url)).get("jwks_uri")
        if at is None:
            raise ValueError("its discovery document has no jwks_uri")
        answer = await redirects.request(world, Outgoing("GET", at, {"accept": "application/json"}), _SECONDS)
        if answer.status != 200:
            raise ValueError(f"{at} answers {answer.status}")
        keys = oidc.json_object(answer.body).get("keys")
    except (ProviderTrouble, WebError, ValueError) as problem:
        log.warning("The keys of %s cannot be used: %s", url, problem)
        raise ExternalService(f"The keys of {login_provider.host_of(url)} cannot be fetched.").because(
            "identity.outside"
        ) from None
    listed = keys if isinstance(keys, list) else []
    return {"keys": [key for key in listed if isinstance(key, dict) and key.get("kty") == "RSA"]}

"""Token exchange with tokens of the pool's OIDC and SAML providers.

The provider's keys prove the token, whose user is looked up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.federation import attribute_mapping as rules
from cognito_emulator.domain.federation import provider_levels
from cognito_emulator.domain.federation.oidc import ProviderTrouble, subject
from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.domain.federation.saml import Assertion
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.tokens import token
from cognito_emulator.domain.tokens.token import RefreshFamily
from cognito_emulator.domain.users.user import User
from cognito_emulator.domain.users.user_checks import require_user
from cognito_emulator.flows.federation import oidc_client, saml_client, sign_in

if TYPE_CHECKING:
    from cognito_emulator.world import World

SAML2 = "SAML2"


async def claims(world: World, client_id: str, name: str, presented: str, kind: str) -> Mapping[str, Any]:
    """Return the claims of a token of the provider `name`.

    The checks are those of an ID token at sign-in: signature, issuer and expiry. The audience is the provider's
    client id, for access tokens too [assumed].

    Raises:
        ResourceNotFound: no such provider.
        InvalidParameter: the client does not have it, or it issues no tokens of that kind.
        NotAuthorized: the token is not valid.
        NotImplementedHere: an assertion, without the extra `saml`.
    """
    provider = find(world, client_id, name)
    if (provider.type == "SAML") != (kind == SAML2):
        raise errors.InvalidParameter(f"Identity provider {name} does not issue tokens of the type {kind}.").because(
            "oauth.exchange-token-type", value=kind
        )
    try:
        if kind == SAML2:
            return _told(await saml_client.exchanged(world, provider, presented))
        at = await oidc_client.endpoints(world, provider)
        found = await oidc_client.proved(world, provider, at, presented, None)
        subject(provider, (found,))
    except ProviderTrouble as trouble:
        raise errors.NotAuthorized(f"Invalid token. {trouble.description}").because("tokens.exchanged") from None
    return {**found, "exp": int(found["exp"])}


def _told(assertion: Assertion) -> Mapping[str, Any]:
    """Return an assertion as claims; `exp` is the earliest of its end times."""
    ends = [one.not_on_or_after for one in assertion.confirmations]
    known = [end for end in (*ends, assertion.not_on_or_after, assertion.session_end) if end is not None]
    return {
        "iss": assertion.issuer,
        "sub": assertion.name_id,
        "exp": int(min(known)),
        "attributes": assertion.claims,
    }


def find(world: World, client_id: str, name: str) -> Provider:
    """Return the provider `name` of the client's pool.

    Raises:
        ResourceNotFound, InvalidParameter
    """
    pool, _ = world.client(client_id)
    if (pool.id, name) not in world.store.providers:
        raise errors.ResourceNotFound(f"Identity provider {name} does not exist.").because(
            "federation.provider-unknown", value=name
        )
    provider = sign_in.place(world, client_id, name).provider
    if provider.type not in ("OIDC", "SAML"):
        raise errors.InvalidParameter(f"Identity provider {name} is not an OIDC or SAML provider.").because(
            "oauth.exchange-token-type", value=name
        )
    return provider


def user_of(world: World, client_id: str, name: str, about: Mapping[str, Any]) -> User:
    """Return the user of a proved token; no user is created.

    The user has signed in by the provider, or is linked to it.

    Raises:
        UserNotFound, ResourceNotFound, InvalidParameter
    """
    provider = find(world, client_id, name)
    at = sign_in.place(world, client_id, name)
    is_saml = provider.type == "SAML"
    told = about["sub"] if is_saml else subject(provider, (about,))
    attributes = rules.mapped(at.pool, at.client, provider, rules.texts(about["attributes"] if is_saml else about))
    identity = sign_in.known_identity(world, at, told, attributes)
    return require_user(world.store.users.get((at.pool.id, identity.sub)) if identity else None)


def family(
    world: World, pool: Pool, client: Client, user: User, *, name: str, about: Mapping[str, Any]
) -> RefreshFamily:
    """Return a sign-in for the derived token, not stored yet.

    Thus the token can be revoked. The sign-in has no refresh token.
    """
    now = world.clock.now()
    return RefreshFamily(
        origin=world.ids.uuid(),
        pool_id=pool.id,
        client_id=client.id,
        sub=user.sub,
        event_id=world.ids.uuid(),
        digest=token.digest(world.ids.bytes(32).hex()),
        auth_time=int(now),
        created=now,
        expires=min(now + client.validity.access, about["exp"]),
        scope="",
        active=now,
        context=provider_levels.federated(pool, find(world, client.id, name), about),
    )

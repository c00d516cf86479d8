"""Logins maps: the users at providers that the caller claims to be, and proofs.

    prepare   waits for what the checks of the tokens need
    prove     checks all of them; it waits for nothing and changes nothing, and can be repeated
    spend     once for a request: an assertion is valid once for each operation

ID tokens of this emulator's own user pools are checked here, those of other providers in `provider_tokens`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.federation.saml import UsedAssertion
from cognito_emulator.domain.identity_pools import identity_errors, login_token
from cognito_emulator.domain.identity_pools.identity import Login
from cognito_emulator.domain.identity_pools.identity_pool import IdentityPool, UserPoolProvider
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user_checks import require_enabled
from cognito_emulator.flows.federation import used_assertions
from cognito_emulator.flows.identity_pools import provider_keys, provider_names, provider_tokens, tokens
from cognito_emulator.flows.identity_pools.provider_keys import Evidence
from cognito_emulator.flows.tokens.access import has_expired, live_family
from cognito_emulator.ports.keys import BadSignature, SigningKey, unverified

if TYPE_CHECKING:
    from cognito_emulator.world import World


class Proved(Struct, frozen=True):
    """A login whose token is valid.

    `mapping` is its name in RoleMappings: `provider:client`, or the provider. `roles` are those that a SAML assertion
    offers, None with other tokens. `used` is the assertion.
    """

    login: Login
    mapping: str
    claims: Mapping[str, Any]
    roles: tuple[str, ...] | None = None
    used: UsedAssertion | None = None


async def prepare(world: World, pool: IdentityPool, logins: Mapping[str, str]) -> Evidence:
    """Wait for what the checks of these logins need.

    After this nothing waits. The caller must look the pool up again.
    """
    for name in logins:
        user_pool = provider_names.user_pool(world, name)
        if user_pool is not None:
            await world.keys.of(user_pool.id)
    return await provider_keys.gather(world, pool, logins)


def prove(
    world: World, operation: str, pool: IdentityPool, logins: Mapping[str, str], evidence: Evidence
) -> list[Proved]:
    """Return all logins of a map, each of which must be valid.

    `operation` is the requested one.

    Raises:
        NotAuthorized: a token that is not valid here; the text says why.
        ExternalService: a provider's keys are not available.
        NotImplementedHere: a SAML assertion, without the extra `saml`.
    """
    return [_prove(world, operation, pool, name, token, evidence=evidence) for name, token in logins.items()]


def spend(world: World, proved: Iterable[Proved]) -> None:
    """Use the assertions among the logins up.

    The caller does so only for a request that is not refused.

    Raises:
        NotAuthorized: one was used before in a request of this operation [own wording].
    """
    used = [one.used for one in proved if one.used is not None]
    if not used_assertions.keep(world, used):
        raise identity_errors.invalid_token("The SAML assertion was used before.")


def _prove(world: World, operation: str, pool: IdentityPool, name: str, token: str, *, evidence: Evidence) -> Proved:
    if tokens.may_be_own(world, name):
        # Only GetCredentialsForIdentity accepts those, and does not call this with one.
        raise identity_errors.invalid_token("Can't pass in a Cognito token.")
    user_pool = provider_names.user_pool(world, name)
    provider = provider_names.canonical_of(user_pool, name)
    entries = [
        entry
        for entry in pool.user_pools
        if entry.name == name or provider_names.canonical(world, entry.name) == provider
    ]
    if user_pool is not None and not entries:
        raise _unsupported(world, user_pool, token)
    if not entries:
        found = provider_tokens.prove(world, operation, pool, name, token, evidence=evidence)
        login = Login(provider, found.subject)
        return Proved(login, found.mapping, found.claims, found.roles, found.used)
    claims = _verified(world, user_pool, token, entries)
    client = claims["aud"]
    if any(entry.checks_tokens for entry in entries if entry.client_id == client):
        _check_with_user_pool(world, claims)
    return Proved(Login(provider, claims["sub"]), f"{provider}:{client}", claims)


def _unsupported(world: World, user_pool: Pool, token: str) -> errors.NotAuthorized:
    """Return the error for a token of a user pool that the identity pool lacks."""
    _, claims = unverified(token)
    if not claims:
        return identity_errors.invalid_token("Not a valid OpenId Connect identity token.")
    issued = str(claims.get("iss"))
    return login_token.unsupported(claims, (issued if world.is_issuer(user_pool, issued) else world.issuer(user_pool),))


def _verified(world: World, user_pool: Pool | None, token: str, entries: list[UserPoolProvider]) -> Mapping[str, Any]:
    """Return the claims of a user pool's ID token.

    The order of the checks follows public reports [observed: amazon-archives/amazon-cognito-identity-js#7,
    amazon-cognito-identity-js#40, amazon-cognito-identity-js#68, amazon-cognito-identity-js#220].
    """
    kid, claims = unverified(token)
    if not claims:
        raise identity_errors.invalid_token("Not a valid OpenId Connect identity token.")
    if "aud" not in claims:
        raise identity_errors.invalid_token("Missing a required claim: aud")
    if user_pool is None or not world.is_issuer(user_pool, claims.get("iss")):
        raise identity_errors.invalid_token("Issuer doesn't match providerName")
    if claims["aud"] not in [entry.client_id for entry in entries]:
        raise identity_errors.unsupported_provider()
    keys = world.keys.known(user_pool.id)
    claims = _signed_by(keys.id_key_of(kid) if keys else None, token)
    if claims.get("token_use") != "id":
        raise identity_errors.invalid_token("Not a valid OpenId Connect identity token.")
    now = int(world.clock.now())
    if has_expired(world, claims):
        raise identity_errors.invalid_token(f"Token expired: {now} >= {claims['exp']}")
    return claims


def _signed_by(key: SigningKey | None, token: str) -> dict[str, Any]:
    if key is not None:
        try:
            return key.verify(token)
        except BadSignature:
            pass
    raise identity_errors.invalid_token("Couldn't verify signed token.")


def _check_with_user_pool(world: World, claims: Mapping[str, Any]) -> None:
    """Refuse a token of a deleted or disabled user, or a revoked one.

    This is ServerSideTokenCheck [docs: amazon-cognito-integrating-user-pools-with-identity-pools]. The texts are
    those of user pools [assumed].

    Raises:
        NotAuthorized
    """
    pool_id = str(claims["iss"]).rpartition("/")[2]
    user = world.store.users.get((pool_id, claims["sub"]))
    require_enabled(user, lambda: errors.NotAuthorized("User does not exist."))
    if live_family(world, claims) is None:
        raise errors.NotAuthorized("Token has been revoked").because("tokens.access-revoked")

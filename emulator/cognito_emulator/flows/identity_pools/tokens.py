"""The OpenID tokens of identity pools: who issues and signs them, and whether one is ours.

All pools share one issuer and one key, as on AWS. By default the issuer is `<public URL>/cognito-identity`; its
documents are served there whatever the issuer is (`oauth.identity_issuer`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cognito_emulator.domain.identity_pools import identity_errors, identity_token
from cognito_emulator.domain.identity_pools.identity import PoolIdentity
from cognito_emulator.domain.identity_pools.identity_pool import IdentityPool
from cognito_emulator.domain.identity_pools.identity_token import NAME
from cognito_emulator.ports.keys import BadSignature, SigningKey, unverified

if TYPE_CHECKING:
    from cognito_emulator.world import World
_ALGORITHM = "RS512"


def issuer(world: World, region: str) -> str:
    """The `iss` claim of the tokens of a region's identity pools."""
    if world.settings.issuer == "local":
        return f"{world.public_url}/{NAME}"
    if world.settings.issuer == "aws":
        return f"https://{identity_token.aws_issuer_host(region)}"
    return f"{world.settings.issuer.rstrip('/')}/{NAME}"


def is_own(world: World, region: str, provider: str) -> bool:
    """Whether a key of a Logins map means our own tokens: the issuer as `iss` has it ("use that value as the logins
    map key", developer guide) or without its scheme, or AWS's name of it, which programs have written into them."""
    ours = issuer(world, region)
    theirs = identity_token.aws_issuer_host(region)
    return provider in (ours, ours.partition("://")[2], theirs, f"https://{theirs}")


def may_be_own(world: World, provider: str) -> bool:
    """Whether a key of a Logins map means tokens of identity pools, of whichever region."""
    return identity_token.is_issuer_host(provider) or is_own(world, world.settings.region, provider)


async def key(world: World) -> SigningKey:
    """The key of all identity pools; waits for it to be made the first time."""
    return (await world.keys.of(NAME)).id_key


def kid(world: World, signing: SigningKey) -> str:
    """The region with a running number after it (recorded); the number is the key's own, so that a verifier's cache
    never takes a new key for the old one."""
    number = int.from_bytes(hashlib.sha256(signing.kid.encode()).digest()[:4], "big")
    return f"{world.settings.region}{number}"


def jwks(world: World, signing: SigningKey) -> dict[str, list[dict[str, str]]]:
    return {"keys": [{**signing.jwk, "alg": _ALGORITHM, "kid": kid(world, signing)}]}


def sign(
    world: World,
    signing: SigningKey,
    pool: IdentityPool,
    identity: PoolIdentity,
    amr: list[str],
    lifetime: int,
    tags: Mapping[str, str],
) -> str:
    """A token about `identity`, good for `lifetime` seconds from now."""
    now = int(world.clock.now())
    claims = identity_token.claims(pool, identity.id, amr, issuer(world, pool.region), now, lifetime, tags)
    return signing.sign(claims, kid=kid(world, signing), typ="JWS", alg=_ALGORITHM)


def verify(world: World, signing: SigningKey, pool: IdentityPool, token: str) -> Mapping[str, Any]:
    """The claims of a token that we gave out for an identity of this pool.

    Raises:
        NotAuthorized: it is none of ours, or of another pool, or has expired.
    """
    named, claims = unverified(token)
    if named != kid(world, signing):
        raise identity_errors.invalid_token("Not a Cognito token.")
    if claims.get("iss") != issuer(world, pool.region):
        raise identity_errors.invalid_token("Issuer doesn't match providerName")
    try:
        claims = signing.verify(token, _ALGORITHM)
    except BadSignature:
        raise identity_errors.invalid_token("Couldn't verify signed token.") from None
    if claims["aud"] != pool.id:
        raise identity_errors.unsupported_provider()
    now = int(world.clock.now())
    if claims["exp"] <= now:
        raise identity_errors.invalid_token(f"Token expired: {now} >= {claims['exp']}")
    return claims

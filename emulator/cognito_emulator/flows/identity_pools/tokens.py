"""The OpenID tokens of identity pools: their issuer, signature and check.

All pools share one issuer and one key, as on AWS. By default the issuer is `<public URL>/cognito-identity`. Its
documents are served there whatever the issuer is (`oauth.identity_issuer`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from cognito_emulator.domain.identity_pools import identity_errors, identity_token
from cognito_emulator.domain.identity_pools.identity import PoolIdentity
from cognito_emulator.domain.identity_pools.identity_pool import IdentityPool
from cognito_emulator.domain.identity_pools.issuer_name import NAME
from cognito_emulator.ports.keys import BadSignature, SigningKey, unverified

if TYPE_CHECKING:
    from cognito_emulator.world import World
_ALGORITHM = "RS512"


def issuer(world: World, region: str) -> str:
    """Return the `iss` claim of the tokens of a Region's identity pools."""
    if world.settings.issued_as == "local":
        return f"{world.public_url}/{NAME}"
    if world.settings.issued_as == "aws":
        return f"https://{identity_token.aws_issuer_host(region)}"
    return f"{world.settings.issuer.rstrip('/')}{world.prefix}/{NAME}"


def is_issuer(world: World, region: str, issued: object) -> bool:
    """Return whether tokens of a Region's identity pools may have this `iss` claim.

    It follows the rule of `World.is_issuer`.
    """
    if isinstance(issued, str) and world.settings.issued_as == "local":
        return world.is_own_url(issued, f"/{NAME}")
    return issued == issuer(world, region)


def is_own(world: World, region: str, provider: str) -> bool:
    """Return whether a key of a Logins map means the emulator's own tokens.

    It does as the issuer in `iss`, "use that value as the logins map key" [docs: developer-authenticated-identities].
    So it does without the scheme, or as AWS's name, which programs contain. All of these have NAME in them.
    """
    if NAME not in provider:  # a request asks for each key three times, and few compare an address
        return False
    theirs = identity_token.aws_issuer_host(region)
    if provider in (theirs, f"https://{theirs}"):
        return True
    written = (provider,) if "://" in provider else (f"http://{provider}", f"https://{provider}")
    return any(is_issuer(world, region, one) for one in written)


def may_be_own(world: World, provider: str) -> bool:
    """Return whether a key of a Logins map means tokens of any identity pools.

    The Region does not matter.
    """
    return NAME in provider and (
        identity_token.is_issuer_host(provider) or is_own(world, world.settings.region, provider)
    )


async def key(world: World) -> SigningKey:
    """Return the key of all identity pools; the first call waits for it."""
    return (await world.keys.of(NAME)).id_key


def kid(world: World, signing: SigningKey) -> str:
    """Return the key id: the Region with a number after it [assumed].

    The number is derived from the key, so that a verifier's cache never takes a new key for the old one.
    """
    number = int.from_bytes(hashlib.sha256(signing.kid.encode()).digest()[:4], "big")
    return f"{world.settings.region}{number}"


def jwks(world: World, signing: SigningKey) -> dict[str, list[dict[str, str]]]:
    return {"keys": [{**signing.jwk, "alg": _ALGORITHM, "kid": kid(world, signing)}]}


async def sign(
    world: World,
    signing: SigningKey,
    pool: IdentityPool,
    identity: PoolIdentity,
    *,
    amr: list[str],
    lifetime: int,
    tags: Mapping[str, str],
) -> str:
    """Return a token about `identity`, valid for `lifetime` seconds from now.

    The identity may be gone when it is signed; the caller looks.
    """
    now = int(world.clock.now())
    claims = identity_token.claims(
        pool, identity.id, amr, issuer=issuer(world, pool.region), now=now, lifetime=lifetime, tags=tags
    )
    header = {"kid": kid(world, signing), "typ": "JWS", "alg": _ALGORITHM}
    (signed,) = await world.crypto.together(partial(signing.sign, claims, **header))
    return signed


def verify(world: World, signing: SigningKey, pool: IdentityPool, token: str) -> Mapping[str, Any]:
    """Return the claims of a token that was issued for an identity of this pool.

    Raises:
        NotAuthorized: it is not the emulator's own, or another pool's, or has expired.
    """
    named, claims = unverified(token)
    if named != kid(world, signing):
        raise identity_errors.invalid_token("Not a Cognito token.")
    if not is_issuer(world, pool.region, claims.get("iss")):
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

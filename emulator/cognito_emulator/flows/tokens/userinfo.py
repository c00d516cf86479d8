"""The userInfo endpoint: claims about the user of an access token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cognito_emulator.domain import errors
from cognito_emulator.domain.hosted.oauth_error import invalid_token, without_openid
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.tokens.token import can_read, in_scopes
from cognito_emulator.flows.tokens.access import live_family, verified_claims

if TYPE_CHECKING:
    from cognito_emulator.world import World


async def userinfo(world: World, access_token: str, domain_pool: Pool | None) -> dict[str, str]:
    """Return the claims of the token's scopes, which must include openid.

    All values are texts, `email_verified` too [docs: userinfo-endpoint].

    Raises:
        OAuthError: invalid_token; also without openid, and for another pool than the domain's.
    """
    try:
        claims = await verified_claims(world, access_token)
        pool, client = world.client(claims["client_id"])
    except errors.ApiError:
        raise invalid_token() from None
    scopes = frozenset(str(claims.get("scope", "")).split())
    user = world.store.users.get((pool.id, claims["sub"]))
    family = live_family(world, claims)
    strange = domain_pool is not None and domain_pool.id != pool.id
    if strange:
        raise invalid_token().because("tokens.access-revoked")
    if "openid" not in scopes:
        raise without_openid().because("oauth.openid-missing")
    if user is None or family is None or not user.enabled:
        raise invalid_token().because("tokens.access-revoked")
    shown = {"sub": user.sub}
    shown |= {name: value for name, value in user.attributes if can_read(client, name) and in_scopes(name, scopes)}
    return shown | {"username": user.username}

"""Access tokens at Cognito's own operations: the caller, and the token's validity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.tokens.token import USER_SCOPE, RefreshFamily
from cognito_emulator.domain.users.user import RESET_REQUIRED, User
from cognito_emulator.domain.users.user_checks import require_enabled, require_user
from cognito_emulator.ports.keys import BadSignature, unverified

if TYPE_CHECKING:
    from cognito_emulator.world import World


class Access(Struct, frozen=True):
    """A valid access token's pool, client, user and sign-in.

    It is valid until the next `await`; then the caller looks the records up again.
    """

    pool: Pool
    client: Client
    user: User
    family: RefreshFamily
    claims: Mapping[str, Any]


async def authorize(world: World, access_token: str, *, during_reset: bool = False) -> Access:
    """Return the caller of a token-authorized operation.

    With `during_reset` a user whose password was reset is accepted. That is for operations without that error.

    Raises:
        NotAuthorized: not an access token of this emulator, wrong signature, expired, revoked, without the user
            scope, or of a disabled user.
        UserNotFound: the user is deleted.
        ResourceNotFound: the app client is deleted.
        PasswordResetRequired: an administrator has reset the password since.
    """
    claims = await verified_claims(world, access_token)
    if USER_SCOPE not in str(claims.get("scope", "")).split():
        # First: a machine's token has no user.
        raise errors.NotAuthorized("Access Token does not have required scopes").because(
            "tokens.access-scope", value=claims.get("scope")
        )
    pool, client = world.client(claims["client_id"])
    user = require_user(world.store.users.get((pool.id, claims["sub"])))
    family = live_family(world, claims)
    if family is None:
        raise errors.NotAuthorized("Access Token has been revoked").because("tokens.access-revoked")
    require_enabled(user)
    if user.status == RESET_REQUIRED and not during_reset:
        raise errors.PasswordResetRequired("Password reset required for the user").because(
            "auth.password-reset-required"
        )
    return Access(pool, client, user, family, claims)


def live_family(world: World, claims: Mapping[str, Any]) -> RefreshFamily | None:
    """Return the sign-in that a token comes from.

    Returns None if it was revoked or deleted, and for a machine's token.
    """
    family = world.store.families.find("event", str(claims.get("event_id")))
    return None if family is None or family.revoked else family


def has_expired(world: World, claims: Mapping[str, Any]) -> bool:
    """Return whether a token has expired, by its time or because a test said so."""
    family = world.store.families.find("event", str(claims.get("event_id")))
    declared = family is not None and claims["event_id"] in family.expired_events
    return bool(claims["exp"] <= world.clock.now()) or declared


def check_credit(world: World, attempt: Attempt) -> None:
    """Refuse to continue from an earlier sign-in that has ended since.

    Its factors no longer prove anything.

    Raises:
        NotAuthorized: as with its access token.
    """
    if not attempt.proof.credited or attempt.proof.backing in world.store.browser_sessions:
        return
    if live_family(world, {"event_id": attempt.proof.backing}) is None:
        raise errors.NotAuthorized("Access Token has been revoked").because("tokens.access-revoked")


async def verified_claims(world: World, access_token: str) -> Mapping[str, Any]:
    """Return the claims of an access token that a pool here signed, if not expired."""
    kid, claims = unverified(access_token)
    issuer = claims.get("iss")
    pool = world.store.pools.get(issuer.rsplit("/", 1)[-1]) if isinstance(issuer, str) else None
    if pool is None or claims.get("token_use") != "access" or not world.is_issuer(pool, issuer):
        raise errors.NotAuthorized("Invalid Access Token").because(
            "tokens.access-not-ours", setting="token_use", value=claims.get("token_use")
        )
    keys = await world.keys.of(pool.id)
    key = keys.access_key_of(kid)
    if key is None:
        raise errors.NotAuthorized("Invalid Access Token").because("tokens.access-signature")
    try:
        claims = key.verify(access_token)
    except BadSignature:
        raise errors.NotAuthorized("Could not verify signature for Access Token").because(
            "tokens.access-signature"
        ) from None
    if has_expired(world, claims):
        raise errors.NotAuthorized("Access Token has expired").because(
            "tokens.access-expired", setting="AccessTokenValidity", value=_validity(world, claims)
        )
    return claims


def _validity(world: World, claims: Mapping[str, Any]) -> Any:
    """Return the setting of a token's app client, which TokenValidityUnits counts."""
    client = world.store.clients.get(claims.get("client_id", ""))
    return None if client is None else client.settings.get("AccessTokenValidity")

"""Refresh tokens: new tokens, rotation, revocation, sign-out everywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from emulator.domain import errors, removal, token
from emulator.domain.client import Client
from emulator.domain.token import REMEMBERED_ROTATIONS, RefreshFamily
from emulator.domain.user import RESET_REQUIRED, User
from emulator.flows import issue
from emulator.ports.keys import unverified

if TYPE_CHECKING:
    from emulator.world import World


def find(world: World, client: Client, refresh_token: str, device_key: str | None) -> tuple[RefreshFamily, User]:
    """The sign-in of a refresh token that is still good, and its user.

    A token issued to a device is good only with the key of that device, which must be confirmed (recorded;
    developer guide, "Troubleshooting").

    Raises:
        NotAuthorized: unknown, of another client or device, revoked, or expired; each in AWS's words.
        RefreshTokenReuse: rotation has replaced it, and its grace period is over.
    """
    family = world.store.families.find("token", token.digest(refresh_token))
    user = world.store.users.get(family.user_key) if family else None
    if family is None or user is None or family.client_id != client.id:
        raise errors.NotAuthorized("Invalid Refresh Token.")
    if family.revoked:
        raise errors.NotAuthorized("Refresh Token has been revoked")
    now = world.clock.now()
    if family.expires <= now:
        raise errors.NotAuthorized("Refresh Token has expired")
    until = dict(family.rotated).get(token.digest(refresh_token))
    if until is not None and until <= now:
        raise errors.RefreshTokenReuse("Refresh token has been rotated and can not be used again.")
    if not user.enabled:
        raise errors.user_disabled()
    unconfirmed = family.device_key and (*family.user_key, family.device_key) not in world.store.devices
    if (device_key or "") != family.device_key or unconfirmed:
        raise errors.NotAuthorized("Invalid Refresh Token.")
    return family, user


def _used(world: World, family: RefreshFamily, ip: str, agent: str) -> RefreshFamily:
    """`family` after one more refresh, as session tracking tells of it."""
    return replace(family, active=world.clock.now(), ip=ip, agent=agent)


async def by_initiate_auth(
    world: World, family: RefreshFamily, client: Client, user: User, ip: str, agent: str
) -> dict[str, Any]:
    """REFRESH_TOKEN_AUTH: ID and access token, no refresh token.

    Raises:
        UnsupportedOperation: the client rotates refresh tokens, with which this flow is not available.
        PasswordResetRequired: an administrator has reset the password.
    """
    if client.rotation:
        text = "REFRESH_TOKEN_AUTH is not supported when refresh token rotation is enabled for the client."
        raise errors.UnsupportedOperation(text)
    if user.status == RESET_REQUIRED:
        raise errors.PasswordResetRequired("Password reset required for the user")
    with world.store.write():
        world.store.families.put(_used(world, family, ip, agent))
    return {"AuthenticationResult": await issue.tokens(world, family), "ChallengeParameters": {}}


async def by_refresh_token(
    world: World, family: RefreshFamily, client: Client, user: User, presented: str, ip: str, agent: str
) -> dict[str, Any]:
    """GetTokensFromRefreshToken: with rotation, a new refresh token too, which keeps the family's end.

    The old one stays good for the grace period; what a repeated call in it gets is not documented: another
    new token.

    Raises:
        NotAuthorized: an administrator has reset the password (this operation models no other refusal for it).
    """
    if user.status == RESET_REQUIRED:
        raise errors.NotAuthorized("Password reset required for the user")
    family = _used(world, family, ip, agent)
    if not client.rotation:
        with world.store.write():
            world.store.families.put(family)
        return {"AuthenticationResult": await issue.tokens(world, family)}
    fresh = issue.refresh_token(world)
    until = world.clock.now() + client.rotation_grace
    replaced = dict(family.rotated) | {family.digest: until}
    if presented and token.digest(presented) != family.digest:
        replaced.setdefault(token.digest(presented), until)
    rotated = replace(family, digest=token.digest(fresh), rotated=tuple(replaced.items())[-REMEMBERED_ROTATIONS:])
    with world.store.write():
        world.store.families.put(rotated)
    return {"AuthenticationResult": {**await issue.tokens(world, rotated), "RefreshToken": fresh}}


def revoke(world: World, client: Client, presented: str) -> None:
    """RevokeToken: the family of a refresh token dies, with its access tokens. An unknown one is no error.

    Raises:
        UnsupportedOperation: the client has EnableTokenRevocation false.
        UnsupportedTokenType: an access or ID token.
        Unauthorized: a refresh token of another client.
    """
    if not client.token_revocation:
        raise errors.UnsupportedOperation("Revoke token is not supported for this app client.")
    if "token_use" in unverified(presented)[1]:
        raise errors.UnsupportedTokenType("Unsupported token type; only refresh tokens can be revoked.")
    family = world.store.families.find("token", token.digest(presented))
    if family is None:
        return
    if family.client_id != client.id:
        raise errors.Unauthorized("The refresh token was not issued to this app client.")
    with world.store.write():
        removal.revoke(world.store, [family])


def sign_out_everywhere(world: World, user: User) -> None:
    """Revoke all of a user's sign-ins."""
    families = world.store.families.where("user", user.key)
    with world.store.write():
        removal.revoke(world.store, families)

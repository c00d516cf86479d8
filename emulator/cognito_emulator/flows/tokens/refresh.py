"""Refresh tokens: new tokens, rotation, revocation, global sign-out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors, removal
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.tokens import token
from cognito_emulator.domain.tokens.issued import Tokens
from cognito_emulator.domain.tokens.token import REMEMBERED_ROTATIONS, RefreshFamily
from cognito_emulator.domain.users.user import RESET_REQUIRED, User
from cognito_emulator.domain.users.user_checks import require_enabled
from cognito_emulator.flows.tokens import issue, many_sign_ins, user_sessions
from cognito_emulator.flows.tokens.token_customization import AUTHENTICATION, REFRESH_TOKENS
from cognito_emulator.ports.keys import unverified

if TYPE_CHECKING:
    from cognito_emulator.world import World


def find(world: World, client: Client, refresh_token: str, device_key: str | None) -> tuple[RefreshFamily, User]:
    """Return the sign-in of a valid refresh token, and its user.

    A token issued to a device is valid only with the key of that device. The device must be confirmed
    [observed: aws-amplify/amplify-android#2506].

    Raises:
        NotAuthorized: unknown, of another pool, client or device, revoked, or expired; each with AWS's text.
        RefreshTokenReuse: rotation has replaced it, and its grace period is over.
    """
    presented = token.digest(refresh_token)
    family = world.store.families.find("token", presented)
    user = world.store.users.get(family.user_key) if family else None
    if family is None or user is None or family.pool_id != client.pool_id:
        raise errors.NotAuthorized("Invalid Refresh Token.").because("tokens.refresh-unknown")
    if not family.is_of(client):
        # [observed: aws-sdk-js#4016]
        raise errors.NotAuthorized("Refresh Token has different Client").because(
            "tokens.refresh-other-client", value=client.id
        )
    if family.revoked or family.forgotten:
        raise errors.NotAuthorized("Refresh Token has been revoked").because("tokens.refresh-revoked")
    now = world.clock.now()
    if family.expires <= now:
        raise errors.NotAuthorized("Refresh Token has expired").because(
            "tokens.refresh-expired", setting="RefreshTokenValidity", value=client.settings.get("RefreshTokenValidity")
        )
    until = dict(family.rotated).get(presented)
    if until is not None and until <= now:
        raise errors.RefreshTokenReuse("Refresh token has been rotated and can not be used again.").because(
            "tokens.refresh-rotated",
            setting="RefreshTokenRotation.RetryGracePeriodSeconds",
            value=client.rotation_grace,
        )
    require_enabled(user)
    unconfirmed = family.device_key and (*family.user_key, family.device_key) not in world.store.devices
    if (device_key or "") != family.device_key or unconfirmed:
        raise errors.NotAuthorized("Invalid Refresh Token.").because("tokens.refresh-other-device")
    return family, user


class Presenter(Struct, frozen=True):
    """The caller that presents a refresh token, and the token.

    Session tracking shows `ip` and `agent`.
    """

    token: str
    ip: str
    agent: str
    caller: Caller


def _used(world: World, family: RefreshFamily, presenter: Presenter) -> RefreshFamily:
    """Return `family` after one more refresh, as session tracking shows it."""
    return replace(family, active=world.clock.now(), ip=presenter.ip, agent=presenter.agent)


async def by_initiate_auth(
    world: World, family: RefreshFamily, client: Client, user: User, presenter: Presenter
) -> Tokens:
    """Return ID and access token for REFRESH_TOKEN_AUTH, without a refresh token.

    Raises:
        UnsupportedOperation: the client rotates refresh tokens, which excludes this flow.
        PasswordResetRequired: an administrator has reset the password.
        NotAuthorized: the token was revoked meanwhile.
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse: of the pre token trigger.
    """
    if client.rotation:
        text = "REFRESH_TOKEN_AUTH is not supported when refresh token rotation is enabled for the client."
        raise errors.UnsupportedOperation(text).because(
            "tokens.rotation-flow", setting="RefreshTokenRotation.Feature", value="ENABLED"
        )
    refusal = errors.PasswordResetRequired
    prepared, family = await _prepare(
        world, family, client, user, presenter=presenter, source=REFRESH_TOKENS, refusal=refusal
    )
    with world.store.write():
        world.store.families.put(_used(world, family, presenter))
    return await issue.signed(world, family, prepared)


async def _prepare(
    world: World,
    family: RefreshFamily,
    client: Client,
    user: User,
    *,
    presenter: Presenter,
    source: str,
    refusal: type[errors.ApiError],
) -> tuple[issue.Prepared, RefreshFamily]:
    """Return the values that tokens need, and the family after the wait.

    The family is still valid, or the request is refused.

    Raises:
        a `refusal`: an administrator has reset the password.
        NotAuthorized, RefreshTokenReuse: as `find`.
    """
    _check_not_reset(user, refusal)
    prepared = await issue.prepare(
        world, client.id, family.user_key, scope=family.scope, source=source, caller=presenter.caller
    )
    family, user = find(world, client, presenter.token, family.device_key)
    _check_not_reset(user, refusal)
    return prepared, family


def _check_not_reset(user: User, refusal: type[errors.ApiError]) -> None:
    if user.status == RESET_REQUIRED:
        raise refusal("Password reset required for the user").because("auth.password-reset-required")


async def by_refresh_token(
    world: World,
    family: RefreshFamily,
    client: Client,
    user: User,
    *,
    presenter: Presenter,
    source: str = AUTHENTICATION,
) -> Tokens:
    """Return new tokens for GetTokensFromRefreshToken and the token endpoint.

    With rotation there is a new refresh token, which keeps the family's end. The old one stays valid for the grace
    period. A repeated call in that time gets another new token [assumed].

    `source` is the trigger source for the pre token trigger. In the API's operation it is an authentication
    [docs: cognito-user-pools-working-with-lambda-triggers].

    Raises:
        NotAuthorized: an administrator has reset the password (this operation models no other refusal for it), or
            the token was revoked meanwhile.
        RefreshTokenReuse: it was rotated meanwhile.
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse: of the pre token trigger.
    """
    prepared, family = await _prepare(
        world, family, client, user, presenter=presenter, source=source, refusal=errors.NotAuthorized
    )
    family = _used(world, family, presenter)
    if not client.rotation:
        with world.store.write():
            world.store.families.put(family)
        return await issue.signed(world, family, prepared)
    fresh = issue.refresh_token(world)
    until = world.clock.now() + client.rotation_grace
    replaced = dict(family.rotated) | {family.digest: until}
    if presenter.token and token.digest(presenter.token) != family.digest:
        replaced.setdefault(token.digest(presenter.token), until)
    rotated = replace(family, digest=token.digest(fresh), rotated=tuple(replaced.items())[-REMEMBERED_ROTATIONS:])
    with world.store.write():
        world.store.families.put(rotated)
        user_sessions.touch(world, rotated.parent)
    return replace(await issue.signed(world, rotated, prepared), refresh=fresh)


def revoke(world: World, client: Client, presented: str, *, linked: bool = False) -> None:
    """Revoke the family of a refresh token with its access tokens.

    Answers RevokeToken. An unknown token is no error. With `linked` its SSO session ends too, but not that session's
    other tokens.

    Raises:
        UnsupportedOperation: the client has EnableTokenRevocation false.
        UnsupportedTokenType: an access or ID token.
        Unauthorized: a refresh token of another client.
    """
    if not client.token_revocation:
        raise errors.UnsupportedOperation("Revoke token is not supported for this app client.").because(
            "tokens.revocation-off", setting="EnableTokenRevocation", value=client.token_revocation
        )
    if "token_use" in unverified(presented)[1]:
        raise errors.UnsupportedTokenType("Unsupported token type; only refresh tokens can be revoked.").because(
            "tokens.not-a-refresh-token"
        )
    family = world.store.families.find("token", token.digest(presented))
    if family is None:
        return
    if not family.is_of(client):
        raise errors.Unauthorized("The refresh token was not issued to this app client.").because(
            "tokens.refresh-other-client", value=client.id
        )
    parents = user_sessions.parent_of(world, family) if linked else []
    with world.store.write():
        removal.revoke(world.store, [family])
        for parent in parents:
            world.store.browser_sessions.delete(parent.digest)


async def sign_out_everywhere(world: World, user: User) -> None:
    """Revoke all of a user's sign-ins."""
    await many_sign_ins.revoke(world, user.key)

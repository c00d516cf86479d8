"""Issues tokens: the only place that makes them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import acr
from cognito_emulator.domain.auth.lockout import forgotten
from cognito_emulator.domain.auth.next_step import DEVICE_PASSWORD_VERIFIER, NEW_PASSWORD_REQUIRED, Attempt
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools import trigger
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.removal import revoke
from cognito_emulator.domain.tokens import token, token_changes
from cognito_emulator.domain.tokens.token import USER_SCOPE, RefreshFamily, Subject
from cognito_emulator.domain.tokens.token_changes import Changes
from cognito_emulator.domain.tokens.user_session import surplus
from cognito_emulator.domain.users.device import group_key
from cognito_emulator.domain.users.group import Group
from cognito_emulator.flows.tokens import scopes, token_customization, user_sessions
from cognito_emulator.flows.tokens.access import check_credit
from cognito_emulator.ports.keys import KeySet

if TYPE_CHECKING:
    from cognito_emulator.world import World

# The head of Cognito's refresh tokens: an encrypted JWT ({"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}).
_HEAD = "eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiUlNBLU9BRVAifQ"
_PARTS = (256, 12, 640, 16)


class Grant(Struct, frozen=True):
    """What an authorization request makes of a sign-in's tokens.

    `auth_time` is the sign-in's, which may be earlier, and so is `context`; `parent` the SSO session. `metadata_url`
    is the client id of a client with a metadata document.
    """

    scope: str
    auth_time: int
    nonce: str | None = None
    resource: str = ""
    parent: str = ""
    context: acr.Context = acr.NOTHING
    metadata_url: str = ""


async def sign_in(world: World, attempt: Attempt, caller: Caller, grant: Grant | None = None) -> dict[str, Any]:
    """The AuthenticationResult of a completed sign-in, with a new refresh family. Clears the lockout.

    A pool that tracks devices gives a client that presented none the key of a new one; not so in a browser (`grant`),
    whose pages remember no devices.

    Raises:
        UserNotFound, ResourceNotFound: user, client or pool went away meanwhile.
        NotAuthorized: the user was disabled meanwhile, or what is stepped up was ended.
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse: of the pre token trigger.
    """
    user_key = (attempt.pool_id, str(attempt.sub))
    scope = grant.scope if grant else USER_SCOPE
    source = token_customization.HOSTED_AUTH if grant else _source(attempt)
    prepared = await prepare(world, attempt.client_id, user_key, scope, source, caller)
    pool, client = world.client(attempt.client_id)
    user = world.store.users.get(user_key)
    if user is None:
        raise errors.user_not_found()
    if not user.enabled:
        raise errors.user_disabled()
    check_credit(world, attempt)
    now = world.clock.now()
    refresh = refresh_token(world)
    devices = pool.devices is not None and grant is None
    device = world.store.devices.get((pool.id, user.sub, attempt.device)) if devices else None
    new_device = f"{pool.primary_region}_{world.ids.uuid()}" if devices and device is None else ""
    family = RefreshFamily(
        origin=world.ids.uuid(),
        pool_id=pool.id,
        client_id=client.id,
        sub=user.sub,
        event_id=_event_id(world, attempt),
        digest=token.digest(refresh),
        auth_time=grant.auth_time if grant else int(now),
        created=now,
        expires=now + client.validity.refresh,
        scope=scope,
        device_key=new_device or (device.key if device else ""),
        session_id=f"tkn{world.ids.client_id()[:25]}" if pool.tracks_sessions else "",
        active=now,
        ip=attempt.ip,
        agent=attempt.agent,
        hosted=grant is not None,
        resource=grant.resource if grant else "",
        parent=grant.parent if grant else "",
        context=grant.context if grant else context(pool, attempt),
        metadata_url=grant.metadata_url if grant else "",
    )
    known = world.store.families.where("user", family.user_key) if pool.tracks_sessions else []
    evicted = surplus(known, now, pool.max_sessions)
    with world.store.write():
        _forget_expired(world, family, now)
        revoke(world.store, evicted)
        world.store.families.put(family)
        user_sessions.touch(world, family.parent)
        world.store.users.put(forgotten(user, world.away))
        if device is not None:
            world.store.devices.put(replace(device, authenticated=now))
    result = {**signed(world, family, prepared, grant.nonce if grant else None), "RefreshToken": refresh}
    if new_device:
        result["NewDeviceMetadata"] = {"DeviceKey": new_device, "DeviceGroupKey": group_key(pool.id)}
    return result


def context(pool: Pool, attempt: Attempt) -> acr.Context:
    """How strongly the user of an attempt that has ended well has signed in."""
    return acr.context(pool, attempt.methods)


def _event_id(world: World, attempt: Attempt) -> str:
    """The attempt's own; another if a sign-in has ended in it already, since the id says which sign-in was revoked."""
    if not attempt.event_id or world.store.families.find("event", attempt.event_id):
        return world.ids.uuid()
    return attempt.event_id


def _forget_expired(world: World, family: RefreshFamily, now: float) -> None:
    """Drop the user's oldest sign-in if it is over, to keep memory small."""
    oldest = world.store.families.first("user", family.user_key)
    if oldest is not None and oldest.expires <= now:
        world.store.families.delete(oldest.origin)


def refresh_token(world: World) -> str:
    """A new refresh token: opaque, in the shape of the service's."""
    parts = [base64.urlsafe_b64encode(world.ids.bytes(size)).decode().rstrip("=") for size in _PARTS]
    return ".".join([_HEAD, *parts])


def _source(attempt: Attempt) -> str:
    """Which kind of sign-in the pre token trigger is told of (developer guide, trigger sources)."""
    if NEW_PASSWORD_REQUIRED in attempt.proved:
        return token_customization.NEW_PASSWORD_CHALLENGE
    if DEVICE_PASSWORD_VERIFIER in attempt.proved:
        return token_customization.AUTHENTICATE_DEVICE
    return token_customization.AUTHENTICATION


class Prepared(Struct, frozen=True):
    """What had to be waited for before tokens can be signed: the keys, and what the trigger changes."""

    keys: KeySet
    changes: Changes | None


async def prepare(
    world: World, client_id: str, user_key: tuple[str, str], scope: str, source: str, caller: Caller
) -> Prepared:
    """Wait for what tokens need. Everything else is to be looked up after it.

    Raises:
        UserNotFound, ResourceNotFound: user or client is gone.
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse
    """
    keys = await world.keys.of(user_key[0])
    pool, _ = world.client(client_id)
    if trigger.function_of(pool, trigger.PRE_TOKEN_GENERATION) is None:
        return Prepared(keys, None)
    user = world.store.users.get(user_key)
    if user is None:
        raise errors.user_not_found()
    groups = groups_of(world, user_key)
    held = scopes.active(world, pool.id, scope.split())
    changes = await token_customization.of_user(world, pool, user, groups, held, source, caller)
    return Prepared(keys, changes)


def signed(world: World, family: RefreshFamily, prepared: Prepared, nonce: str | None = None) -> dict[str, Any]:
    """ID and access token of a family by the records as they are now; no refresh token.

    A sign-in through the authorization endpoint has an ID token only with the scope openid.

    Raises:
        UserNotFound, ResourceNotFound: user or client is gone.
    """
    pool, client = world.client(family.client_id)
    user = world.store.users.get(family.user_key)
    if user is None:
        raise errors.user_not_found()
    held = scopes.active(world, pool.id, family.scope.split())
    subject = Subject(pool, client, user, groups_of(world, family.user_key), family, world.issuer(pool), held)
    now = int(world.clock.now())
    access = token.access_claims(subject, now, world.ids.uuid())
    identity = token.id_claims(subject, now, world.ids.uuid())
    if prepared.changes is not None:
        access = token_changes.apply_to_access(access, prepared.changes)
        identity = token_changes.apply_to_id(identity, prepared.changes.id)
    access_token = prepared.keys.access_key.sign(access)
    result = {"AccessToken": access_token, "ExpiresIn": client.validity.access, "TokenType": "Bearer"}
    if family.hosted:
        if "openid" not in family.scopes:
            return result
        identity |= {"at_hash": token.at_hash(access_token)} | ({} if nonce is None else {"nonce": nonce})
    return result | {"IdToken": prepared.keys.id_key.sign(identity)}


def groups_of(world: World, user_key: tuple[str, str]) -> list[Group]:
    """The groups that a user is in."""
    store = world.store
    found = [store.groups.get((m.pool_id, m.group)) for m in store.memberships.where("user", user_key)]
    return [group for group in found if group is not None]

"""The only module that issues tokens."""

from __future__ import annotations

import base64
import logging
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import acr
from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.lockout import forgotten
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools import trigger
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.removal import revoke
from cognito_emulator.domain.tokens import token, token_changes
from cognito_emulator.domain.tokens.issued import NewDevice, Tokens
from cognito_emulator.domain.tokens.token import USER_SCOPE, RefreshFamily, Subject
from cognito_emulator.domain.tokens.token_changes import Changes
from cognito_emulator.domain.tokens.user_session import surplus
from cognito_emulator.domain.users.device import Device, group_key
from cognito_emulator.domain.users.group import Group
from cognito_emulator.domain.users.user import User
from cognito_emulator.domain.users.user_checks import require_enabled, require_user
from cognito_emulator.flows.tokens import scopes, token_customization, user_sessions
from cognito_emulator.flows.tokens.access import check_credit
from cognito_emulator.ports.keys import KeySet

if TYPE_CHECKING:
    from cognito_emulator.world import World

# The head of Cognito's refresh tokens: an encrypted JWT ({"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}).
_HEAD = "eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiUlNBLU9BRVAifQ"
_DRAWN = 256 + 12 + 640 + 16  # the bytes of its other parts
log = logging.getLogger("emulator")


class Grant(Struct, frozen=True):
    """The values that an authorization request adds to a sign-in's tokens.

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


async def sign_in(
    world: World, attempt: Attempt, caller: Caller, grant: Grant | None = None, prepared: Prepared | None = None
) -> Tokens:
    """Return the AuthenticationResult of a completed sign-in; clear the lockout.

    It has a new refresh family. A pool that tracks devices gives a client without a device the key of a new one. In a
    browser (`grant`) it does not, since the pages remember no devices. With `prepared` no trigger is called.

    Raises:
        UserNotFound, ResourceNotFound: user, client or pool was deleted meanwhile.
        NotAuthorized: the user was disabled or signed out meanwhile, or the stepped-up sign-in ended.
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse: of the pre token trigger.
    """
    user_key = (attempt.who.pool_id, str(attempt.who.sub))
    scope = grant.scope if grant else USER_SCOPE
    source = token_customization.HOSTED_AUTH if grant else _source(attempt)
    if prepared is None:
        prepared = await prepare(world, attempt.who.client_id, user_key, scope=scope, source=source, caller=caller)
    pool, client = world.client(attempt.who.client_id, caller.away)
    user = require_enabled(world.store.users.get(user_key))
    check_credit(world, attempt)
    refresh = refresh_token(world)
    devices = pool.devices is not None and grant is None
    device = world.store.devices.get((pool.id, user.sub, attempt.how.device)) if devices else None
    new_device = f"{pool.primary_region}_{world.ids.uuid()}" if devices and device is None else ""
    key = new_device or (device.key if device else "")
    family = _new_family(world, pool, client, attempt, grant, digest=token.digest(refresh), device_key=key)
    _write(world, pool, family, forgotten(user, caller.away), device)
    made = await signed(world, family, prepared, grant.nonce if grant else None)
    return replace(made, refresh=refresh, new_device=NewDevice(new_device, group_key(pool.id)) if new_device else None)


def _new_family(
    world: World,
    pool: Pool,
    client: Client,
    attempt: Attempt,
    grant: Grant | None,
    *,
    digest: str,
    device_key: str,
) -> RefreshFamily:
    """Make the family of a completed sign-in; `digest` is that of its refresh token."""
    now = world.clock.now()
    return RefreshFamily(
        origin=world.ids.uuid(),
        pool_id=pool.id,
        client_id=client.id,
        sub=str(attempt.who.sub),
        event_id=_event_id(world, attempt),
        digest=digest,
        auth_time=grant.auth_time if grant else int(now),
        created=now,
        expires=now + client.validity.refresh,
        scope=grant.scope if grant else USER_SCOPE,
        device_key=device_key,
        session_id=f"tkn{world.ids.client_id()[:25]}" if pool.tracks_sessions else "",
        active=now,
        ip=attempt.how.origin.ip,
        agent=attempt.how.origin.agent,
        hosted=grant is not None,
        resource=grant.resource if grant else "",
        parent=grant.parent if grant else "",
        context=grant.context if grant else context(pool, attempt),
        metadata_url=grant.metadata_url if grant else "",
    )


def _write(world: World, pool: Pool, family: RefreshFamily, user: User, device: Device | None) -> None:
    """Write a new family and a sign-in's changes; end the surplus sessions."""
    known = world.store.families.where("user", family.user_key) if pool.tracks_sessions else []
    evicted = surplus(known, family.created, pool.max_sessions)
    with world.store.write():
        _forget_expired(world, family, family.created)
        revoke(world.store, evicted)
        world.store.families.put(family)
        user_sessions.touch(world, family.parent)
        world.store.users.put(user)
        if device is not None:
            world.store.devices.put(replace(device, authenticated=family.created))


def context(pool: Pool, attempt: Attempt) -> acr.Context:
    """Return how strongly the user of a successful attempt has signed in."""
    return acr.context(pool, attempt.methods)


def _event_id(world: World, attempt: Attempt) -> str:
    """Return the attempt's event id, or a new one.

    It is new if a sign-in has ended in the attempt already, since the id names the revoked sign-in.
    """
    if not attempt.event_id or world.store.families.find("event", attempt.event_id):
        return world.ids.uuid()
    return attempt.event_id


def _forget_expired(world: World, family: RefreshFamily, now: float) -> None:
    """Delete the user's oldest sign-in if it has ended, to limit memory."""
    oldest = world.store.families.first("user", family.user_key)
    if oldest is not None and oldest.expires <= now:
        world.store.families.delete(oldest.origin)


def refresh_token(world: World) -> str:
    """Return a new refresh token: opaque, in the form of the service's."""
    drawn = world.ids.bytes(_DRAWN)
    # One text of all: with two zeros after each part whose length is no multiple of three, the next begins anew.
    text = base64.urlsafe_b64encode(b"\0\0".join((drawn[:256], drawn[256:908], drawn[908:], b""))).decode()
    return f"{_HEAD}.{text[:342]}.{text[344:360]}.{text[360:1214]}.{text[1216:1238]}"


def _source(attempt: Attempt) -> str:
    """Return the trigger source for the pre token trigger.

    [docs: user-pool-lambda-pre-token-generation]
    """
    if attempt.has_proved(ChallengeName.NEW_PASSWORD_REQUIRED):
        return token_customization.NEW_PASSWORD_CHALLENGE
    if attempt.has_proved(ChallengeName.DEVICE_PASSWORD_VERIFIER):
        return token_customization.AUTHENTICATE_DEVICE
    return token_customization.AUTHENTICATION


class Prepared(Struct, frozen=True):
    """The values that tokens need before they are signed.

    They are the keys and the trigger's changes.
    """

    keys: KeySet
    changes: Changes | None


async def prepare(
    world: World, client_id: str, user_key: tuple[str, str], *, scope: str, source: str, caller: Caller
) -> Prepared:
    """Wait for the values that tokens need.

    The caller looks all other records up after this.

    Raises:
        UserNotFound, ResourceNotFound: user or client is deleted.
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse
    """
    keys = await world.keys.of(user_key[0])
    pool, _ = world.client(client_id, caller.away)
    if trigger.function_of(pool, trigger.PRE_TOKEN_GENERATION) is None:
        return Prepared(keys, None)
    user = require_user(world.store.users.get(user_key))
    groups = groups_of(world, user_key)
    held = scopes.active(world, pool.id, scope.split())
    changes = await token_customization.of_user(world, pool, user, groups, scopes=held, source=source, caller=caller)
    return Prepared(keys, changes)


async def signed(world: World, family: RefreshFamily, prepared: Prepared, nonce: str | None = None) -> Tokens:
    """Return ID and access token of a family from the present records.

    There is no refresh token. A sign-in through the authorization endpoint has an ID token only with the scope
    openid. The family is in the store already, so that what ends it while the tokens are signed is seen.

    Raises:
        UserNotFound, ResourceNotFound: user or client is deleted, before or while the tokens are signed.
        NotAuthorized: the user was disabled or the sign-in ended while the tokens were signed.
    """
    pool, client = world.client(family.client_id)
    user = require_user(world.store.users.get(family.user_key))
    held = scopes.active(world, pool.id, family.scope.split())
    subject = Subject(pool, client, user, groups_of(world, family.user_key), family, world.issuer(pool), held)
    now = int(world.clock.now())
    access = token.access_claims(subject, now, world.ids.uuid())
    identity = token.id_claims(subject, now, world.ids.uuid())
    if prepared.changes is not None:
        access = token_changes.apply_to_access(access, prepared.changes)
        identity = token_changes.apply_to_id(identity, prepared.changes.id)
    warn_of_clock(world)
    sign_access = partial(prepared.keys.access_key.sign, access)
    made: tuple[str, ...]
    if not family.hosted:
        made = tuple(await world.crypto.together(sign_access, partial(prepared.keys.id_key.sign, identity)))
    else:
        made = tuple(await world.crypto.together(sign_access))
        if "openid" in family.scopes:
            identity |= {"at_hash": token.at_hash(made[0])} | ({} if nonce is None else {"nonce": nonce})
            made = (*made, *await world.crypto.together(partial(prepared.keys.id_key.sign, identity)))
    require_live(world, family)
    return Tokens(made[0], client.validity.access, made[1] if len(made) > 1 else None)


def require_live(world: World, family: RefreshFamily) -> None:
    """Refuse tokens whose sign-in has ended while they were signed.

    Raises:
        UserNotFound, ResourceNotFound: user or client is deleted.
        NotAuthorized: the user is disabled, or the sign-in is revoked or gone.
    """
    world.client(family.client_id)
    require_enabled(world.store.users.get(family.user_key))
    kept = world.store.families.get(family.origin)
    if kept is None or kept.revoked or kept.forgotten:
        raise errors.NotAuthorized("Refresh Token has been revoked").because("tokens.refresh-revoked")


def warn_of_clock(world: World) -> None:
    """Warn once that the times in tokens are far from the machine's.

    The warning comes again after a change of the clock."""
    distance = world.clock.distance_to_tell()
    if distance is not None:
        text = "Tokens are issued %d seconds %s the machine's time, by which the program under test may judge them."
        log.warning(text, abs(distance), "ahead of" if distance > 0 else "behind")


def groups_of(world: World, user_key: tuple[str, str]) -> list[Group]:
    """Return the groups of a user."""
    store = world.store
    found = [store.groups.get((m.pool_id, m.group)) for m in store.memberships.where("user", user_key)]
    return [group for group in found if group is not None]

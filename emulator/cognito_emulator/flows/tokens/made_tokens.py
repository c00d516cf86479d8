"""Tokens for tests, made without a sign-in: those that one could issue.

order ──► checks ──► issue.sign_in ──► rework (claims, groups, times) ──► tokens, and a refresh family as always
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain.auth import acr
from cognito_emulator.domain.auth.attempt import Attempt, How, Proof, Who
from cognito_emulator.domain.auth.auth_flow import USER_PASSWORD
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.tokens import token, token_changes
from cognito_emulator.domain.tokens.issued import Tokens
from cognito_emulator.domain.tokens.token import USER_SCOPE, RefreshFamily
from cognito_emulator.domain.tokens.token_changes import Changes, GroupClaims, TokenChanges
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.group import Group, by_precedence, preferred_role
from cognito_emulator.domain.users.user import CONFIRMED, EXTERNAL_PROVIDER, User
from cognito_emulator.flows.tokens import issue
from cognito_emulator.ports.keys import unverified

if TYPE_CHECKING:
    from cognito_emulator.world import World

_CHALLENGE_OF = {
    acr.PASSWORD: ChallengeName.PASSWORD,
    acr.TOTP: ChallengeName.SOFTWARE_TOKEN_MFA,
    acr.SMS: ChallengeName.SMS_MFA,
    acr.EMAIL: ChallengeName.EMAIL_OTP,
    acr.PLATFORM_KEY: ChallengeName.WEB_AUTHN,
    acr.ROAMING_KEY: ChallengeName.WEB_AUTHN,
}
_METHODS_OF_LEVEL = {1: (acr.PASSWORD,), 2: (acr.EMAIL,), 3: (acr.PASSWORD, acr.EMAIL), 4: (acr.PASSWORD, acr.TOTP)}
_EARLIEST, _LATEST = 0, 32_503_680_000  # 1970 and the year 3000
_NEED_OPENID = frozenset({"email", "phone", "profile"})


class CannotExist(ValueError):
    """Refuse what no real sign-in could have.

    The text says why, and what is allowed.
    """


class Order(Struct, frozen=True, kw_only=True):
    """What tokens to make.

    Without `scopes` they are those of a sign-in by the API, with them of one on the pages. `claims` are added to both
    tokens as a pre token generation function would; None takes one out. `groups` are those in the tokens; None are the
    user's. `auth_time` is in epoch seconds; `expires_in` in seconds from now, negative for tokens that have expired.
    `triggers` calls the pool's pre token generation function.
    """

    pool: str
    client: str
    username: str
    scopes: tuple[str, ...] | None = None
    claims: Mapping[str, Any] = {}
    groups: tuple[str, ...] | None = None
    auth_time: float | None = None
    expires_in: float | None = None
    acr: str = ""
    amr: tuple[str, ...] = ()
    triggers: bool = False


class Rework(Struct, frozen=True):
    """Changes to issued tokens.

    `changes` are claims and groups; `expires` and `auth_time` are in epoch seconds, None where they stay.
    """

    changes: Changes
    expires: int | None = None
    auth_time: int | None = None


async def make(world: World, order: Order) -> Tokens:
    """Return the tokens of a sign-in that was not made.

    Raises:
        CannotExist
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse: of the pre token trigger, if that is called.
    """
    pool, client, user = place(world, order.pool, order.client, order.username)
    now = int(world.clock.now())
    changes = changes_of(order.claims, None if order.groups is None else groups_named(world, pool, order.groups))
    methods = _methods(pool, user, order)
    auth_time = now if order.auth_time is None else int(order.auth_time)
    if not _EARLIEST <= auth_time <= now:
        raise CannotExist("'auth_time' must not be later than the emulator's clock, nor before 1970.")
    expires = None if order.expires_in is None else int(now + order.expires_in)
    if expires is not None and not _EARLIEST <= expires <= _LATEST:
        raise CannotExist("'expires_in' must lead to a time between 1970 and the year 3000.")
    attempt = _attempt(world, pool, client, user, methods)
    grant = _grant(pool, client, order.scopes, auth_time, methods)
    prepared = None if order.triggers else issue.Prepared(await world.keys.of(pool.id), None)
    tokens = await issue.sign_in(world, attempt, Caller(client.id), grant, prepared)
    family = family_of(world, tokens.access)
    with world.store.write():
        world.store.families.put(replace(family, auth_time=auth_time))
    return await rework(world, tokens, Rework(changes, expires, auth_time))


def place(world: World, pool_id: str, client_id: str, username: str) -> tuple[Pool, Client, User]:
    """Return pool, client and user, if that user can have tokens of that client.

    Raises:
        CannotExist
    """
    pool = find_pool(world, pool_id)
    client = world.store.clients.get(client_id)
    if client is None or client.pool_id != pool.id:
        known = ", ".join(each.id for each in world.store.clients.where("pool", pool.id)[:10])
        raise CannotExist(f"The pool {pool.id} has no client {client_id!r}; it has: {known or 'none'}.")
    user = find_user(world, pool, username)
    if not user.enabled:
        raise CannotExist(f"The user {user.username!r} is disabled.")
    if user.status not in (CONFIRMED, EXTERNAL_PROVIDER):
        text = f"The user {user.username!r} has the status {user.status}: only confirmed users have tokens."
        raise CannotExist(f"{text} See AdminSetUserPassword and AdminConfirmSignUp.")
    return pool, client, user


def find_pool(world: World, pool_id: str) -> Pool:
    """Return the pool with that id.

    Raises:
        CannotExist
    """
    pool = world.store.pools.get(pool_id)
    if pool is None:
        raise CannotExist(f"There is no pool {pool_id!r}.")
    return pool


def find_user(world: World, pool: Pool, username: str) -> User:
    """Return the user that any of their names means.

    Raises:
        CannotExist
    """
    user = names.find_for_admin(world.store, pool, username)
    if user is None:
        raise CannotExist(f"The pool {pool.id} has no user {username!r}.")
    return user


def groups_named(world: World, pool: Pool, wanted: Iterable[str]) -> list[Group]:
    """Return groups of the pool by name.

    Raises:
        CannotExist
    """
    found = []
    for name in wanted:
        group = world.store.groups.get((pool.id, name))
        if group is None:
            known = ", ".join(each.name for each in world.store.groups.where("pool", pool.id)[:10])
            raise CannotExist(f"The pool {pool.id} has no group {name!r}; it has: {known or 'none'}.")
        found.append(group)
    return found


def changes_of(claims: Mapping[str, Any], groups: list[Group] | None) -> Changes:
    """Return the changes that add these claims and show these groups.

    Raises:
        CannotExist: a claim that no function may change.
    """
    for name in claims:
        if not token_changes.is_open(name):
            text = f"The claim {name!r} cannot be set: a pre token generation function cannot change it either."
            raise CannotExist(f"{text} Groups, times, acr and amr have members of their own.")
    add = {name: value for name, value in claims.items() if value is not None}
    suppress = frozenset(name for name, value in claims.items() if value is None)
    shown = None
    if groups is not None:
        ranked = by_precedence(groups)
        roles = [group.role_arn for group in ranked if group.role_arn]
        shown = GroupClaims([group.name for group in ranked], roles, preferred_role(groups) or None)
    own = TokenChanges(add, suppress, shown)
    return Changes(own, own)


def _methods(pool: Pool, user: User, order: Order) -> tuple[str, ...]:
    """Return the methods (amr) of the sign-in that the tokens are of.

    Raises:
        CannotExist
    """
    levels = acr.names(pool)
    level = acr.level_of(pool, order.acr) if order.acr else 0
    if order.acr and not level:
        raise CannotExist(f"'acr' must be one of: {', '.join(levels.values())}.")
    chosen = tuple(dict.fromkeys(method for method in order.amr if method != acr.SEVERAL))
    if any(method not in acr.METHODS for method in chosen):
        raise CannotExist(f"'amr' must be a list of: {', '.join(acr.METHODS)}.")
    if not chosen:
        second = _METHODS_OF_LEVEL[4] if _has_second_factor(pool, user) else (acr.PASSWORD,)
        chosen = _METHODS_OF_LEVEL[level] if level else second
    reached = acr.level(chosen)
    if level and reached != level:
        raise CannotExist(f"These 'amr' reach {levels.get(reached, 'no level')!r}, not {order.acr!r}.")
    return chosen


def _has_second_factor(pool: Pool, user: User) -> bool:
    return pool.mfa.mode == "ON" or (pool.mfa.mode == "OPTIONAL" and bool(user.factors.active))


def _attempt(world: World, pool: Pool, client: Client, user: User, methods: tuple[str, ...]) -> Attempt:
    passkey = next((each for each in methods if each in (acr.PLATFORM_KEY, acr.ROAMING_KEY)), "")
    return Attempt(
        Who(pool.id, client.id, user.sub, user.username),
        How(USER_PASSWORD),
        world.ids.uuid(),
        Proof(tuple(_CHALLENGE_OF[method] for method in methods), passkey),
    )


def _grant(
    pool: Pool, client: Client, scopes: tuple[str, ...] | None, auth_time: int, methods: tuple[str, ...]
) -> issue.Grant | None:
    """Return what a sign-in on the pages adds; None for one by the API.

    Raises:
        CannotExist
    """
    if scopes is None or (scopes == (USER_SCOPE,) and not client.has_oauth):
        return None
    if not client.has_oauth or not client.grants & {"code", "implicit"}:
        raise CannotExist(f"The client {client.id} has no OAuth flow for users: leave 'scopes' out.")
    lacking = [scope for scope in scopes if scope not in client.scopes]
    if lacking or not scopes:
        named = f"The client {client.id} does not have the scope {lacking[0]!r}" if lacking else "'scopes' is empty"
        raise CannotExist(f"{named}; it has: {', '.join(client.scopes) or 'none'}.")
    if _NEED_OPENID & set(scopes) and "openid" not in scopes:
        raise CannotExist("The scopes email, phone and profile need openid beside them.")
    return issue.Grant(" ".join(dict.fromkeys(scopes)), auth_time, context=acr.context(pool, methods))


def family_of(world: World, access_token: str) -> RefreshFamily:
    """Return the sign-in that an access token is of.

    Raises:
        CannotExist: the token is of none, or of one that was revoked.
    """
    claims = unverified(access_token)[1]
    family = world.store.families.find("event", str(claims.get("event_id")))
    if family is None or family.revoked:
        raise CannotExist("The tokens are of no sign-in that this emulator knows.")
    return family


async def rework(world: World, tokens: Tokens, wanted: Rework) -> Tokens:
    """Return tokens changed and signed again.

    Tokens that expire before their time were issued earlier by as much.

    Raises:
        CannotExist
    """
    keys = await world.keys.of(family_of(world, tokens.access).pool_id)
    access = token_changes.apply_to_access(unverified(tokens.access)[1], wanted.changes)
    (made,) = await world.crypto.together(partial(keys.access_key.sign, _retimed(access, wanted)))
    signed = replace(tokens, access=made)
    if wanted.expires is not None:
        signed = replace(signed, expires_in=wanted.expires - int(world.clock.now()))
    if tokens.id is None:
        family_of(world, tokens.access)  # it may have ended while the token was signed
        return signed
    identity = _retimed(token_changes.apply_to_id(unverified(tokens.id)[1], wanted.changes.id), wanted)
    if "at_hash" in identity:
        identity["at_hash"] = token.at_hash(signed.access)
    (made,) = await world.crypto.together(partial(keys.id_key.sign, identity))
    family_of(world, tokens.access)
    return replace(signed, id=made)


def _retimed(claims: dict[str, Any], wanted: Rework) -> dict[str, Any]:
    issued, lifetime = claims["iat"], claims["exp"] - claims["iat"]
    expires = claims["exp"] if wanted.expires is None else wanted.expires
    issued = min(issued, expires - lifetime)
    auth_time = claims["auth_time"] if wanted.auth_time is None else wanted.auth_time
    return {**claims, "auth_time": min(auth_time, issued), "iat": issued, "exp": expires}

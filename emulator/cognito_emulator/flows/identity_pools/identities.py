"""Identities of identity pools and their tokens: find, create, link, merge.

Logins are proved before any record is looked up. Nothing is written before the whole request is checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.identity_pools import identity, identity_errors, identity_token
from cognito_emulator.domain.identity_pools.identity import Login, Outcome, PoolIdentity
from cognito_emulator.domain.identity_pools.identity_pool import IdentityPool
from cognito_emulator.domain.identity_pools.principal_tags import NO_TAGS, tags_of
from cognito_emulator.flows.identity_pools import logins, provider_names, tokens
from cognito_emulator.flows.identity_pools.logins import Proved
from cognito_emulator.flows.identity_pools.provider_keys import Evidence

if TYPE_CHECKING:
    from cognito_emulator.world import World

MAX_DEVELOPER_USER = 1024


class Known(Struct, frozen=True):
    """The proved caller; the outcome is for the store. Valid until the next `await`."""

    pool: IdentityPool
    outcome: Outcome
    proved: Sequence[Proved] = ()

    @property
    def identity(self) -> PoolIdentity:
        return self.outcome.identity

    @property
    def logins(self) -> list[Login]:
        return [one.login for one in self.proved]


def pool_of(world: World, pool_id: str, home: tuple[str, str] | None = None) -> IdentityPool:
    """Return an identity pool.

    For a signed call it must be of the caller's account and Region (`home`).

    Raises:
        ResourceNotFound
    """
    pool = world.store.identity_pools.get(pool_id)
    if pool is None or (home is not None and (pool.account, pool.region) != home):
        raise identity_errors.pool_not_found(pool_id)
    return pool


def find(world: World, identity_id: str, home: tuple[str, str] | None = None) -> tuple[IdentityPool, PoolIdentity]:
    """Return an identity and its pool, as `pool_of`.

    Raises:
        ResourceNotFound
    """
    found = world.store.federated_identities.get(identity_id)
    pool = world.store.identity_pools.get(found.pool_id) if found else None
    if found is None or pool is None or (home is not None and (pool.account, pool.region) != home):
        raise identity_errors.identity_not_found(identity_id)
    return pool, found


def root(world: World, found: PoolIdentity) -> PoolIdentity | None:
    """Return the identity that took over a disabled one, over all merges.

    An enabled identity is its own.
    """
    at: PoolIdentity | None = found
    while at is not None and at.merged_into is not None:
        at = world.store.federated_identities.get(at.merged_into)
    return at


def owners(world: World, pool: IdentityPool, wanted: Sequence[Login]) -> list[PoolIdentity]:
    """Return the identities that have one of the logins, oldest first."""
    found = (world.store.federated_identities.find("login", (pool.id, login)) for login in wanted)
    distinct = {one.id: one for one in found if one is not None}
    return sorted(distinct.values(), key=lambda one: (one.created, one.id))


def fresh(world: World, pool: IdentityPool) -> PoolIdentity:
    """Return a new identity, not stored yet."""
    now = world.clock.now()
    return PoolIdentity(f"{pool.region}:{world.ids.uuid()}", pool.id, now, now)


def commit(world: World, outcome: Outcome) -> PoolIdentity:
    """Store the outcome of `settle` or `merge`."""
    table = world.store.federated_identities
    changed = [one for one in (*outcome.absorbed, outcome.identity) if table.get(one.id) != one]
    if changed:
        with world.store.write():
            for one in changed:  # those that lose their logins first
                table.put(one)
    return outcome.identity


def settle(world: World, pool: IdentityPool, named: PoolIdentity | None, wanted: Sequence[Login]) -> Outcome:
    """Decide to which identity the logins belong, given the one that was named.

    A disabled identity leads to the one that took it over, if that one's login is among these. Otherwise it can't be
    used. "The identity ID that you pass in may not be the one that is returned" [docs: authentication-flow].

    Raises:
        NotAuthorized, ResourceConflict, InvalidParameter: see `identity.settle`.
    """
    if named is not None and not named.guest and len(wanted) == 1 and named.logins == (wanted[0],):
        return Outcome(named)  # the usual case, to which all that follows would come too
    holders = owners(world, pool, wanted)
    if named is not None and named.disabled:
        heir = root(world, named)
        if heir is None or all(holder.id != heir.id for holder in holders):
            raise identity_errors.forbidden(named.id)
        named = heir
    record = named or fresh(world, pool)
    return identity.settle(record, named is None, holders, wanted, developer=pool.developer, now=world.clock.now())


async def get_id(world: World, pool_id: str, account: str | None, given: Mapping[str, str]) -> str:
    """Return the identity of a login, or a new one, for GetId.

    Without logins it is a new guest. For an account other than the pool's the pool does not exist [assumed].

    Raises:
        ResourceNotFound, NotAuthorized, ResourceConflict, InvalidParameter, ExternalService
    """
    evidence = await logins.prepare(world, pool_of(world, pool_id), given)
    pool = pool_of(world, pool_id)
    if account is not None and account != pool.account:
        raise identity_errors.pool_not_found(pool_id)
    if not given:
        if not pool.guests:
            raise identity_errors.no_guests()
        return commit(world, Outcome(fresh(world, pool))).id
    proved = logins.prove(world, "GetId", pool, given, evidence)
    outcome = settle(world, pool, None, [one.login for one in proved])
    logins.spend(world, proved)
    return commit(world, outcome).id


def recognise(world: World, operation: str, identity_id: str, given: Mapping[str, str], evidence: Evidence) -> Known:
    """Return the requested identity, if the caller proves to be it.

    A guest proves nothing.

    Raises:
        ResourceNotFound, NotAuthorized, ResourceConflict, InvalidParameter, ExternalService
    """
    pool, named = find(world, identity_id)
    if given:
        proved = logins.prove(world, operation, pool, given, evidence)
        return Known(pool, settle(world, pool, named, [one.login for one in proved]), proved)
    if not named.guest:
        raise identity_errors.forbidden(identity_id)
    if not pool.guests:
        raise identity_errors.no_guests()
    return Known(pool, Outcome(named))


def tags_for(world: World, pool: IdentityPool, proved: Sequence[Proved]) -> dict[str, str]:
    """Return the principal tags of all users who signed in here.

    Where two logins have the same tag the first counts.

    Raises:
        InvalidIdentityPoolConfiguration: see `principal_tags.tags_of`.
    """
    maps = {provider_names.canonical(world, name): tag_map for name, tag_map in pool.tag_maps.items()}
    tags: dict[str, str] = {}
    for one in proved:
        for key, value in tags_of(maps.get(one.login.provider, NO_TAGS), one.claims).items():
            tags.setdefault(key, value)
    return tags


async def open_id_token(world: World, identity_id: str, given: Mapping[str, str]) -> tuple[str, str]:
    """Return identity id and token for GetOpenIdToken, half of the classic flow.

    Raises:
        InvalidParameter: the pool turns the classic flow off, or maps roles. A pool without the setting has it
            [observed: aws/aws-cli#7652].
        ResourceNotFound, NotAuthorized, ResourceConflict, ExternalService
    """
    evidence = await logins.prepare(world, find(world, identity_id)[0], given)
    signing = await tokens.key(world)
    pool, _ = find(world, identity_id)
    if pool.classic is False:
        raise errors.InvalidParameter("Basic (classic) flow is not enabled, please use enhanced flow.").because(
            "identity.basic-flow", setting="AllowClassicFlow", value=False
        )
    if pool.mappings:
        raise errors.InvalidParameter(
            "Basic (classic) flow is not supported with RoleMappings, please use enhanced flow."
        ).because("identity.basic-flow", setting="RoleMappings")
    known = recognise(world, "GetOpenIdToken", identity_id, given, evidence)
    amr, tags = identity_token.methods(pool, known.logins), _long_tags(world, known)
    logins.spend(world, known.proved)
    found = commit(world, known.outcome)
    signed = await tokens.sign(world, signing, pool, found, amr=amr, lifetime=identity_token.LIFETIME, tags=tags)
    _check_unchanged(world, found)
    return found.id, signed


def _check_unchanged(world: World, found: PoolIdentity) -> None:
    """Refuse a token whose identity lost a login, or went, while it was signed.

    Raises:
        ResourceNotFound, ResourceConflict
    """
    _, now = find(world, found.id)
    if now.disabled or not set(found.logins) <= set(now.logins):
        raise identity_errors.ResourceConflict("The identity has changed meanwhile.").because("api.concurrent-change")


def _long_tags(world: World, known: Known) -> dict[str, str]:
    """Return the tags of a token.

    The operation has no error for a bad configuration [model: GetOpenIdToken]. So a value that is too long for STS is
    an error of the request [own wording].
    """
    try:
        return tags_for(world, known.pool, known.proved)
    except identity_errors.InvalidIdentityPoolConfiguration:
        raise errors.InvalidParameter("The value of a principal tag is too long.") from None


async def developer_token(
    world: World,
    pool_id: str,
    home: tuple[str, str],
    given: Mapping[str, str],
    *,
    identity_id: str | None,
    tags: Mapping[str, str],
    lifetime: int,
) -> tuple[str, str]:
    """Return identity id and token for GetOpenIdTokenForDeveloperIdentity.

    Raises:
        InvalidParameter: not exactly the pool's developer provider among the logins.
        DeveloperUserAlreadyRegistered: the user has another identity than the one that is named.
        ResourceNotFound, NotAuthorized, ResourceConflict
    """
    evidence = await logins.prepare(world, pool_of(world, pool_id, home), given)
    signing = await tokens.key(world)
    pool = pool_of(world, pool_id, home)
    if pool.developer is None or pool.developer not in given:
        raise identity_errors.unsupported_developer_provider()
    user = developer_user(given[pool.developer])
    others = {name: token for name, token in given.items() if name != pool.developer}
    proved = _proved_for_developer(world, pool, others, evidence)
    named = None
    if identity_id is not None:
        home_of, named = find(world, identity_id, home)
        if home_of.id != pool.id:
            raise identity_errors.identity_not_found(identity_id)
    login = Login(pool.developer, user)
    registered = world.store.federated_identities.find("login", (pool.id, login))
    if named is not None and registered is not None and registered != root(world, named):
        raise identity_errors.DeveloperUserAlreadyRegistered(
            "The developer user identifier is already registered to another identity."
        )
    wanted = [login, *(one.login for one in proved)]
    outcome = settle(world, pool, named, wanted)
    logins.spend(world, proved)
    found = commit(world, outcome)
    amr = identity_token.methods(pool, wanted)
    signed = await tokens.sign(world, signing, pool, found, amr=amr, lifetime=lifetime, tags=tags)
    _check_unchanged(world, found)
    return found.id, signed


def _proved_for_developer(
    world: World, pool: IdentityPool, given: Mapping[str, str], evidence: Evidence
) -> list[Proved]:
    """Return the proved logins.

    The operation has no ExternalService error [model: GetOpenIdTokenForDeveloperIdentity]. So a token counts as not
    proved where its keys are not available.
    """
    try:
        return logins.prove(world, "GetOpenIdTokenForDeveloperIdentity", pool, given, evidence)
    except identity_errors.ExternalService:
        raise identity_errors.invalid_token("Couldn't verify signed token.") from None


def developer_user(value: str) -> str:
    """Return a DeveloperUserIdentifier of the documented length.

    The model allows the length of a token.

    Raises:
        InvalidParameter: [own wording]
    """
    if len(value) > MAX_DEVELOPER_USER:
        raise errors.InvalidParameter(
            f"A developer user identifier has at most {MAX_DEVELOPER_USER} characters."
        ).because("identity.developer-user")
    return value


async def unlink(world: World, identity_id: str, given: Mapping[str, str], removed: Sequence[str]) -> None:
    """Remove public logins from an identity, for UnlinkIdentity.

    The caller proves one of them. Only UnlinkDeveloperIdentity removes a login of the developer's provider.

    Raises:
        ResourceNotFound: no such identity, or no such login.
        NotAuthorized, ExternalService
    """
    evidence = await logins.prepare(world, find(world, identity_id)[0], given)
    pool, named = find(world, identity_id)
    proved = logins.prove(world, "UnlinkIdentity", pool, given, evidence)
    if named.disabled or not named.logins:
        raise identity_errors.forbidden(identity_id)
    if all(one.login not in named.logins for one in proved):
        raise identity_errors.logins_differ()
    gone = []
    for name in removed:
        provider = provider_names.canonical(world, name)
        linked = [login for login in named.logins if login.provider == provider != pool.developer]
        if not linked:
            raise errors.ResourceNotFound(f"Identity '{identity_id}' has no login of {name}.").because(
                "identity.logins-differ", value=name
            )
        gone += linked
    logins.spend(world, proved)
    commit(world, Outcome(identity.without(named, gone, world.clock.now())))

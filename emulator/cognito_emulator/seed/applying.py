"""The application of a seed, by calls of operations by name: all or nothing.

A large seed is applied in slices, between which other requests run. They see what exists so far.
"""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from cognito_emulator.domain.clients.client_settings import custom_id
from cognito_emulator.domain.errors import ApiError
from cognito_emulator.domain.pools import pool_tags
from cognito_emulator.domain.state import become, state_of
from cognito_emulator.flows.threats import fixed_risks
from cognito_emulator.ports.key_files import BadKey, read_pems
from cognito_emulator.ports.keys import KeySet, make_key_set
from cognito_emulator.seed import fixups, limits, login_providers, state, undoing
from cognito_emulator.seed import upsert as upserting
from cognito_emulator.seed.at_once import at_once
from cognito_emulator.seed.calls import Calls, Inside
from cognito_emulator.seed.handlers import Binder
from cognito_emulator.seed.making_users import make_user
from cognito_emulator.seed.model import (
    Block,
    ClientSeed,
    IdentityPoolSeed,
    LimitSeed,
    LoginProviderSeed,
    PartSeed,
    PoolSeed,
    ProviderSeed,
    Seed,
)
from cognito_emulator.seed.parse import Parser
from cognito_emulator.seed.problems import Enough, Mistake, SeedError
from cognito_emulator.seed.replicas import make_replica
from cognito_emulator.seed.triggers import silent
from cognito_emulator.settings import Settings
from cognito_emulator.wire.model import IDENTITY
from cognito_emulator.wire.registry import Caller
from cognito_emulator.world import World

GiveWay = Callable[[], Awaitable[None]]
_SET_SESSIONS = "SetUserPoolSessionConfiguration"
SLICE = 20  # steps, each of a few operations
_TEXTS = 100  # compromised passwords of one step


async def apply(world: World, seed: Seed, give_way: GiveWay | None = None, *, upsert: bool = False) -> None:
    """Create everything in the seed, or nothing: after a refusal nothing of it stays.

    Pools are created in the world's account. Their Region is the one with which a fixed pool id begins, else the
    world's. No message is sent, no trigger called, no URL fetched.

    Args:
        give_way: lets other requests run first; called after each slice. Without it nothing is awaited.
        upsert: what is there already is changed, not refused (`seed.upsert`). After a refusal all is as it was before,
            without what other requests changed meanwhile.

    Raises:
        SeedError: each block that an operation refused, with its answer.
    """
    store, maker = world.store, _Maker(world, upsert=upsert)
    earlier = state_of(store) if upsert else None
    before, alone = store.snapshot(), True
    try:
        for pool in seed.pools:
            if pool.key_text is not None:
                from cognito_emulator.ports.seeded_keys import seeded_key_set  # rarely needed

                make = partial(seeded_key_set, pool.key_text)
                maker.seeded_keys[pool.key_text] = make() if give_way is None else await world.workers.run(make)
            elif pool.keys is None and any(provider.is_saml for provider in pool.providers):
                # Their certificates are made with the pool's keys, for which no operation in a seed can wait.
                maker.spare_keys.append(make_key_set() if give_way is None else await world.workers.run(make_key_set))
        work = maker.steps(seed)
        while _slice(world, work, None if give_way is None else SLICE):
            if give_way is not None:
                alone = False
                await give_way()
        maker.binder.bind()
    except BaseException as error:
        world.keys.forget(world.keys.all().keys() - maker.new_keys)
        if alone:
            store.restore(before)
        elif earlier is not None:
            become(store, earlier)
        else:
            for _ in undoing.steps(world, maker.made):
                if give_way is not None and not isinstance(error, CancelledError):
                    await give_way()
        raise
    finally:
        store.release(before)


def _slice(world: World, work: Iterator[None], most: int | None) -> bool:
    """Do this number of steps, or all.

    Returns False when no step is left.
    """
    with silent(world):
        done = sum(1 for _ in islice(work, most))
    return done == most


def check_files(paths: Sequence[str | Path]) -> list[Mistake]:
    """Return all mistakes of the files; none if they can be used.

    They are mistakes of form, and refusals of operations when the valid part is created in an empty emulator.
    """
    parser = Parser()
    for path in paths:
        parser.file(path)
    return _mistakes(parser)


def check_mapping(mapping: Mapping[str, Any], name: str, base: Path | None = None) -> list[Mistake]:
    """Return all mistakes of a seed of plain values, as `check_files` does."""
    parser = Parser()
    parser.mapping(mapping, name, base)
    return _mistakes(parser)


def _mistakes(parser: Parser) -> list[Mistake]:
    try:
        at_once(apply(World(Settings()), parser.sound))
    except SeedError as error:
        with suppress(Enough):
            for mistake in error.mistakes:
                parser.notes.add(mistake.place, mistake.text)
    return parser.notes.told()


class _Maker:
    """Creates one pool after the other.

    It continues after a refusal, so that more of them are found.
    """

    def __init__(self, world: World, *, upsert: bool = False) -> None:
        self._world = world
        self._calls = Calls(world, upsert=upsert)
        self.spare_keys: list[KeySet] = []
        self.seeded_keys: dict[str, KeySet] = {}
        self.new_keys: set[str] = set()
        self.notes = self._calls.notes
        self.binder = Binder(world)
        self.made = undoing.Made()

    def steps(self, seed: Seed) -> Iterator[None]:
        """Create everything, a small part with each step.

        Raises:
            SeedError
        """
        try:
            for limit in seed.limits:  # first: with managed login two of them could not be set any more
                self.limit(limit)
                yield
            for pool in seed.pools:
                yield from self.pool(pool)
            for provider in seed.login_providers:
                self.login_provider(provider)
                yield
            for identity_pool in seed.identity_pools:
                self.identity_pool(identity_pool)
                yield
            for one in seed.states if not self.notes.mistakes else ():
                yield from state.steps(self._world, self.notes, one, self.made.rows)
        except Enough:
            pass
        if self.notes.mistakes:
            raise SeedError(self.notes.told())

    def pool(self, pool: PoolSeed) -> Iterator[None]:
        caller = self._caller(pool)
        pool_id = self._pool(pool, caller)
        if pool_id is None:
            yield
            return
        inside = Inside(self._calls, caller, pool_id)
        self._keys(inside, pool)
        for block, operation in ((pool.mfa, "SetUserPoolMfaConfig"), (pool.sessions, _SET_SESSIONS)):
            if block:
                inside.call(block, operation)
        for provider in pool.providers:
            self._provider(inside, provider)
            yield
        self._parts(inside, [part for part in pool.parts if part.is_early])
        yield
        for client in pool.clients:
            self._client(inside, client)
            yield
        self._parts(inside, [part for part in pool.parts if not part.is_early])
        yield
        for group in pool.groups:
            inside.call(group, "CreateGroup")
            yield
        for user in pool.users:
            make_user(inside, user)
            yield
        yield from self._risks(inside, pool)
        for replica in pool.replicas:
            make_replica(inside, replica)
        yield

    @staticmethod
    def _parts(inside: Inside, parts: Iterable[PartSeed]) -> None:
        for part in parts:
            inside.call(part.block, part.operation, uuid=part.id)

    def _caller(self, pool: PoolSeed) -> Caller:
        """Return the owner of a pool: of the one that is there already, with `upsert`."""
        settings = self._world.settings
        known = self._world.store.pools.get(pool.id) if self._calls.upsert else None
        if known is not None:
            return Caller(known.account, known.region)
        return Caller(settings.account, pool.region or settings.region)

    def _pool(self, pool: PoolSeed, caller: Caller) -> str | None:
        """Create the pool or, with `upsert`, change it; return its id.

        It is None where that is refused.
        """
        members = self.binder.members(pool.block.members, pool.handlers, caller.region, caller.account)
        if self._calls.upsert and pool.id in self._world.store.pools:
            changes = upserting.of_operation("UpdateUserPool", {**members, "UserPoolId": pool.id})
            return None if self._calls.call(caller, pool.block.place, "UpdateUserPool", changes) is None else pool.id
        # A tag may fix the id; the seed may say so too.
        is_tagged = _is_tagged(pool, members.get("UserPoolTags", {}))
        suffix = pool.id.rpartition("_")[2] if pool.id and not is_tagged else None
        answer = self._calls.call(caller, pool.block.place, "CreateUserPool", members, pool_suffix=suffix)
        if answer is None:
            return None
        pool_id: str = answer["UserPool"]["Id"]
        self.made.pools.append(pool_id)
        return pool_id

    def _keys(self, inside: Inside, pool: PoolSeed) -> None:
        keys = self._world.keys
        try:
            if pool.keys is not None:
                found = read_pems(pool.keys.id_key, pool.keys.access_key)
            elif pool.key_text is not None:
                found = self.seeded_keys[pool.key_text]
            elif self.spare_keys and keys.known(inside.pool_id) is None:
                found = self.spare_keys.pop()
            else:
                return
        except BadKey as problem:
            self.notes.add(pool.keys.place if pool.keys else pool.block.place, str(problem))
            return
        if keys.known(inside.pool_id) is None:
            self.new_keys.add(inside.pool_id)
        keys.put(inside.pool_id, found)

    def _provider(self, inside: Inside, provider: ProviderSeed) -> None:
        details, key = provider.block.members.get("ProviderDetails", {}), (inside.pool_id, provider.name)
        block = provider.block
        if provider.document:
            sent = {name: value for name, value in details.items() if name != "MetadataURL"}
            members = {**block.members, "ProviderDetails": {**sent, "MetadataFile": provider.document}}
            block = Block(block.place, members)
        if inside.call(block, "CreateIdentityProvider") is None:
            return
        if provider.mock:
            fixups.make_mock(self._world, key)
        if provider.document and "MetadataURL" in details:
            fixups.keep_metadata(self._world, key, details["MetadataURL"], provider.document)

    def _client(self, inside: Inside, client: ClientSeed) -> None:
        is_there = self._calls.upsert and client.id in self._world.store.clients
        # A name may fix the id; the seed may say so too.
        is_named = not is_there and custom_id(client.block.members.get("ClientName", "")) == client.id
        fixed = {"client_id": None if is_named else client.id, "client_secret": client.secret}
        answer = inside.call(client.block, "CreateUserPoolClient", **fixed)
        if answer is None:
            return
        named = {"ClientId": answer["UserPoolClient"]["ClientId"]}
        if client.added_secrets or client.is_registered:
            fixups.settle_client(self._world, named["ClientId"], client)
        if client.sessions:
            block = Block(client.sessions.place, {**client.sessions.members, **named})
            inside.call(block, "SetUserPoolClientSessionConfiguration")
        for policy in client.policies:
            inside.call(Block(policy.place, {**policy.members, **named}), "CreateCIMDPolicy")

    def _risks(self, inside: Inside, pool: PoolSeed) -> Iterator[None]:
        for passwords in _parts(pool.compromised):
            fixed_risks.leak(self._world, passwords, inside.pool_id)
            yield
        for digests in _parts(pool.compromised_digests):
            fixups.keep_digests(self._world, inside.pool_id, digests)
            yield
        for risk in pool.risks:
            yield
            try:
                fixed_risks.fix(self._world, risk.level, inside.pool_id, risk.username, risk.ip_range)
            except fixed_risks.BadRisk as problem:
                self.notes.add(risk.place, str(problem))

    def identity_pool(self, pool: IdentityPoolSeed) -> None:
        settings, place = self._world.settings, pool.block.place
        caller = Caller(settings.account, pool.region or settings.region)
        if self._calls.upsert and pool.id in self._world.store.identity_pools:
            members = {**pool.block.members, "IdentityPoolId": pool.id}
            answer = self._calls.call(caller, place, "UpdateIdentityPool", members, IDENTITY)
        else:
            uuid = pool.id.partition(":")[2] if pool.id else None
            answer = self._calls.call(caller, place, "CreateIdentityPool", pool.block.members, IDENTITY, uuid=uuid)
            self.made.identity_pools += [] if answer is None else [answer["IdentityPoolId"]]
        if answer is None:
            return
        named = {"IdentityPoolId": answer["IdentityPoolId"]}
        if pool.roles:
            members = {**named, **pool.roles.members}
            self._calls.call(caller, pool.roles.place, "SetIdentityPoolRoles", members, IDENTITY)
        for block in pool.tag_maps:
            members = {**named, **block.members}
            self._calls.call(caller, block.place, "SetPrincipalTagAttributeMap", members, IDENTITY)

    def limit(self, seed: LimitSeed) -> None:
        """Set a rate of the account, unless it is set already."""
        settings, table = self._world.settings, self._world.store.limits
        caller = Caller(settings.account, seed.region or settings.region)
        before = {one.key: one for one in table.where("home", (caller.account, caller.region))}
        if any(limits.is_same(seed.block.members, one) for one in before.values()):
            return
        self._calls.call(caller, seed.block.place, "UpdateProvisionedLimit", seed.block.members)
        for one in table.where("home", (caller.account, caller.region)):
            if before.get(one.key) is not one:
                self.made.limits.setdefault(one.key, before.get(one.key))

    def login_provider(self, seed: LoginProviderSeed) -> None:
        """Store a provider of logins in the world's account.

        It replaces an earlier one.
        """
        try:
            made = login_providers.made(self._world.settings.account, seed)
        except ApiError as error:
            self.notes.add(seed.block.place, error.message)
        else:
            self.made.login_providers.setdefault(made.key, self._world.store.login_providers.get(made.key))
            fixups.keep_login_provider(self._world, made)


def _is_tagged(pool: PoolSeed, tags: Mapping[str, str]) -> bool:
    try:
        return pool.id is not None and pool_tags.custom_id(tags, pool.region or "") == pool.id
    except ApiError:
        return False  # CreateUserPool tells why


def _parts(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (texts[at : at + _TEXTS] for at in range(0, len(texts), _TEXTS))

"""The application of a seed, by calls of operations by name: all or nothing.

A large seed is applied in slices, between which other requests run. They see what exists so far.
"""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from cognito_emulator.domain.errors import ApiError
from cognito_emulator.flows.threats import fixed_risks
from cognito_emulator.seed import fixups, login_providers, undoing
from cognito_emulator.seed.handlers import Binder
from cognito_emulator.seed.ids import NotTaken, fixed_ids
from cognito_emulator.seed.model import Block, ClientSeed, IdentityPoolSeed, LoginProviderSeed, PoolSeed, Seed, UserSeed
from cognito_emulator.seed.parse import Parser
from cognito_emulator.seed.problems import Enough, Mistake, Notes, Place, SeedError
from cognito_emulator.seed.triggers import silent
from cognito_emulator.settings import Settings
from cognito_emulator.wire.model import IDENTITY, IDP, Service
from cognito_emulator.wire.registry import Caller, call
from cognito_emulator.world import World

T = TypeVar("T")
GiveWay = Callable[[], Awaitable[None]]
SLICE = 20  # steps, each of a few operations
_AUTHENTICATOR_ON = {"SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}}


async def apply(world: World, seed: Seed, give_way: GiveWay | None = None) -> None:
    """Create everything in the seed, or nothing: after a refusal nothing of it stays.

    Pools are created in the world's account. Their Region is the one with which a fixed pool id begins, else the
    world's. No message is sent, no trigger called, no URL fetched.

    Args:
        give_way: lets other requests run first; called after each slice. Without it nothing is awaited.

    Raises:
        SeedError: each block that an operation refused, with its answer.
    """
    store, maker = world.store, _Maker(world)
    before, alone = store.snapshot(), True
    try:
        work = maker.steps(seed)
        while _slice(world, work, None if give_way is None else SLICE):
            if give_way is not None:
                alone = False
                await give_way()
        maker.binder.bind()
    except BaseException as error:
        if alone:
            store.restore(before)
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

    def __init__(self, world: World) -> None:
        self._world = world
        self.notes = Notes()
        self.binder = Binder(world)
        self.made = undoing.Made()

    def steps(self, seed: Seed) -> Iterator[None]:
        """Create everything, a small part with each step.

        Raises:
            SeedError
        """
        try:
            for pool in seed.pools:
                yield from self.pool(pool)
            for provider in seed.login_providers:
                self.login_provider(provider)
                yield
            for identity_pool in seed.identity_pools:
                self.identity_pool(identity_pool)
                yield
        except Enough:
            pass
        if self.notes.mistakes:
            raise SeedError(self.notes.told())

    def _call(
        self,
        caller: Caller,
        place: Place,
        operation: str,
        members: Mapping[str, Any],
        service: Service = IDP,
        **fixed: str | None,
    ) -> Mapping[str, Any] | None:
        """Return the answer of an operation.

        If it refuses, note a mistake and return None.
        """
        try:
            with fixed_ids(self._world, **fixed):
                return at_once(call(self._world, service, operation, members, caller))
        except ApiError as error:
            self.notes.add(place, f"{operation} answers {error.code}: {error.message}")
        except NotTaken as error:
            self.notes.add(place, f"{operation} does not take the fixed {error}; another member decides it")
        return None

    def pool(self, pool: PoolSeed) -> Iterator[None]:
        settings, place = self._world.settings, pool.block.place
        caller = Caller(settings.account, pool.region or settings.region)
        suffix = pool.id.rpartition("_")[2] if pool.id else None
        members = self.binder.members(pool.block.members, pool.handlers, caller.region, caller.account)
        answer = self._call(caller, place, "CreateUserPool", members, pool_suffix=suffix)
        if answer is None:
            yield
            return
        inside = _Inside(self, caller, answer["UserPool"]["Id"])
        self.made.pools.append(inside.pool_id)
        if pool.mfa:
            inside.call(pool.mfa, "SetUserPoolMfaConfig")
        for provider in pool.providers:
            made = inside.call(provider.block, "CreateIdentityProvider")
            if made is not None and provider.mock:
                fixups.make_mock(self._world, (inside.pool_id, provider.block.members["ProviderName"]))
            yield
        for client in pool.clients:
            self._client(inside, client)
            yield
        for group in pool.groups:
            inside.call(group, "CreateGroup")
            yield
        for user in pool.users:
            self._user(inside, user)
            yield
        self._risks(inside, pool)
        yield

    def _client(self, inside: _Inside, client: ClientSeed) -> None:
        fixed = {"client_id": client.id, "client_secret": client.secret}
        answer = inside.call(client.block, "CreateUserPoolClient", **fixed)
        if answer is None:
            return
        named = {"ClientId": answer["UserPoolClient"]["ClientId"]}
        for policy in client.policies:
            inside.call(Block(policy.place, {**policy.members, **named}), "CreateCIMDPolicy")

    def _risks(self, inside: _Inside, pool: PoolSeed) -> None:
        fixed_risks.leak(self._world, pool.compromised, inside.pool_id)
        for risk in pool.risks:
            try:
                fixed_risks.fix(self._world, risk.level, inside.pool_id, risk.username, risk.ip_range)
            except fixed_risks.BadRisk as problem:
                self.notes.add(risk.place, str(problem))

    def identity_pool(self, pool: IdentityPoolSeed) -> None:
        settings, place = self._world.settings, pool.block.place
        caller = Caller(settings.account, pool.region or settings.region)
        uuid = pool.id.partition(":")[2] if pool.id else None
        answer = self._call(caller, place, "CreateIdentityPool", pool.block.members, IDENTITY, uuid=uuid)
        if answer is None:
            return
        named = {"IdentityPoolId": answer["IdentityPoolId"]}
        self.made.identity_pools.append(answer["IdentityPoolId"])
        if pool.roles:
            members = {**named, **pool.roles.members}
            self._call(caller, pool.roles.place, "SetIdentityPoolRoles", members, IDENTITY)
        for block in pool.tag_maps:
            members = {**named, **block.members}
            self._call(caller, block.place, "SetPrincipalTagAttributeMap", members, IDENTITY)

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

    def _user(self, inside: _Inside, user: UserSeed) -> None:
        members = {**user.block.members, "MessageAction": "SUPPRESS"}
        answer = inside.call(Block(user.block.place, members), "AdminCreateUser", uuid=user.sub)
        if answer is None:
            return
        made = answer["User"]
        # Where an address was sent as the user name, Username is the sub.
        named = {"Username": made["Username"]}
        sub = next(item["Value"] for item in made["Attributes"] if item["Name"] == "sub")
        if user.password:
            typed = {**named, "Password": user.password.text, "Permanent": True}
            inside.call(Block(user.password.place, typed), "AdminSetUserPassword")
        for group in user.groups:
            inside.call(Block(group.place, {**named, "GroupName": group.text}), "AdminAddUserToGroup")
        self._factors(inside, user, (inside.pool_id, sub), named)
        if not user.confirmed:
            fixups.unconfirm(self._world, (inside.pool_id, sub))
        if not user.enabled:
            inside.call(Block(user.block.place, named), "AdminDisableUser")

    def _factors(self, inside: _Inside, user: UserSeed, key: tuple[str, str], named: Mapping[str, str]) -> None:
        preference = user.preference
        if user.totp:
            fixups.enrol(self._world, key, user.totp.text)
            preference = preference or Block(user.totp.place, _AUTHENTICATOR_ON)
        if preference:
            inside.call(Block(preference.place, {**named, **preference.members}), "AdminSetUserMFAPreference")


class _Inside:
    """Calls of operations on one pool."""

    def __init__(self, maker: _Maker, caller: Caller, pool_id: str) -> None:
        self.pool_id = pool_id
        self._maker = maker
        self._caller = caller

    def call(self, block: Block, operation: str, **fixed: str | None) -> Mapping[str, Any] | None:
        members = {**block.members, "UserPoolId": self.pool_id}
        return self._maker._call(self._caller, block.place, operation, members, IDP, **fixed)


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits; return its result.

    Raises:
        RuntimeError: it waited; other requests could have seen half a seed.
    """
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    work.close()
    raise RuntimeError("an operation called by a seed waited for something")

"""A large pool is deleted in slices: it is gone at once for all who ask, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from cognito_emulator.flows.pools.deletion import SLICE
from tests.benchmarks.served import add_users
from tests.helpers.build import Setup, setup, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.holding import allowed, longest_hold
from tests.helpers.raw import post

MANY = SLICE * 2 + 50
Hook = Callable[[], Awaitable[None] | None]


@pytest.fixture
def at(running: Running) -> Setup:
    made = setup(running)

    async def fill() -> None:
        add_users(running.world, made.pool, MANY)

    running.run(fill())
    user(running, made.pool)
    return made


@pytest.fixture
def between(running: Running, monkeypatch: pytest.MonkeyPatch) -> list[Hook]:
    """Called once, on the loop, after the first slice."""
    hooks: list[Hook] = []
    original = running.world.background.give_way
    turns = 0

    async def give_way() -> None:
        nonlocal turns
        turns += 1
        await original()
        if turns == 2 and hooks and (work := hooks.pop()()) is not None:
            await work

    monkeypatch.setattr(running.world.background, "give_way", give_way)
    return hooks


def _count(running: Running, pool: str) -> int:
    return running.world.store.users.count("pool", pool)


def test_nothing_stays(running: Running, idp: Any, at: Setup) -> None:
    sign_in(idp, at)
    kept = setup(running)
    user(running, kept.pool)
    idp.delete_user_pool(UserPoolId=at.pool)
    store = running.world.store
    for name, table in store.tables().items():
        assert not [one for one in table if at.pool in (getattr(one, "pool_id", ""), getattr(one, "id", ""))], name
    assert sign_in(idp, kept)["AccessToken"]


def test_it_is_gone_for_all_who_ask_after_the_first_slice(
    running: Running, idp: Any, at: Setup, between: list[Hook]
) -> None:
    token = sign_in(idp, at)["AccessToken"]
    seen: list[tuple[int, int]] = []

    async def ask() -> None:
        import asyncio

        loop = asyncio.get_running_loop()
        seen.append((_count(running, at.pool), 0))
        parameters = {"USERNAME": "ann", "PASSWORD": "Correct-horse-7"}
        for operation, members in (
            ("DescribeUserPool", {"UserPoolId": at.pool}),
            ("AdminGetUser", {"UserPoolId": at.pool, "Username": "user1"}),
            ("GetUser", {"AccessToken": token}),
            ("DescribeUserPoolClient", {"UserPoolId": at.pool, "ClientId": at.client}),
            (
                "InitiateAuth",
                {"ClientId": at.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters},
            ),
        ):
            answer = await loop.run_in_executor(None, post, running, operation, members)
            seen.append((0, answer.status))

    between.append(ask)
    idp.delete_user_pool(UserPoolId=at.pool)
    assert MANY > seen[0][0] > 0
    assert [status for _, status in seen[1:]] == [400] * 5
    assert _count(running, at.pool) == 0


def test_a_restore_in_between_has_the_last_word(running: Running, idp: Any, at: Setup, between: list[Hook]) -> None:
    store = running.world.store

    async def take() -> int:
        return store.snapshot()

    number = running.run(take())
    between.append(lambda: store.restore(number))
    idp.delete_user_pool(UserPoolId=at.pool)
    assert _count(running, at.pool) == MANY + 1
    assert sign_in(idp, at)["AccessToken"]


def test_a_pool_with_its_id_begins_without_its_users(
    running: Running, idp: Any, at: Setup, between: list[Hook]
) -> None:
    tags = {"UserPoolTags": {"_custom_id_": "again1234"}}
    pool = idp.create_user_pool(PoolName="p", **tags)["UserPool"]["Id"]

    async def fill() -> None:
        add_users(running.world, pool, MANY)

    running.run(fill())

    async def recreate() -> None:
        from cognito_emulator.wire.registry import Caller, call

        caller = Caller("000000000000", "us-east-1")
        await call(running.world, "cognito-idp", "CreateUserPool", {"PoolName": "new", **tags}, caller)

    between.append(recreate)
    idp.delete_user_pool(UserPoolId=pool)
    assert idp.list_users(UserPoolId=pool)["Users"] == []
    assert idp.describe_user_pool(UserPoolId=pool)["UserPool"]["Name"] == "new"


def test_a_rewind_of_the_history_brings_all_of_it_back(running: Running, idp: Any, at: Setup) -> None:
    number = running.world.store.history.number
    idp.delete_user_pool(UserPoolId=at.pool)

    async def undo() -> None:
        running.world.store.undo_since(number)

    running.run(undo())
    assert _count(running, at.pool) == MANY + 1
    assert sign_in(idp, at)["AccessToken"]


@pytest.mark.exhaustive
def test_it_holds_nobody_up(running: Running, idp: Any) -> None:
    found: list[float] = []
    for _ in range(3):  # a busy machine may hold it once; what the users cost comes each time
        pool = setup(running).pool

        async def fill(pool: str = pool) -> None:
            add_users(running.world, pool, SLICE * 20)

        running.run(fill())
        with longest_hold() as longest:
            idp.delete_user_pool(UserPoolId=pool)
            idp.list_user_pools(MaxResults=1)  # its answer comes when the step that answered the first has ended
        found.append(longest.seconds)
        if longest.seconds < allowed(0):
            return
    pytest.fail(f"{found}")

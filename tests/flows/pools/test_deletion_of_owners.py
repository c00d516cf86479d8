"""What owns very many records is deleted in slices: it is gone at once, and nothing of it is found later."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

import pytest

from cognito_emulator.domain import errors
from cognito_emulator.domain.history import Commit
from cognito_emulator.domain.identity_pools.identity import Login, PoolIdentity
from cognito_emulator.domain.removal import PART
from cognito_emulator.domain.tokens.token import RefreshFamily
from cognito_emulator.domain.users.group import Membership
from cognito_emulator.flows.pools.deletion import SLICE
from cognito_emulator.wire.registry import Caller, call
from tests.benchmarks.served import add_users
from tests.helpers.build import FLOWS, Setup, refused, setup, sign_in, user
from tests.helpers.harness import ACCOUNT, REGION, Running
from tests.helpers.recovering import Past, past
from tests.helpers.slices import Hook, commits_of, hooks_between, put_records

MANY = SLICE * 2 + 50
_NUMBERS = count()


@pytest.fixture
def between(running: Running, monkeypatch: pytest.MonkeyPatch) -> list[Hook]:
    return hooks_between(running, monkeypatch)


@pytest.fixture
def commits(running: Running, monkeypatch: pytest.MonkeyPatch) -> list[Commit]:
    return commits_of(running, monkeypatch)


def fill_group(running: Running, at: Setup, group: str = "g") -> None:
    async def fill() -> list[str]:
        add_users(running.world, at.pool, MANY)
        return [one.sub for one in running.world.store.users.where("pool", at.pool)]

    running.call("CreateGroup", UserPoolId=at.pool, GroupName=group)
    put_records(running, "memberships", [Membership(at.pool, group, sub) for sub in running.run(fill())])


def fill_sign_ins(running: Running, at: Setup, username: str = "ann") -> None:
    found = next(one for one in running.world.store.users.where("pool", at.pool) if one.username == username)
    numbers = [next(_NUMBERS) for _ in range(MANY)]
    made = [
        RefreshFamily(f"o{n}", at.pool, at.client, found.sub, f"e{n}", f"d{n}", 0, 0.0, 9e9, device_key="")
        for n in numbers
    ]
    put_records(running, "families", made)


def small(commits: list[Commit]) -> bool:
    """Tell whether there was more than one slice, and none too large."""
    return len(commits) > 2 and max(len(commit.changes) for commit in commits) <= SLICE + PART


async def ask(running: Running, operation: str, **members: Any) -> Any:
    return await call(running.world, "cognito-idp", operation, members, Caller(ACCOUNT, REGION))


async def names_of(running: Running, operation: str, answer: str, **members: Any) -> list[str]:
    return [str(one) for one in (await ask(running, operation, **members))[answer]]


# --- groups -------------------------------------------------------------------------------------------------


def test_a_group_is_gone_at_once(running: Running, at: Setup, between: list[Hook], commits: list[Commit]) -> None:
    fill_group(running, at)
    running.call("CreateGroup", UserPoolId=at.pool, GroupName="other")
    running.call("AdminAddUserToGroup", UserPoolId=at.pool, GroupName="other", Username="user0")
    seen: list[Any] = []

    async def look() -> None:
        members = {"UserPoolId": at.pool, "Username": "user0"}
        seen.append(running.world.store.memberships.count("group", (at.pool, "g")))
        seen.append(await ask(running, "AdminListGroupsForUser", **members))
        with pytest.raises(errors.ResourceNotFound):
            await ask(running, "ListUsersInGroup", UserPoolId=at.pool, GroupName="g")

    between.append(look)
    commits.clear()
    running.call("DeleteGroup", UserPoolId=at.pool, GroupName="g")
    assert MANY > seen[0] > 0
    assert [one["GroupName"] for one in seen[1]["Groups"]] == ["other"]
    assert small(commits)
    assert len(running.world.store.memberships) == 1


def test_a_group_of_its_name_has_no_members(running: Running, at: Setup, between: list[Hook]) -> None:
    fill_group(running, at)
    seen: list[str] = []

    async def make() -> None:
        await ask(running, "CreateGroup", UserPoolId=at.pool, GroupName="g", Description="new")
        seen.extend(await names_of(running, "ListUsersInGroup", "Users", UserPoolId=at.pool, GroupName="g"))
        await ask(running, "AdminAddUserToGroup", UserPoolId=at.pool, GroupName="g", Username="user0")

    between.append(make)
    running.call("DeleteGroup", UserPoolId=at.pool, GroupName="g")
    assert seen == []
    listed = running.call("ListUsersInGroup", UserPoolId=at.pool, GroupName="g")["Users"]
    assert [one["Username"] for one in listed] == ["user0"]


def test_a_restore_that_brings_a_group_back_ends_its_deletion(running: Running, at: Setup, between: list[Hook]) -> None:
    fill_group(running, at)
    store = running.world.store

    async def take() -> int:
        return store.snapshot()

    number = running.run(take())

    async def restore() -> None:
        store.restore(number)

    between.append(restore)
    running.call("DeleteGroup", UserPoolId=at.pool, GroupName="g")
    assert store.memberships.count("group", (at.pool, "g")) == MANY + 1


def test_a_deletion_is_over_when_a_recovery_begins(running: Running, idp: Any, between: list[Hook]) -> None:
    made: Past = past(running, idp)
    at = made.setup
    fill_group(running, at, "large")
    point = made.wait()

    async def recover() -> None:
        work = ask(running, "InitiatePointInTimeRecovery", UserPoolId=at.pool, RestoreTimestamp=point)
        begun.append(asyncio.get_running_loop().create_task(work))

    begun: list[asyncio.Task[Any]] = []
    between.append(recover)
    running.call("DeleteGroup", UserPoolId=at.pool, GroupName="large")
    running.run(begun[0])
    (recovery,) = running.world.store.recoveries.where("pool", at.pool)
    deleted = [change for change in recovery.reverts if change.table == "memberships"]
    assert len(deleted) == MANY


# --- users and clients ----------------------------------------------------------------------------------------


def test_a_user_is_gone_at_once(
    running: Running, idp: Any, at: Setup, between: list[Hook], commits: list[Commit]
) -> None:
    tokens = sign_in(idp, at)
    fill_sign_ins(running, at)
    left: list[int] = []

    async def look() -> None:
        left.append(len(running.world.store.families))
        with pytest.raises(errors.UserNotFound):
            await ask(running, "AdminGetUser", UserPoolId=at.pool, Username="ann")
        with pytest.raises(errors.UserNotFound):
            await ask(running, "GetUser", AccessToken=tokens["AccessToken"])

    between.append(look)
    commits.clear()
    running.call("AdminDeleteUser", UserPoolId=at.pool, Username="ann")
    assert left[0] > 0
    assert small(commits)
    assert not len(running.world.store.families)


def test_a_client_is_gone_at_once_and_a_later_one_has_no_sign_ins(
    running: Running, idp: Any, between: list[Hook], commits: list[Commit]
) -> None:
    at = setup(running, {"ClientName": "_custom_id_:manysignins"})
    user(running, at.pool)
    refresh = {"REFRESH_TOKEN": sign_in(idp, at)["RefreshToken"]}
    fill_sign_ins(running, at)
    members = {"UserPoolId": at.pool, "ClientName": "_custom_id_:manysignins", "ExplicitAuthFlows": FLOWS}
    left: list[int] = []

    async def look() -> None:
        left.append(len(running.world.store.families))
        with pytest.raises(errors.ResourceNotFound):
            await ask(running, "DescribeUserPoolClient", UserPoolId=at.pool, ClientId=at.client)
        await ask(running, "CreateUserPoolClient", **members)
        left.append(len(running.world.store.families))

    between.append(look)
    commits.clear()
    running.call("DeleteUserPoolClient", UserPoolId=at.pool, ClientId=at.client)
    assert MANY > left[0] > left[1] == 0
    assert small(commits)
    with refused("NotAuthorizedException", "Invalid Refresh Token."):
        idp.initiate_auth(ClientId=at.client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=refresh)


def test_a_user_of_very_many_sign_ins_goes_in_slices_with_the_pool(
    running: Running, at: Setup, commits: list[Commit]
) -> None:
    fill_sign_ins(running, at)
    fill_group(running, at)
    commits.clear()
    running.call("DeleteUserPool", UserPoolId=at.pool)
    assert small(commits)
    for name, table in running.world.store.tables().items():
        assert not [one for one in table if getattr(one, "pool_id", "") == at.pool], name


# --- identity pools -------------------------------------------------------------------------------------------


def test_an_identity_pool_is_gone_at_once_and_a_later_one_has_no_identities(
    running: Running, between: list[Hook], commits: list[Commit]
) -> None:
    members = {
        "IdentityPoolName": "p",
        "AllowUnauthenticatedIdentities": True,
        "IdentityPoolTags": {"_custom_id_": f"{REGION}:00000000-0000-4000-8000-00000000000f"},
    }
    pool = running.call("CreateIdentityPool", "cognito-identity", **members)["IdentityPoolId"]
    ids = [f"{REGION}:00000000-0000-4000-8000-{number:012d}" for number in range(MANY)]
    put_records(
        running, "federated_identities", [PoolIdentity(one, pool, 0, 0, (Login("x", one),), False) for one in ids]
    )
    left: list[int] = []

    async def look() -> None:
        left.append(len(running.world.store.federated_identities))
        caller = Caller(ACCOUNT, REGION)
        with pytest.raises(errors.ResourceNotFound):
            await call(running.world, "cognito-identity", "DescribeIdentity", {"IdentityId": ids[0]}, caller)
        await call(running.world, "cognito-identity", "CreateIdentityPool", members, caller)
        left.append(len(running.world.store.federated_identities))

    between.append(look)
    commits.clear()
    running.call("DeleteIdentityPool", "cognito-identity", IdentityPoolId=pool)
    assert MANY > left[0] > left[1] == 0
    assert small(commits)

"""Very many sign-ins are ended in slices: all that were there, whatever happens meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from cognito_emulator.domain.history import Commit
from cognito_emulator.domain.tokens.token import RefreshFamily
from cognito_emulator.domain.users.device import Device
from cognito_emulator.flows.tokens import expired_tokens
from cognito_emulator.flows.tokens.many_sign_ins import LOOKS, SLICE
from tests.helpers.build import Setup, sign_in
from tests.helpers.harness import Running
from tests.helpers.slices import Hook, commits_of, hooks_between

MANY = SLICE * 2 + 50
DEVICE = "us-east-1_00000000-0000-4000-8000-000000000001"


@pytest.fixture
def between(running: Running, monkeypatch: pytest.MonkeyPatch) -> list[Hook]:
    return hooks_between(running, monkeypatch)


@pytest.fixture
def commits(running: Running, monkeypatch: pytest.MonkeyPatch) -> list[Commit]:
    return commits_of(running, monkeypatch)


def family(at: Setup, sub: str, name: str) -> RefreshFamily:
    return RefreshFamily(f"o{name}", at.pool, at.client, sub, f"e{name}", f"d{name}", 0, 0.0, 9e9, device_key=DEVICE)


@pytest.fixture
def sub(running: Running, idp: Any, at: Setup) -> str:
    """A user of very many sign-ins, one of them by the API."""
    sign_in(idp, at)
    running.call("UpdateUserPool", UserPoolId=at.pool, DeviceConfiguration={"DeviceOnlyRememberedOnUserPrompt": True})

    async def fill() -> str:
        store = running.world.store
        (ann,) = store.users.where("pool", at.pool)
        with store.write():
            store.devices.put(Device(at.pool, ann.sub, DEVICE, "", b"", 1, 0, 0, 0, ""))
            for number in range(MANY):
                store.families.put(family(at, ann.sub, str(number)))
        return ann.sub

    return running.run(fill())


ENDS: list[tuple[str, dict[str, str], str]] = [
    ("AdminUserGlobalSignOut", {}, "revoked"),
    ("AdminDisableUser", {}, "revoked"),
    ("AdminForgetDevice", {"DeviceKey": DEVICE}, "forgotten"),
]


@pytest.mark.parametrize(("operation", "members", "field"), ENDS)
def test_all_that_were_there_end(
    running: Running,
    at: Setup,
    sub: str,
    between: list[Hook],
    commits: list[Commit],
    operation: str,
    members: dict[str, str],
    field: str,
) -> None:
    families = running.world.store.families
    seen: list[int] = []

    def meanwhile() -> None:
        seen.append(sum(getattr(one, field) for one in families))
        with running.world.store.write():
            families.put(family(at, sub, "new"))
            families.delete(f"o{MANY - 1}")

    between.append(meanwhile)
    running.call(operation, UserPoolId=at.pool, Username="ann", **members)
    assert seen == [SLICE]
    ended = {one.origin: getattr(one, field) for one in families if one.device_key}
    assert len(ended) == MANY
    assert [origin for origin, is_over in ended.items() if not is_over] == ["onew"]
    assert max(len(commit.changes) for commit in commits) <= SLICE + 1


def test_a_user_who_is_enabled_again_meanwhile_stays_so(
    running: Running, at: Setup, sub: str, between: list[Hook]
) -> None:
    users = running.world.store.users

    def enable() -> None:
        found = users.get((at.pool, sub))
        assert found is not None
        assert not found.enabled
        with running.world.store.write():
            users.put(replace(found, enabled=True))

    between.append(enable)
    running.call("AdminDisableUser", UserPoolId=at.pool, Username="ann")
    found = users.get((at.pool, sub))
    assert found is not None
    assert found.enabled
    assert all(one.revoked for one in running.world.store.families)


@pytest.mark.parametrize("refresh", [False, True])
def test_tokens_of_a_client_expire(
    running: Running, at: Setup, sub: str, commits: list[Commit], *, refresh: bool
) -> None:
    count = running.run(expired_tokens.expire(running.world, client_id=at.client, refresh=refresh))
    assert count == MANY + 1
    found = list(running.world.store.families)
    assert all(len(one.expired_events) == 1 for one in found)
    assert {one.sub for one in found} == {sub}
    assert all((one.expires < 9e9) == refresh for one in found if one.device_key)
    assert max(len(commit.changes) for commit in commits) <= SLICE
    assert running.run(expired_tokens.expire(running.world, client_id=at.client)) == (0 if refresh else MANY + 1)


def test_few_are_looked_at_at_once(running: Running, at: Setup, between: list[Hook]) -> None:
    """Although none of them changes."""

    async def fill() -> None:
        with running.world.store.write():
            for number in range(LOOKS + 1):
                running.world.store.families.put(replace(family(at, "sub", str(number)), revoked=True))

    running.run(fill())
    turns: list[int] = []
    between.append(lambda: turns.append(1))
    assert running.run(expired_tokens.expire(running.world, client_id=at.client)) == 0
    assert turns == [1]

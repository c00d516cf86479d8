"""Resets and restores of very many users: others are answered in between, by the old state or by the new one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cognito_emulator import Emulator
from cognito_emulator.control.baseline import MANY
from cognito_emulator.domain.users.user import CONFIRMED, User
from cognito_emulator.world import World
from tests.benchmarks.served import add_users
from tests.helpers.control_api import POOL, SEED, Control

COUNT = MANY + 500


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with Emulator(seed=SEED) as emulator:
        yield emulator


@pytest.fixture
def control(server: Emulator) -> Iterator[Control]:
    server.reset()
    yield Control(server)
    server.world.snapshots.delete("one")


@pytest.fixture
def pauses(control: Control, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many users there were in each pause; a user is created in the first ones."""
    world, seen = control.emulator.world, list[int]()
    original = world.background.give_way

    async def give_way() -> None:
        await original()
        seen.append(len(world.store.users))
        if len(seen) < 3:
            create_late(world, len(seen))

    monkeypatch.setattr(world.background, "give_way", give_way)
    return seen


def create_late(world: World, number: int) -> None:
    name = f"late{number}"
    with world.store.write():
        world.store.users.put(User(POOL, f"sub-of-{name}", name, name, 0.0, 0.0, CONFIRMED))


def fill(control: Control) -> None:
    world = control.emulator.world
    control.emulator.on_loop(lambda: add_users(world, POOL, COUNT))


def names(control: Control) -> set[str]:
    return control.emulator.on_loop(lambda: {one.username for one in control.emulator.world.store.users})


def changes_at_once(seen: list[int], before: int, after: int) -> bool:
    """Tell whether the number of users changes once, but for those who are created meanwhile."""
    at = next(index for index, count in enumerate(seen) if count == after)
    return set(seen[:at]) <= {before, before + 1, before + 2} and set(seen[at:]) == {after}


def test_a_reset(control: Control, pauses: list[int]) -> None:
    fill(control)
    control("PUT", "/_emulator/clock", {"advance": 60})
    assert control("POST", "/_emulator/reset").status == 200
    assert len(pauses) > COUNT // 2_000
    assert changes_at_once(pauses, COUNT + 1, 1)
    assert names(control) == {"ann"}
    assert control.emulator.world.clock.state == (None, 0.0)


def test_a_reset_to_nothing(control: Control, pauses: list[int]) -> None:
    fill(control)
    assert control("POST", "/_emulator/reset?empty=1").json == {"pools": []}
    assert changes_at_once(pauses, COUNT + 1, 0)


def test_a_snapshot(control: Control, pauses: list[int]) -> None:
    fill(control)
    kept = names(control)
    control("POST", "/_emulator/snapshots/one")
    control("POST", "/_emulator/reset?empty=1")
    pauses.clear()
    answer = control("PUT", "/_emulator/snapshots/one")
    assert (answer.status, answer.json["users"]) == (200, COUNT + 1)
    assert answer.json["changed"] >= COUNT + 2, "users, pool and client"
    assert len(pauses) > COUNT // 500
    assert names(control) == kept
    assert control("GET", "/_emulator/snapshots/one/diff/now").json["changed"] == 0
    found = control.emulator.client().list_users(UserPoolId=POOL, Filter='email = "user7@example.com"')["Users"]
    assert [one["Username"] for one in found] == ["user7"]
    control("POST", "/_emulator/reset")
    assert names(control) == {"ann"}, "a reset still knows what has come"


def test_a_scope(control: Control, pauses: list[int]) -> None:
    with control.emulator.scope():
        fill(control)
        control.emulator.clock.advance(60)
    assert changes_at_once(pauses, COUNT + 1, 1)
    assert names(control) == {"ann"}
    assert control.emulator.world.clock.state == (None, 0.0)


@pytest.mark.parametrize("path", ["/_emulator/seed?baseline=1", "/_emulator/seed"])
def test_a_seed_that_is_refused(control: Control, pauses: list[int], path: str) -> None:
    fill(control)
    kept = names(control)
    users = [{"Username": "bob", "Password": "short", "Confirmed": True}]
    seed = {"UserPools": [{"PoolName": "p", "Users": users}]}
    method = "POST" if "?" in path else "PUT"
    assert control(method, path, seed).status == 400
    assert names(control) - {"late1", "late2"} == kept
    assert len(pauses) > COUNT // 2_000
    assert control.emulator.client().admin_get_user(UserPoolId=POOL, Username="user7")["Username"] == "user7"
    control.emulator.reset()
    assert names(control) == {"ann"}

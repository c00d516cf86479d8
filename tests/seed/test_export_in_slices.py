"""An export of very much is made and written in slices."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cognito_emulator.domain.auth.code import PendingCode
from cognito_emulator.domain.users.group import Group
from cognito_emulator.seed import export_state
from cognito_emulator.seed.export import export_slowly
from cognito_emulator.seed.plain import as_yaml, yaml_parts
from cognito_emulator.wire.registry import Caller, call
from cognito_emulator.world import World

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.text("ab: #-'\"\né{}[]&*", max_size=8))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, min_size=21, max_size=23),
        st.dictionaries(st.text("abé :", max_size=3), inner, max_size=3),
    ),
    max_leaves=30,
)


@given(st.dictionaries(st.text("abc", min_size=1), VALUES, max_size=4))
def test_the_parts_are_one_document(content: dict[str, Any]) -> None:
    assert (yaml.safe_load(as_yaml(content)) or {}) == content


def test_no_part_has_very_much() -> None:
    users = [{"Username": f"u{number}", "Attributes": {"email": "x"}} for number in range(500)]
    content = {"UserPools": [{"Id": "p", "Users": users, "PoolName": "q"}], "State": {"Rows": {"a": ["x"] * 500}}}
    parts = list(yaml_parts(content))
    assert yaml.safe_load("".join(parts)) == content
    assert max(part.count("\n") for part in parts) <= 20 * 3


@pytest.fixture
def large(world: World) -> str:
    """A pool of very many groups."""
    caller = Caller("000000000000", "us-east-1")
    made = asyncio.run(call(world, "cognito-idp", "CreateUserPool", {"PoolName": "p"}, caller))
    pool: str = made["UserPool"]["Id"]
    with world.store.write():
        for number in range(120):
            world.store.groups.put(Group(pool, f"g{number}", 0.0, 0.0))
    return pool


def test_what_is_deleted_meanwhile_is_not_in_it(world: World, large: str) -> None:
    turns: list[int] = []

    async def give_way() -> None:
        turns.append(1)
        with world.store.write():
            world.store.groups.delete((large, "g119"))

    (pool,) = asyncio.run(export_slowly(world, give_way))["UserPools"]
    assert [one["GroupName"] for one in pool["Groups"]] == [f"g{number}" for number in range(119)]
    assert len(turns) >= 2


def test_a_pool_that_is_deleted_meanwhile_is_not_in_it(world: World, large: str) -> None:
    async def give_way() -> None:
        with world.store.write():
            world.store.pools.delete(large)

    assert "UserPools" not in asyncio.run(export_slowly(world, give_way))


def test_what_is_left_out_is_counted_in_slices(world: World, large: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_state, "_LOOKS", 2)
    with world.store.write():
        for number in range(5):
            pool = large if number % 2 else "other"
            world.store.codes.put(PendingCode(pool, f"{number}", "sign_up", "", 0.0, "email"))
    turns: list[int] = []

    async def give_way() -> None:
        turns.append(1)

    found = asyncio.run(export_state.left_out_slowly(world, give_way, [large], secrets=True))
    assert found == {"codes that were sent": 2}
    assert len(turns) == 3


def test_others_have_their_turn_after_each_pool(world: World) -> None:
    caller, turns = Caller("000000000000", "us-east-1"), list[int]()
    for _ in range(3):
        asyncio.run(call(world, "cognito-idp", "CreateUserPool", {"PoolName": "p"}, caller))

    async def give_way() -> None:
        turns.append(1)

    assert len(asyncio.run(export_slowly(world, give_way))["UserPools"]) == 3
    assert len(turns) >= 3

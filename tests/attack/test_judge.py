"""The judge sees what it is there for."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import time
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.ports.outbox import Message
from cognito_emulator.wire import endpoint
from cognito_emulator.wire.body import Disconnected
from cognito_emulator.world import World
from tests.attack import values
from tests.attack.judge import Judge, Levels, Stopwatch
from tests.attack.oddities import GOOD, HEALTH, Oddities
from tests.attack.shot import Shot, request
from tests.attack.target import Target
from tests.contract import conformance
from tests.helpers.handlers import replace_handler
from tests.helpers.newest import needs_newest

pytestmark = needs_newest  # the playground has what only that knows


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    made = Target(1)
    yield made
    made.stop()


@pytest.fixture
def judge(target: Target) -> Iterator[Judge]:
    target.begin("1")
    made = Judge(target)
    yield made
    made.line.close()


def shot(target: Target) -> Shot:
    scope = "A/20260905/us-east-1/cognito-idp/aws4_request"
    body = {"UserPoolId": target.hosted.pool, "GroupName": "staff"}
    head = [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", "AWSCognitoIdentityProviderService.DeleteGroup"),
        (
            "authorization",
            f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        ),
    ]
    return Shot("operation", "DeleteGroup", request("POST", "/", [("host", "x"), *head], json.dumps(body).encode()))


def told(judge: Judge, patch: pytest.MonkeyPatch, handler: Any) -> dict[str, str]:
    """The faults when DeleteGroup is done by that handler."""
    replace_handler(patch, "DeleteGroup", handler)
    judge.ask(shot(judge.target))
    conformance.violations.clear()
    return {fault.check: fault.told for fault in judge.faults.values()}


def pool_of(world: World, pool_id: str) -> Pool:
    found = world.store.pools.get(pool_id)
    assert found is not None
    return found


def test_what_is_well_is_no_fault(judge: Judge) -> None:
    assert [reply.status for reply in judge.ask(shot(judge.target))] == [400]  # there is no such group
    assert [reply.status for reply in judge.ask(Shot("http", "", HEALTH + GOOD, answers=2))] == [200, 200]
    judge.indexes()
    assert judge.faults == {}


def test_a_crash_is_seen(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    async def crash(world: World, **_: Any) -> None:
        raise KeyError("a mistake of ours")

    assert "KeyError: 'a mistake of ours'" in told(judge, monkeypatch, crash)["5xx"]


def test_a_change_by_a_refused_request_is_seen(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    async def change(world: World, *, user_pool_id: str, **_: Any) -> None:
        with world.store.write():
            world.store.pools.put(replace(pool_of(world, user_pool_id), name="other"))
        raise errors.group_not_found()

    assert "name: 'hosted' -> 'other'" in told(judge, monkeypatch, change)["changed"]


def test_what_was_undone_is_no_change(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    async def undone(world: World, *, user_pool_id: str, **_: Any) -> None:
        with world.store.write():
            world.store.pools.put(replace(pool_of(world, user_pool_id), name="other"))
            raise errors.group_not_found()

    assert told(judge, monkeypatch, undone) == {}


def test_a_message_of_a_refused_request_is_seen(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    async def send(world: World, **_: Any) -> None:
        world.outbox.send(Message("SMS", "mfa", "+1555", "", "code", "p", "u", 0.0))
        raise errors.group_not_found()

    assert told(judge, monkeypatch, send)["changed"].startswith("a message was sent")


def test_an_error_that_is_not_the_operations_is_seen(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(world: World, **_: Any) -> None:
        raise errors.user_not_found()

    assert "DeleteGroup does not model UserNotFoundException" in told(judge, monkeypatch, refuse)["conformance"]


def test_a_held_loop_is_seen(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    async def compute(world: World, **_: Any) -> None:
        ends = time.thread_time() + 0.06
        while time.thread_time() < ends:
            pass

    judge.slowest = 0.05
    assert "the loop was held" in told(judge, monkeypatch, compute)["slow"]


def test_waiting_is_seen(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    async def wait(world: World, **_: Any) -> None:
        await asyncio.sleep(0.3)

    monkeypatch.setattr("tests.attack.judge._stretch", lambda: 1.0)
    judge.slowest = 0.1
    assert "it took " in told(judge, monkeypatch, wait)["slow"]


def test_waiting_once_is_the_machines_business(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = [1.2, 0.0]

    async def wait(world: World, **_: Any) -> None:
        await asyncio.sleep(waits.pop(0))

    monkeypatch.setattr("tests.attack.judge._stretch", lambda: 1.0)
    judge.slowest = 1.0
    assert told(judge, monkeypatch, wait) == {}
    assert waits == []


def test_a_dropped_connection_is_seen(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    async def drop(*_: Any) -> bytes:
        raise Disconnected

    monkeypatch.setattr(endpoint, "read_body", drop)
    judge.ask(shot(judge.target))
    assert {fault.check for fault in judge.faults.values()} & {"dropped", "5xx"}


def test_a_failure_without_an_answer_is_seen(judge: Judge) -> None:
    logging.getLogger("emulator").error("an import failed")
    judge.logged()
    assert {(fault.check, fault.told) for fault in judge.faults.values()} == {("logged", "an import failed")}


def test_an_index_that_is_not_true_is_seen(judge: Judge) -> None:
    index = judge.target.world.store.users._indexes["pool"]
    removed = index._held.get(judge.target.hosted.pool)
    del index._held[judge.target.hosted.pool]
    judge.indexes()
    index._held[judge.target.hosted.pool] = removed
    (fault,) = judge.faults.values()
    assert fault.told.startswith(f"users.pool: {judge.target.hosted.pool!r} -> None, not [(")


def test_a_busy_machine_explains_some_of_it(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Stopwatch(target)
    clock.wall, clock.process = 0.9, 0.2
    for stretch, slow in ((1.0, True), (2.0, False)):
        monkeypatch.setattr("tests.attack.judge._stretch", lambda stretch=stretch: stretch)
        assert clock.is_slow(0.5) == slow


def test_a_leak_is_seen() -> None:
    level = Levels([1_000_000] * 5 + [500_000] * 15, [2**27] * 20)
    assert level.problems() == []
    level.blocks = [500_000 + 10_000 * number for number in range(20)]
    assert level.problems() == ["blocks of memory: 570,000 after a quarter of the batches, 670,000 at the end"]
    level = Levels([1] * 20, [2**27 + 2**23 * number for number in range(20)])
    assert [problem.partition(":")[0] for problem in level.problems()] == ["bytes of resident memory"]


def test_memory_is_measured() -> None:
    gc.collect()
    level = Levels()
    level.measure()
    kept = [[number] for number in range(20_000)]
    level.measure()
    assert level.blocks[1] - level.blocks[0] >= len(kept)


def test_the_same_seed_draws_the_same() -> None:
    drawn = [[Oddities(rng).draw() for _ in range(50)] for rng in (Random("1:2"), Random("1:2"), Random("1:3"))]
    assert drawn[0] == drawn[1] != drawn[2]


def test_json_that_no_library_writes() -> None:
    value = {"a": values.Raw("NaN"), "b": values.Pairs([("x", 1), ("x", [None])]), "c": "\ud800"}
    assert values.write(value) == '{"a": NaN, "b": {"x": 1, "x": [null]}, "c": "\\ud800"}'

"""A server with `--data` is killed again and again while eight connections write to it: no answered change is lost.

`KILL_ROUNDS=200 pytest tests/test_persistence_kill.py` does it so often; `KILL_SEED` draws the same writes.
"""

from __future__ import annotations

import json
import os
import random
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.helpers.command import served
from tests.helpers.crashing import Calls, Pool, Writer, free_port, make_pool

ROUNDS = int(os.environ.get("KILL_ROUNDS", "8"))
SEED = int(os.environ.get("KILL_SEED", "1"))
WRITERS = 8
WORLDS = ("", "/w/killed")  # the first one, and one with a folder of its own; each has half of the writers
MOST_CHANGES = 200  # in a round


def keys_of(port: int, pool: Pool) -> Any:
    with urlopen(f"http://127.0.0.1:{port}{pool.path}/{pool.id}/.well-known/jwks.json", timeout=30) as answer:
        return json.load(answer)


def crash(folder: Path, rounds: int, seed: int) -> int:
    """Write, kill, start and compare so often; return how many changes were answered."""
    # With an issuer that names no port, which may be another one after each start.
    arguments = ("--data", str(folder), "--no-seed", "--issuer", "aws", "--port")
    chance = random.Random(seed)
    writers: list[Writer] = []
    pools: list[Pool] = []
    keys = None
    for turn in range(rounds + 1):
        with ExitStack() as stack:
            one = stack.enter_context(served(*arguments, str(free_port())))
            calls = {path: stack.enter_context(closing(Calls(one.port, path))) for path in WORLDS}
            if not pools:
                pools = [make_pool(call) for call in calls.values()]
                keys = [keys_of(one.port, pool) for pool in pools]
                writers = [Writer(pools[number % 2], number, seed * 100 + number) for number in range(WRITERS)]
            assert [keys_of(one.port, pool) for pool in pools] == keys
            for writer in writers:
                names = None if turn < rounds else {*writer.users, *writer.deleted}
                writer.check(calls[writer.pool.path], names)
            assert not [line for line in one.log if "cannot be read" in line]
            if turn == rounds:
                break
            for writer in writers:
                writer.start(one.port)
            _wait_for(writers, chance.randrange(MOST_CHANGES))
            time.sleep(chance.uniform(0, 0.01))
            one.process.kill()
            one.process.wait(20)
            for writer in writers:
                writer.join()
    return sum(writer.answered for writer in writers)


def _wait_for(writers: list[Writer], count: int) -> None:
    """Wait until so many more changes have been answered."""
    wanted, until = sum(writer.answered for writer in writers) + count, time.monotonic() + 30
    while sum(writer.answered for writer in writers) < wanted and time.monotonic() < until:
        time.sleep(0.001)


@pytest.mark.processes
def test_nothing_answered_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    assert crash(tmp_path, 3, SEED) > 30


@pytest.mark.processes
@pytest.mark.exhaustive
def test_nothing_answered_is_lost_however_often_the_server_is_killed(tmp_path: Path) -> None:
    assert crash(tmp_path, ROUNDS, SEED + 1) > 10 * ROUNDS

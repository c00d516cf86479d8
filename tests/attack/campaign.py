"""The whole attack: batches of requests of all kinds, each from the same beginning, bounded and seeded."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

from tests.attack.browser import Browsers
from tests.attack.control import Controls
from tests.attack.judge import Fault, Judge, Levels
from tests.attack.line import Reply
from tests.attack.oddities import Oddities
from tests.attack.operations import MODELS, Live, Operations
from tests.attack.shot import Shot
from tests.attack.target import Target

BATCH = 500
ROUND = 50  # requests on the same state, before it is put back: some delete whole pools
# Of a hundred requests.
SHARES = {"operation": 65, "browser": 22, "control": 7, "http": 6}


class Attacker(Protocol):
    """A source of requests that may learn from answers."""

    def draw(self) -> Shot: ...

    def learn(self, reply: Reply) -> None: ...


@dataclass(frozen=True)
class Outcome:
    """What was found."""

    faults: list[Fault]
    counts: dict[tuple[str, int], int]
    seconds: float


def attack(requests: int, seed: int, write: Callable[[str], Any] = sys.stdout.write, first: int = 0) -> Outcome:
    """Send so many requests, in batches that can be had again by their number, and judge them."""
    write(f"attack: {requests} requests, seed {seed}\n")
    started = time.perf_counter()
    target, levels = Target(seed), Levels()
    judge = Judge(target)
    try:
        for number in range(first, first + -(-requests // BATCH)):
            _batch(target, judge, f"{seed}:{number}", min(BATCH, requests - (number - first) * BATCH))
            levels.measure()
    finally:
        judge.line.close()
        target.stop()
    for problem in levels.problems():
        judge.fault("memory", Shot("memory", problem.partition(":")[0], b""), problem)
    outcome = Outcome(list(judge.faults.values()), dict(judge.counts), time.perf_counter() - started)
    _report(outcome, judge, levels, write)
    return outcome


def _batch(target: Target, judge: Judge, seed: str, size: int) -> None:
    for number in range(0, size, ROUND):
        _round(target, judge, f"{seed}:{number}", min(ROUND, size - number))
    judge.line.close()  # the server closes idle connections, and here it is idle
    target.begin(seed)


def _round(target: Target, judge: Judge, seed: str, size: int) -> None:
    target.begin(seed)
    rng, live = Random(seed), Live()
    attackers: dict[str, Attacker] = {
        "operation": Operations(target.ground, rng, live),
        "browser": Browsers(target.hosted, target.port, rng, live, target.web, target.world.clock.now()),
        "control": Controls(target.hosted, target.port, rng, live),
        "http": Oddities(rng),
    }
    shares = dict(SHARES)
    shares[rng.choice(list(SHARES))] += 60  # some ways are long: each round is mostly of one kind
    for kind in rng.choices(list(shares), list(shares.values()), k=size):
        attacker = attackers[kind]
        shot = attacker.draw()
        for reply in judge.ask(shot):
            if not shot.head:
                attacker.learn(reply)
    judge.logged()
    judge.indexes()


def _report(outcome: Outcome, judge: Judge, levels: Levels, write: Callable[[str], Any]) -> None:
    total = sum(outcome.counts.values())
    write(f"{total} answers in {outcome.seconds:.0f} s\n")
    for kind in SHARES:
        counts = sorted((status, count) for (known, status), count in outcome.counts.items() if known == kind)
        write(f"  {kind:<10}" + ", ".join(f"{status or 'hung up'}: {count}" for status, count in counts) + "\n")
    missing = sorted({model.name for model in MODELS} - judge.reached)
    write(f"  {len(judge.reached)} of {len(MODELS)} operations have succeeded; not {', '.join(missing) or 'any'}\n")
    if levels.blocks:
        write(f"  memory: {levels.blocks[0]:,} to {levels.blocks[-1]:,} blocks, ")
        write(f"{levels.resident[0] >> 20} to {levels.resident[-1] >> 20} MiB\n")
    write(f"faults: {dict(judge.seen) or 'none'}\n")
    for fault in outcome.faults:
        write(f"{fault}\n")

"""The attack as CI runs it: `ATTACK_REQUESTS` requests (20,000), drawn from `ATTACK_SEED` (always the same)."""

from __future__ import annotations

import os
import sys

import pytest

from tests.attack.campaign import BATCH, attack
from tests.contract import conformance
from tests.helpers.newest import needs_newest

REQUESTS = int(os.environ.get("ATTACK_REQUESTS", "20000"))
SEED = int(os.environ.get("ATTACK_SEED", "1"))
PARTS = 2  # one test each, so that two cores share the work


@needs_newest  # the playground has what only that knows
@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_breaks(capsys: pytest.CaptureFixture[str], part: int) -> None:
    count = REQUESTS // PARTS
    told: list[str] = ["\n"]
    outcome = attack(count, SEED, told.append, first=part * -(-count // BATCH))
    conformance.violations.clear()  # each is among the faults, with its request
    with capsys.disabled():
        sys.stdout.write("".join(told))
    assert sum(outcome.counts.values()) >= count
    assert not outcome.faults, "\n".join(map(str, outcome.faults))

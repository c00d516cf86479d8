"""`python -m tests.attack [--requests 1000000] [--seed 7] [--first-batch 0]`: the attack by hand."""

from __future__ import annotations

import argparse
import logging
import sys
import time

import pytest

from tests.attack.campaign import attack
from tests.contract import conformance


def main() -> int:
    """1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description="Attack the emulator.")
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=int(time.time()), help="what is drawn; the time by default")
    parser.add_argument("--first-batch", type=int, default=0, help="go on from there, or have a batch again")
    chosen = parser.parse_args()
    logging.getLogger().addHandler(logging.NullHandler())  # failures are told with the request that caused them
    with pytest.MonkeyPatch.context() as patch:
        conformance.install(patch)
        return 1 if attack(chosen.requests, chosen.seed, first=chosen.first_batch).faults else 0


if __name__ == "__main__":
    sys.exit(main())

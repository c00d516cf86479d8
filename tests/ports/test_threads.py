"""Threads that are waited for at the end of the process."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.processes

# Registered first, and so called last at the end.
_TELL = "import atexit, threading; atexit.register(lambda: print([t.name for t in threading.enumerate()]))\n"
_MAKES_KEYS = """
import time
from cognito_emulator.ports.keys import Keys
keys = Keys(ready=50)
keys.start()
while not keys._spare:
    time.sleep(0.005)
"""
_STARTS_AND_STOPS = """
import time
from cognito_emulator import Emulator
with Emulator(seed={"UserPools": [{"PoolName": "p"}]}) as emulator:
    while not emulator.world.keys._started:
        time.sleep(0.005)
"""


def ended(script: str) -> tuple[int, str, str]:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def test_no_thread_makes_keys_when_the_interpreter_ends() -> None:
    assert ended(_TELL + _MAKES_KEYS) == (0, "['MainThread']\n", "")


@pytest.mark.parametrize("run", range(10))
def test_a_script_that_stops_an_emulator_ends_well(run: int) -> None:
    assert ended(_TELL + _STARTS_AND_STOPS) == (0, "['MainThread']\n", "")


def test_the_end_does_not_wait_for_ever() -> None:
    script = """
import threading, time
from cognito_emulator.ports import threads
threads.start(lambda: time.sleep(60), "long", stop=lambda: print("stop"), patience=0.05)
"""
    assert ended(script) == (0, "stop\n", "")

"""The soak lane for seconds: the real command, its load, its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.benchmarks.load import ROOT

pytestmark = pytest.mark.processes
_LINES = 4
FLAGS = ("--calibrate", "2", "--history", "5", "--settle", "2", "--workers", "2", "--every", "2")


@pytest.mark.skipif(sys.platform == "win32", reason="a process group is sent Ctrl-C by its number")
def test_a_short_soak_meets_no_error_and_ctrl_c_ends_it_with_the_verdict() -> None:
    command = [sys.executable, "-m", "tests.soak", "--minutes", "5", *FLAGS]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if sum("MiB" in each for each in lines) == _LINES:
            break
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to all processes of the command
    started = time.monotonic()
    rest, _ = process.communicate(timeout=60)
    text = "".join([*lines, rest])
    assert "errors    holds       0 errors" in text, text
    for part in ("memory", "files"):  # on a slow machine the rings are not full yet
        assert f"{part:10}MISSED" not in text, text
    assert "The whole run:" in text
    assert process.returncode in (0, 1)  # 1: answers that are not even, on a machine that does other things
    assert time.monotonic() - started < 30

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
FLAGS = ("--calibrate", "2", "--history", "50", "--settle", "2", "--workers", "2", "--every", "2")


@pytest.mark.skipif(sys.platform == "win32", reason="a process group is sent Ctrl-C by its number")
def test_a_short_soak_meets_no_error_and_ctrl_c_ends_it_with_the_verdict() -> None:
    command = [sys.executable, "-m", "tests.soak", "--minutes", "5", *FLAGS]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if sum(" req" not in each and "MiB" in each for each in lines) == 3:
            break
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to all processes of the command
    started = time.monotonic()
    rest, _ = process.communicate(timeout=60)
    text = "".join([*lines, rest])
    assert "errors    holds       0 errors" in text, text
    assert "memory    holds" in text, text
    assert "files     holds" in text, text
    assert "The whole run:" in text
    assert process.returncode in (0, 1)  # 1: answers that are not even, on a machine that does other things
    assert time.monotonic() - started < 30

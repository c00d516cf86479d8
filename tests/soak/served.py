"""The real command, as a process that keeps its data."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.load import ROOT

_PATIENCE = 60.0  # seconds until it is ready, and again until it has ended
_PORT = re.compile(r'"url": *"http://[^"]*:(\d+)"')


@contextmanager
def served(data: Path, history: int) -> Iterator[tuple[int, int]]:
    """Run `cognito-emulator serve` on a free port, with a data folder; its port and process id.

    It does not hear Ctrl-C, and is stopped as a user would stop it.

    Raises:
        RuntimeError: it did not start, or did not end well.
    """
    ready, log = data.parent / "ready.json", data.parent / "log.txt"
    flags = ("--port", "0", "--no-seed", "--data", str(data), "--history", str(history), "--ready-file", str(ready))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COGNITO_EMULATOR_")}
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "cognito_emulator", "serve", *flags, "--no-log-codes"],
            cwd=ROOT,
            env=kept,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
    try:
        yield _port(process, ready, log), process.pid
    except BaseException:
        process.kill()
        process.wait()
        raise
    process.terminate()
    status = process.wait(_PATIENCE)
    if status:
        raise RuntimeError(f"the emulator ended with {status}: {log.read_text('utf-8')[-500:]}")


def _port(process: subprocess.Popen[bytes], ready: Path, log: Path) -> int:
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends and process.poll() is None:
        found = _PORT.search(ready.read_text("utf-8")) if ready.exists() else None
        if found:
            return int(found[1])
        time.sleep(0.05)
    raise RuntimeError(f"the emulator did not start: {log.read_text('utf-8')[-500:]}")

"""What the emulator's process uses."""

from __future__ import annotations

import subprocess
from pathlib import Path

from msgspec import Struct

_MIB = 1024 * 1024


class Sample(Struct, frozen=True):
    """One look: seconds and requests since the load began, MiB of memory, open files, MiB of the data folder."""

    at: float
    requests: int
    memory: float
    files: int
    database: float


def look(pid: int, data: Path, at: float, requests: int) -> Sample:
    """Look at a process; where the system does not tell, a number is 0."""
    return Sample(at, requests, _memory(pid), _files(pid), _size(data))


def _memory(pid: int) -> float:
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        lines = status.read_text("utf-8").splitlines()
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)
    if Path("/proc").exists():  # the process has ended
        return 0.0
    try:
        done = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True)
    except OSError:
        return 0.0
    return int(done.stdout or 0) / 1024


def _files(pid: int) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except OSError:
        return 0


def _size(folder: Path) -> float:
    total = 0
    for path in folder.glob("*"):
        try:
            total += path.stat().st_size
        except OSError:  # it is gone already
            continue
    return total / _MIB

"""npm packages of tests: installed once from a lock file, and what happens on a machine that cannot."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

_INSTALL = ("ci", "--no-audit", "--no-fund", "--ignore-scripts")


def unavailable(reason: str) -> NoReturn:
    """Skip, or fail where REQUIRE_CLIENTS=1 says that everything has to be there."""
    if os.environ.get("REQUIRE_CLIENTS") == "1":
        pytest.fail(f"REQUIRE_CLIENTS=1, but {reason}")
    pytest.skip(reason)


def install(folder: Path) -> None:
    """Install what the folder's lock file names, unless it is there; one process at a time."""
    if not shutil.which("node") or not shutil.which("npm"):
        unavailable("Node and npm are not installed")
    lock = (folder / "package-lock.json").read_bytes()
    modules = folder / "node_modules"
    mark = modules / ".installed-lock.json"
    modules.mkdir(exist_ok=True)
    with (folder / ".install.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if mark.exists() and mark.read_bytes() == lock:
            return
        try:
            subprocess.run(["npm", *_INSTALL], cwd=folder, capture_output=True, text=True, timeout=300, check=True)
        except subprocess.SubprocessError as error:
            unavailable(f"the npm packages could not be installed: {getattr(error, 'stderr', '') or error}")
        mark.write_bytes(lock)

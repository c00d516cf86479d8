"""Runs the Node scripts in `node/`, whose npm packages are installed once."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.build import Setup
from tests.harness import Running

FOLDER = Path(__file__).parent / "node"
INSTALL = ("ci", "--no-audit", "--no-fund", "--ignore-scripts")
OLDEST_NODE = 20  # what the newest AWS SDK asks for


class Steps(dict[str, Any]):
    """What a script printed: the value of each step by its name."""


class Node:
    """Starts scripts. They judge nothing themselves; the test asserts what their clients saw."""

    def run(self, script: str, running: Running, setup: Setup, **given: Any) -> Steps:
        """Run `node/<script>` to its end against a pool and client; `given` is what else it needs."""
        setting = {"url": running.url, "poolId": setup.pool, "clientId": setup.client, **given}
        done = subprocess.run(
            ["node", script], cwd=FOLDER, input=json.dumps(setting), capture_output=True, text=True, timeout=120
        )
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        steps = Steps((line["step"], line["value"]) for line in lines)
        assert done.returncode == 0, f"{script} ended after {list(steps)}:\n{done.stderr}"
        assert len(steps) == len(lines), "two steps have one name"
        return steps


@pytest.fixture(scope="session")
def node() -> Node:
    """Node with the packages of `node/package-lock.json`; without them the test is skipped, or fails in CI."""
    if not shutil.which("node") or not shutil.which("npm"):
        _unavailable("Node and npm are not installed")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        _unavailable(f"Node {version} is older than {OLDEST_NODE}")
    _install()
    return Node()


def _unavailable(reason: str) -> NoReturn:
    if os.environ.get("REQUIRE_CLIENTS") == "1":
        pytest.fail(f"REQUIRE_CLIENTS=1, but {reason}")
    pytest.skip(reason)


def _install() -> None:
    """Install what the lock file names, unless it is there; one process at a time."""
    lock = (FOLDER / "package-lock.json").read_bytes()
    modules = FOLDER / "node_modules"
    mark = modules / ".installed-lock.json"
    modules.mkdir(exist_ok=True)
    with (modules.parent / ".install.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if mark.exists() and mark.read_bytes() == lock:
            return
        try:
            subprocess.run(["npm", *INSTALL], cwd=FOLDER, capture_output=True, text=True, timeout=300, check=True)
        except subprocess.SubprocessError as error:
            _unavailable(f"the npm packages could not be installed: {getattr(error, 'stderr', '') or error}")
        mark.write_bytes(lock)

"""Runs the Node scripts in `node/`, `amplify5/` and `edge/`, whose npm packages are installed once."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cognito_emulator.server import Emulator
from tests.build import Setup
from tests.harness import Running
from tests.npm import install, unavailable

FOLDER = Path(__file__).parent / "node"
AMPLIFY_5 = Path(__file__).parent / "amplify5"  # one package cannot be there in two versions
EDGE = Path(__file__).parent / "edge"  # it brings an old aws-jwt-verify
OLDEST_NODE = 20  # what the newest AWS SDK asks for


class Steps(dict[str, Any]):
    """What a script printed: the value of each step by its name."""


class Node:
    """Starts scripts of a folder. They judge nothing themselves; the test asserts what their clients saw."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, script: str, running: Running | Emulator, setup: Setup, **given: Any) -> Steps:
        """Run a script to its end against a pool and client; `given` is what else it needs."""
        setting = {"url": running.url, "poolId": setup.pool, "clientId": setup.client, **given}
        done = subprocess.run(
            ["node", script], cwd=self.folder, input=json.dumps(setting), capture_output=True, text=True, timeout=120
        )
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        steps = Steps((line["step"], line["value"]) for line in lines)
        assert done.returncode == 0, f"{script} ended after {list(steps)}:\n{done.stderr}"
        assert len(steps) == len(lines), "two steps have one name"
        return steps


def _with_packages(folder: Path) -> Node:
    """Node with the packages of the folder's lock file; without them the test is skipped, or fails in CI."""
    if not shutil.which("node"):
        unavailable("Node and npm are not installed")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        unavailable(f"Node {version} is older than {OLDEST_NODE}")
    install(folder)
    return Node(folder)


@pytest.fixture(scope="session")
def node() -> Node:
    """Runs the scripts in `node/`."""
    return _with_packages(FOLDER)


@pytest.fixture(scope="session")
def amplify_5() -> Node:
    """Runs the scripts in `amplify5/`."""
    return _with_packages(AMPLIFY_5)


@pytest.fixture(scope="session")
def edge() -> Node:
    """Runs the scripts in `edge/`."""
    return _with_packages(EDGE)

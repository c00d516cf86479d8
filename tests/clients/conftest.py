"""Runs the Node scripts in `node/`, `amplify5/` and `edge/`, whose npm packages are installed once."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers import python_packages
from tests.helpers.node import FOLDER, Node
from tests.helpers.npm import install, unavailable

AMPLIFY_5 = Path(__file__).parent / "amplify5"  # one package cannot be there in two versions
EDGE = Path(__file__).parent / "edge"  # it brings an old aws-jwt-verify
CLOUDAUTH = Path(__file__).parent / "cloudauth"  # Python packages that want old ones, or much
OLDEST_NODE = 20  # what the newest AWS SDK asks for


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


@pytest.fixture(scope="session")
def cloudauth() -> Path:
    """The Python that has the packages of `cloudauth/`."""
    return python_packages.install(CLOUDAUTH)

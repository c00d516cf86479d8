"""The JavaScript of the README, run in Node as it stands but for the port."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cognito_emulator import Emulator
from cognito_emulator.settings import Settings
from tests.helpers.node import FOLDER, Node
from tests.helpers.readme import URL, blocks

Example = Callable[..., str]


@pytest.fixture
def run_example(node: Node, tmp_path: Path) -> Example:
    """Runs the block that imports a package, after lines of one's own; what it prints."""

    def run(package: str, emulator: Emulator, before: str = "") -> str:
        (block,) = [block for block in blocks("js") if f"from '{package}'" in block]
        (tmp_path / "node_modules").symlink_to(FOLDER / "node_modules")
        (tmp_path / "example.mjs").write_text(before + block.replace(URL, emulator.url))
        done = subprocess.run(["node", "example.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.mark.parametrize("package", ["aws-amplify", "amazon-cognito-identity-js"])
def test_signing_in(run_example: Example, package: str) -> None:
    with Emulator(Settings(port=0)) as emulator:
        printed = run_example(package, emulator).splitlines()
        assert printed[-1] == "alice@example.com"
        assert package != "aws-amplify" or printed[-2].startswith("ASIA")


def test_verifying(run_example: Example) -> None:
    with Emulator(Settings(port=0, issuer="aws")) as emulator:
        signed_in = emulator.client().initiate_auth(
            ClientId="localweb000000000000000001",
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "alice", "PASSWORD": "Alice-123"},
        )
        token = signed_in["AuthenticationResult"]["AccessToken"]
        printed = run_example("aws-jwt-verify", emulator, f"const accessToken = '{token}';\n")
        assert "username: 'alice'" in printed


def test_no_other_javascript_is_shown() -> None:
    assert len(blocks("js")) == 3

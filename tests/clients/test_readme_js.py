"""The JavaScript of README and guide, run in Node as it stands but for the port."""

from __future__ import annotations

import os
import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cognito_emulator import Emulator
from cognito_emulator.settings import Settings
from tests.helpers.node import FOLDER, Node
from tests.helpers.readme import ROOT, URL, Page, page

Example = Callable[..., str]
START = Page(ROOT / "README.md")
CLIENTS, TOKENS, WORLDS = page("clients"), page("tokens"), page("worlds")


@pytest.fixture
def run_example(node: Node, tmp_path: Path) -> Example:
    """Runs the block that imports a package, after lines of one's own; what it prints."""

    def run(document: Page, package: str, emulator: Emulator, before: str = "") -> str:
        block = next(block for block in document.blocks("js") if f"from '{package}'" in block)
        (tmp_path / "node_modules").symlink_to(FOLDER / "node_modules")
        (tmp_path / "example.mjs").write_text(before + block.replace(URL, emulator.url))
        done = subprocess.run(["node", "example.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.mark.parametrize(
    ("document", "package"),
    [(START, "aws-amplify"), (CLIENTS, "aws-amplify"), (CLIENTS, "amazon-cognito-identity-js")],
    ids=["readme", "amplify", "identity-js"],
)
def test_signing_in(run_example: Example, document: Page, package: str) -> None:
    with Emulator(Settings(port=0)) as emulator:
        printed = run_example(document, package, emulator).splitlines()
        assert printed[-1] == "alice@example.com"
        assert (document, package) != (CLIENTS, "aws-amplify") or printed[-2].startswith("ASIA")


def test_outputs_of_amplify(tmp_path: Path, node: Node) -> None:
    """The block of the guide reads the file that `config` prints, and leads both services here."""
    (block,) = [block for block in CLIENTS.blocks("js") if "amplify_outputs.json" in block]
    after = (
        "import { fetchAuthSession, signIn } from 'aws-amplify/auth';\n"
        "await signIn({ username: 'alice', password: 'Alice-123' });\n"
        "console.log((await fetchAuthSession()).credentials.accessKeyId);\n"
    )
    with Emulator(Settings(port=0)) as emulator:
        with urllib.request.urlopen(f"{emulator.url}/_emulator/config/amplify-outputs") as answer:
            (tmp_path / "amplify_outputs.json").write_bytes(answer.read())
        (tmp_path / "node_modules").symlink_to(FOLDER / "node_modules")
        (tmp_path / "example.mjs").write_text(block.replace(URL, emulator.url) + after)
        done = subprocess.run(["node", "example.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("ASIA")


def test_verifying(run_example: Example) -> None:
    with Emulator(Settings(port=0, issuer="aws")) as emulator:
        signed_in = emulator.client().initiate_auth(
            ClientId="localweb000000000000000001",
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "alice", "PASSWORD": "Alice-123"},
        )
        token = signed_in["AuthenticationResult"]["AccessToken"]
        printed = run_example(TOKENS, "aws-jwt-verify", emulator, f"const accessToken = '{token}';\n")
        assert "username: 'alice'" in printed


def test_each_worker_has_a_world(tmp_path: Path) -> None:
    (block,) = WORLDS.blocks("js")
    script = "import { endpoint, resetCognito } from './cognito.mjs';\nawait resetCognito();\nconsole.log(endpoint);\n"
    with Emulator(Settings(port=0)) as emulator:
        (tmp_path / "cognito.mjs").write_text(block.replace(URL, emulator.url))
        (tmp_path / "example.mjs").write_text(script)
        for variable, name in (("JEST_WORKER_ID", "worker3"), ("TEST_PARALLEL_INDEX", "worker1"), ("OTHER", "worker0")):
            cognito = emulator.client(endpoint_url=f"{emulator.url}/w/{name}")
            pools = len(cognito.list_user_pools(MaxResults=60)["UserPools"])
            cognito.create_user_pool(PoolName="left over")
            environment = {"PATH": os.environ["PATH"], variable: name.removeprefix("worker")}
            given: dict[str, Any] = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True}
            done = subprocess.run(["node", "example.mjs"], check=False, timeout=60, **given)
            assert (done.stdout, done.stderr) == (f"{emulator.url}/w/{name}\n", "")
            assert len(cognito.list_user_pools(MaxResults=60)["UserPools"]) == pools


def test_no_other_javascript_is_shown_there() -> None:
    assert [len(document.blocks("js")) for document in (START, CLIENTS, TOKENS, WORLDS)] == [1, 3, 1, 1]

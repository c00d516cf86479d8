"""Our own package for JavaScript, `emulator/clients/js`, in Node."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cognito_emulator import Emulator, __version__
from cognito_emulator.settings import Settings
from tests.helpers.build import Setup
from tests.helpers.node import FOLDER, Node
from tests.helpers.npm import unavailable
from tests.helpers.readme import URL, page

PACKAGE = Path(__file__).parents[2] / "emulator" / "clients" / "js"
POOL, CLIENT = "us-east-1_localpool", "localweb000000000000000001"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(Settings(port=0)) as running:
        yield running


def answers(url: str) -> bool:
    parts = urlsplit(url)
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", parts.port or 80)) == 0


def test_what_a_test_does_with_it(emulator: Emulator) -> None:
    if not shutil.which("node"):
        unavailable("Node is not installed")
    command = [sys.executable, "-m", "cognito_emulator"]
    steps = Node(FOLDER).run("own_package.mjs", emulator, Setup(POOL, CLIENT), command=command)
    assert (steps["url"], steps["pool"]) == (emulator.url, POOL)
    assert steps["session"] == {"pool": POOL, "client": CLIENT, "username": "alice"}
    assert steps["tenant"] == "t1"
    names = ["LastAuthUser", *(f"alice.{name}" for name in ("accessToken", "idToken", "refreshToken"))]
    names += ["alice.clockDrift", "alice.signInDetails"]
    assert steps["items"] == [f"CognitoIdentityServiceProvider.{CLIENT}.{name}" for name in names]
    assert steps["storage state"] == "http://localhost:3000"
    assert steps["filled"] == 6
    assert set(steps["tokens"]) >= {"AccessToken", "IdToken", "RefreshToken", "ExpiresIn", "TokenType"}
    assert steps["unknown user"]["name"] == "EmulatorError"
    assert steps["clock"] == "2030-01-01T01:00:00.000Z"
    assert steps["faults"] == 2
    assert steps["refused fault"]["name"] == "EmulatorError"
    assert re.fullmatch(r"\d{6}", steps["code"])
    assert steps["no code"]["name"] == "EmulatorError"
    assert steps["refused seed"] == "EmulatorError"
    assert steps["two pools"].startswith("Name the pool; there is not exactly one: us-east-1_localpool (local)")
    assert steps["after the reset"] == 1
    assert steps["world"] == [True, f"{emulator.url}/w/js"]
    assert steps["first test"] == steps["second test"] == [f"{emulator.url}/w/worker3", 1]
    sent = ["enable", "addVirtualAuthenticator", "getCredentials", "removeVirtualAuthenticator"]
    assert steps["sent"] == [f"WebAuthn.{name}" for name in sent]
    assert steps["nowhere"] == ["EmulatorError", "No emulator answers at http"]
    assert steps["started"] == ["us-east-1_started01"]
    assert steps["stopped"] == "EmulatorError"
    assert "--nope" in steps["bad flag"]
    assert steps["no command"].startswith("/no/such/command cannot be used: ")
    until = time.monotonic() + 10
    while answers(steps["left"]) and time.monotonic() < until:
        time.sleep(0.05)
    assert not answers(steps["left"])


def test_amplify_finds_the_session(node: Node, emulator: Emulator) -> None:
    steps = node.run("own_package_amplify.mjs", emulator, Setup(POOL, CLIENT))
    assert steps == {"user": "alice", "email": "alice@example.com", "refreshed": True}


def test_the_guide_s_example(emulator: Emulator, tmp_path: Path) -> None:
    if not shutil.which("node"):
        unavailable("Node is not installed")
    (block,) = page("javascript").blocks("js")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "cognito-emulator").symlink_to(PACKAGE)
    (tmp_path / "example.mjs").write_text(block.replace(URL, emulator.url))
    done = subprocess.run(
        ["node", "example.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stderr, done.returncode) == ("", 0)
    key = f"CognitoIdentityServiceProvider.{CLIENT}.LastAuthUser"
    assert done.stdout.splitlines() == ["alice 5", key]


def test_its_types_name_what_it_exports() -> None:
    exported = set(re.findall(r"[\w]+", " ".join(re.findall(r"\{(.*)\}", (PACKAGE / "index.js").read_text()))))
    typed = set(re.findall(r"^export declare (?:class|function) (\w+)", (PACKAGE / "index.d.ts").read_text(), re.M))
    assert exported == typed
    (body,) = re.findall(
        r"^export declare class Emulator \{(.*?)^\}", (PACKAGE / "index.d.ts").read_text(), re.M | re.S
    )
    methods = set(re.findall(r"^  (\w+)\(", body, re.M)) - {"constructor"}
    written = set(re.findall(r"^  (?:async )?(\w+)\(.*\) \{$", (PACKAGE / "emulator.js").read_text(), re.M))
    assert written - {"constructor"} == methods


def test_it_is_complete_without_other_packages() -> None:
    package = json.loads((PACKAGE / "package.json").read_text())
    assert package["version"] == __version__
    assert "dependencies" not in package
    for path in PACKAGE.glob("*.js"):
        for name in re.findall(r"from '([^']+)'", path.read_text()):
            assert name.startswith("node:") or (PACKAGE / name).exists(), name

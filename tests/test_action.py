"""The GitHub action: its steps are run here by the shell, as a runner does."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

pytestmark = pytest.mark.processes

ACTION = Path(__file__).parents[1] / ".github" / "actions" / "cognito-emulator" / "action.yml"
SEED = '{\n  "UserPools": [{"Id": "us-east-1_workflow1", "PoolName": "of the workflow"}]\n}'


def action() -> dict[str, Any]:
    parsed = yaml.safe_load(ACTION.read_text())
    assert isinstance(parsed, dict)
    return parsed


class Runner:
    """What a runner gives a composite action."""

    def __init__(self, folder: Path, **inputs: str) -> None:
        self.folder = folder
        self.inputs = {name: given.get("default", "") for name, given in action()["inputs"].items()} | inputs
        for name in ("env", "output"):
            (folder / name).touch()

    def value(self, text: str) -> str:
        known = {f"inputs.{name}": value for name, value in self.inputs.items()}
        known["github.action_path"] = str(ACTION.parent)
        return re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda found: known[found[1]], text)

    def run(self, number: int, **more: str) -> subprocess.CompletedProcess[str]:
        step = action()["runs"]["steps"][number]
        assert step["shell"] == "bash"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "COGNITO_EMULATOR_"))}
        env = {name: self.value(value) for name, value in step["env"].items()}
        files = {"RUNNER_TEMP": "", "GITHUB_ENV": "env", "GITHUB_OUTPUT": "output"}
        given = {name: str(self.folder / file) for name, file in files.items()}
        script = self.folder / "step.sh"
        script.write_text(step["run"])
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        with (self.folder / "shown").open("w+") as shown:  # a file: what is started keeps the descriptor open
            done = subprocess.run(
                command,
                env=kept | env | given | more,
                cwd=self.folder,
                stdout=shown,
                stderr=shown,
                timeout=60,
                check=False,
            )
            shown.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, shown.read())

    def written(self, name: str) -> dict[str, str]:
        return dict(line.split("=", 1) for line in (self.folder / name).read_text().splitlines())


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A runner's folder with the command where the first step installs it; what was started is ended."""
    made = tmp_path / "cognito-emulator" / "bin"
    made.mkdir(parents=True)
    for name in ("python", "cognito-emulator"):
        (made / name).write_text(f'#!/bin/sh\nexec "{Path(sys.executable).parent / name}" "$@"\n')
        (made / name).chmod(0o755)
    yield tmp_path
    ready = tmp_path / "cognito-emulator.json"
    if ready.exists():
        os.kill(json.loads(ready.read_text())["pid"], signal.SIGTERM)


def test_no_input_is_pasted_into_a_script() -> None:
    for step in action()["runs"]["steps"]:
        assert "${{" not in step["run"]
    assert action()["outputs"]["url"]["value"] == "${{ steps.start.outputs.url }}"
    assert action()["runs"]["steps"][1]["id"] == "start"


def test_it_starts_and_later_steps_find_it(folder: Path) -> None:
    runner = Runner(folder, port="0", seed=SEED, code="123456", arguments="--region eu-north-1 --no-log-codes")
    done = runner.run(1, AWS_REGION="eu-north-1")
    assert done.returncode == 0, done.stdout
    env = runner.written("env")
    assert runner.written("output") == {"url": env["COGNITO_EMULATOR_URL"]}
    assert (env["AWS_REGION"], env["AWS_DEFAULT_REGION"]) == ("eu-north-1", "us-east-1")
    idp: Any = boto3.client(
        "cognito-idp",
        endpoint_url=env["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"],
        region_name=env["AWS_DEFAULT_REGION"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    )
    assert idp.describe_user_pool(UserPoolId="us-east-1_workflow1")["UserPool"]["Name"] == "of the workflow"
    assert env["AWS_ENDPOINT_URL_COGNITO_IDENTITY"] == env["COGNITO_EMULATOR_URL"]


def test_keys_of_earlier_steps_stay_and_a_refused_seed_is_shown(folder: Path) -> None:
    (folder / "bad.yaml").write_text("UserPools: [{PoolNam: x}]")
    runner = Runner(folder, port="0", seed="bad.yaml")
    done = runner.run(1)
    assert done.returncode == 1
    assert "::error::cognito-emulator did not start" in done.stdout
    assert "unknown key. Did you mean PoolName?" in done.stdout
    assert runner.written("env") == {}
    (folder / "bad.yaml").write_text("UserPools: []")
    assert runner.run(1, AWS_ACCESS_KEY_ID="AKIDOWN").returncode == 0
    assert not {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} & runner.written("env").keys()


@pytest.mark.parametrize(("version", "package"), [("", "/../../..[all]"), ("0.1.0", "cognito-emulator[all]==0.1.0")])
def test_it_installs_its_own_revision_or_a_version(folder: Path, version: str, package: str) -> None:
    told = folder / "told"
    for path in (folder / "any-python", folder / "cognito-emulator" / "bin" / "python"):
        path.write_text(f'#!/bin/sh\necho "$@" >> "{told}"\n')
        path.chmod(0o755)
    done = Runner(folder, version=version, python=str(folder / "any-python")).run(0)
    assert done.returncode == 0, done.stdout
    made, installed = told.read_text().splitlines()
    assert made == f"-m venv {folder / 'cognito-emulator'}"
    assert installed.startswith("-m pip install ")
    assert installed.endswith(package)
    assert (ACTION.parent / ".." / ".." / ".." / "pyproject.toml").exists()

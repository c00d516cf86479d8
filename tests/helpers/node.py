"""Run Node scripts against a server."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from cognito_emulator.server import Emulator
from tests.helpers.build import Setup
from tests.helpers.harness import Running

FOLDER = Path(__file__).parents[1] / "clients" / "node"


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

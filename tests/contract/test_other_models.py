"""With a botocore newer and older than the one that this version was written for, the same tests are green.

The model of the installed one is doctored: an operation more, a member more that is demanded, one more that is not,
and one less. Whatever is different is told.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.contract.doctored import doctored_botocore, environment
from tests.contract.written_for import ROOT

pytestmark = pytest.mark.processes

TESTS = (
    "tests/contract/test_conformance.py",
    "tests/contract/test_ledger.py",
    "tests/contract/test_operations.py",
    "tests/contract/test_random_requests.py::test_random_requests[0]",
    "tests/operations/test_groups.py",
    "tests/operations/test_replica_region.py",
    "tests/operations/test_resource_servers.py",
    "tests/test_round_trip.py",
    "tests/test_round_trip_of_parts.py",
    "tests/wire/test_model.py",
)
TOLD = (
    "- new operation: CreateSomething",
    "- new required member: CreateResourceServer, input: Colour",
    "- new required member: CreateResourceServer, output: ResourceServer.Shade",
    "- new optional member: UpdateGroup, input: Colour",
    "- removed member: CreateGroup, input: Description",
)


def doctor(model: dict[str, Any]) -> None:
    """Make a model of another day of this one."""
    shapes = model["shapes"]
    text = {"shape": "DescriptionType"}
    model["operations"]["CreateSomething"] = {**model["operations"]["CreateGroup"], "name": "CreateSomething"}
    for shape, member in (("CreateResourceServerRequest", "Colour"), ("ResourceServerType", "Shade")):
        shapes[shape]["members"][member] = text
        shapes[shape]["required"] = [*shapes[shape].get("required", ()), member]
    shapes["UpdateGroupRequest"]["members"]["Colour"] = text
    del shapes["CreateGroupRequest"]["members"]["Description"]


def test_another_botocore_fails_nothing_and_is_told(tmp_path: Path) -> None:
    doctored_botocore(tmp_path, doctor)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    report = tmp_path / "report.xml"
    done = subprocess.run(
        [*command, f"--junitxml={report}", *TESTS],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    lines = done.stdout.splitlines()
    assert [line for line in TOLD if line not in lines] == []
    assert any(line.endswith("the installed botocore lacks Description") for line in lines), "no test met it"
    assert report.exists()

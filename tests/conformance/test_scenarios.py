"""Every scenario of the kit, against the emulator; and against what somebody recorded on AWS, where there is that."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.compare import differences
from tests.conformance.recording import RECORDED, read, recorded
from tests.conformance.run import run_one
from tests.conformance.scenario import FOLDER, load, names
from tests.conformance.target import Target
from tests.helpers.harness import Running


@pytest.mark.parametrize("name", names())
def test_scenario(running: Running, name: str) -> None:
    result = run_one(Target(running.url), load(FOLDER / f"{name}.py"), "test")
    assert (result.outcome, result.detail) == ("passed", "")


RECORDINGS = {path.relative_to(RECORDED).with_suffix("").as_posix(): path for path in recorded()}


@pytest.mark.parametrize("path", RECORDINGS.values(), ids=list(RECORDINGS))
def test_answers_are_as_recorded(running: Running, path: Path) -> None:
    known = read(path)
    result = run_one(Target(running.url), load(FOLDER / f"{known.scenario}.py"), "test")
    assert differences(known, result.recording) == []

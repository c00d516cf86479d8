"""The examples of the guide's pages about keeping state and signing in from tests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cognito_emulator
from cognito_emulator import Emulator
from cognito_emulator.cli import main

pytest_plugins = ["pytester"]
GUIDE = Path(cognito_emulator.__file__).parent / "guide"


def blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", (GUIDE / page).read_text("utf-8"), re.DOTALL)


def test_the_python_examples_run(cognito: Emulator) -> None:
    names: dict[str, object] = {}
    for block in blocks("keeping.md", "python"):
        exec(block.replace("http://localhost:9229", cognito.url), names)
    assert names["worker"]


def test_the_command_lines_are_accepted(cognito: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COGNITO_EMULATOR_URL", cognito.url)
    monkeypatch.chdir(tmp_path)
    lines = [line for block in blocks("keeping.md", "sh") for line in block.splitlines()]
    commands = [line for line in lines if line.startswith("cognito-emulator ")]
    assert commands
    for line in commands:
        assert main(line.split()[1:]) == 0
    assert (tmp_path / "seed.yaml").exists()


@pytest.mark.processes
def test_the_tests_of_the_page_pass(pytester: pytest.Pytester) -> None:
    (block,) = blocks("signing-in-from-tests.md", "python")
    (pytester.path / "test_sign_in_answers.py").write_text(block)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)

"""Lanes of tests, in a small project that uses the plugin `tests.helpers.lanes`."""

from __future__ import annotations

import tomllib

import pytest

from tests.helpers.lanes import FOLDERS, LANES, TESTS
from tests.helpers.readme import ROOT, between

pytest_plugins = "pytester"
MODULE = """
import subprocess
import sys

import pytest
from hypothesis import given, strategies as st

def test_plain(): pass

@pytest.mark.clients
def test_client(): subprocess.run([sys.executable, "-c", ""], check=True)

@pytest.mark.processes
@pytest.mark.exhaustive
def test_both(): pass

@given(st.just(1))
def test_given(one): pass
"""
STARTS = """
import subprocess
import sys

def test_starts(): subprocess.run([sys.executable, "-c", "''"], check=True)
def test_next(): pass
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    lanes = "\n".join(f"    {lane}: x" for lane in LANES)
    pytester.makeini(f"[pytest]\ntestpaths = .\naddopts = --strict-markers\nmarkers =\n{lanes}\n")
    pytester.makeconftest('pytest_plugins = ["tests.helpers.lanes"]')
    pytester.makepyfile(test_it=MODULE)
    return pytester


@pytest.mark.processes
@pytest.mark.parametrize("arguments", [(), ("-n", "2")])
def test_pytest_alone_leaves_the_lanes_out_and_says_so(project: pytest.Pytester, arguments: tuple[str, ...]) -> None:
    result = project.runpytest_subprocess(*arguments)
    assert result.parseoutcomes()["passed"] == 1
    lines = [line for line in result.outlines if line][-6:-1]
    assert "lanes left out" in lines[0]
    assert lines[1:] == [
        f"    1 {LANES['exhaustive']}: pytest -m exhaustive",
        f"    1 {LANES['processes']}: pytest -m processes",
        f"    1 {LANES['clients']}: pytest -m clients",
        "Everything: pytest --all",
    ]


@pytest.mark.processes
@pytest.mark.parametrize(
    ("arguments", "passed"),
    [
        (("--all",), 4),
        (("--all", "-n", "2"), 4),
        (("test_it.py",), 4),
        (("test_it.py::test_client",), 1),
        (("-m", "exhaustive"), 2),
        (("-m", "clients"), 1),
    ],
)
def test_what_is_asked_for_runs(project: pytest.Pytester, arguments: tuple[str, ...], passed: int) -> None:
    result = project.runpytest_subprocess(*arguments)
    assert (result.ret, result.parseoutcomes()["passed"]) == (0, passed)
    assert "lanes left out" not in result.stdout.str()


@pytest.mark.processes
def test_a_process_outside_of_its_lane_fails_the_test(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=STARTS)
    result = project.runpytest_subprocess()
    result.assert_outcomes(passed=2, errors=1)
    assert "mark the test `processes`: it started" in result.stdout.str()


def test_lanes_are_markers_and_folders_are_there() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    assert [line.partition(":")[0] for line in options["markers"]] == list(LANES)
    assert set(FOLDERS.values()) <= set(LANES)
    assert [folder for folder in FOLDERS if not (TESTS / folder).is_dir()] == []


def test_the_readme_and_ci_run_every_lane() -> None:
    assert between("test").strip("`sh\n").endswith(".venv/bin/pytest --all")
    workflow = (ROOT / ".github" / "workflows" / "newest.yml").read_text("utf-8")
    assert "run: pytest --all -n auto\n" in workflow

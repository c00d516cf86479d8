"""Lanes, a plugin of pytest: groups of tests that `pytest` alone leaves out.

A lane is a marker. A folder of `FOLDERS` is in its lane as a whole, and so is a test by hypothesis; other tests are
marked where they are. `pytest --all` runs everything, `pytest -m clients` one lane, and a file or folder that is named
runs whole.
"""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parents[1]
LANES = {
    "exhaustive": "generated tables and random requests",
    "processes": "the command, handlers of functions, Docker's commands, pytest as users run it",
    "clients": "JavaScript clients, the AWS CLI and other libraries",
    "browser": "the pages in Chromium",
}
FOLDERS = {"attack": "exhaustive", "benchmarks": "processes", "browser": "browser", "clients": "clients"}
# Not an exhaustive test: that would be left out for what it starts, not for how long it takes.
_MAY_START_PROCESSES = {"processes", "clients", "browser"}
_LEFT_OUT = "lanes_left_out"  # its name in what a worker of xdist is given and gives back
_counts: Counter[str] = Counter()
_started: list[str] = []
_patch = pytest.MonkeyPatch()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run every lane of tests, not the default one alone")


def leaves_out(config: pytest.Config) -> bool:
    """Whether the lanes are left out: nothing on the command line names tests."""
    if hasattr(config, "workerinput"):
        return bool(config.workerinput[_LEFT_OUT])
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    return not (named or config.option.all or config.option.markexpr)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist, to which every test is named."""
    node.workerinput[_LEFT_OUT] = leaves_out(node.config)


def lanes_of(item: pytest.Item) -> list[str]:
    """List the lanes that a test is in."""
    return [lane for lane in LANES if item.get_closest_marker(lane)]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests of whole folders and those by hypothesis; leave the lanes out where nothing is named."""
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""
        if folder in FOLDERS:
            item.add_marker(FOLDERS[folder])
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("exhaustive")
    if leaves_out(config):
        out = [item for item in items if lanes_of(item)]
        _counts.update(lanes_of(item)[-1] for item in out)
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if not lanes_of(item)]


def pytest_sessionfinish(session: pytest.Session) -> None:
    _patch.undo()
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[_LEFT_OUT] = dict(_counts)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of xdist counted; all of them collect the same."""
    _counts.update(Counter(getattr(node, "workeroutput", {}).get(_LEFT_OUT, {})) - _counts)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _counts:
        terminalreporter.section("lanes left out")
        for lane in LANES:
            if _counts[lane]:
                terminalreporter.write_line(f"{_counts[lane]:5d} {LANES[lane]}: pytest -m {lane}")
        terminalreporter.write_line("Everything: pytest --all")


def pytest_sessionstart() -> None:
    """Note each process that is started from here on."""
    start = subprocess.Popen.__init__

    def noted(self: subprocess.Popen[Any], args: Any, *more: Any, **named: Any) -> None:
        _started.append(str(args))
        start(self, args, *more, **named)

    _patch.setattr(subprocess.Popen, "__init__", noted)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Fail a test that started a process and is in no lane for that."""
    started = _started.copy()
    _started.clear()
    if started and not _MAY_START_PROCESSES & set(lanes_of(item)):
        pytest.fail(f"mark the test `processes`: it started {started[0]}", pytrace=False)

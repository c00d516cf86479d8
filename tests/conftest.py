"""Fixtures for all tests: one server for the session, put back to empty before each test that uses it."""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator
from typing import Any

import hypothesis
import pytest

from cognito_emulator.ports.keys import Keys
from cognito_emulator.server import Emulator
from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.contract import conformance, written_for
from tests.helpers import lacking
from tests.helpers.control_api import SEED, Control
from tests.helpers.documents import Documents
from tests.helpers.federated import Server
from tests.helpers.harness import Running, key_sets_in_turn

pytest_plugins = ["tests.helpers.lanes"]
# How long an example takes says nothing on a busy machine, or while coverage is measured.
hypothesis.settings.register_profile(
    "machine-independent", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("machine-independent")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector from the thousands of tests, while they are collected and ever after."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the installed botocore lacks fails no test."""
    report = yield
    if report.failed and (reason := lacking.reason(call, report)):
        report.outcome = "skipped"
        report.longrepr = (str(item.path), (item.location[1] or 0) + 1, f"Skipped: {reason}")
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How the installed botocore differs from the one that this version was written for."""
    if written_for.differences():
        terminalreporter.section("botocore")
        terminalreporter.write_line(written_for.report())


@pytest.fixture(scope="session", autouse=True)
def watched() -> Iterator[None]:
    """Every answer is compared with its operation's model."""
    with pytest.MonkeyPatch.context() as patch:
        conformance.install(patch)
        yield


@pytest.fixture(autouse=True)
def _conformance() -> Iterator[None]:
    """Fails the test during which an answer did not fit its shape, or an error was none of its operation's."""
    conformance.violations.clear()
    lacking.forget()
    yield
    found = sorted(set(conformance.violations))
    assert not found, "\n".join(found)


@pytest.fixture(scope="session")
def shared_server() -> Iterator[Running]:
    running = Running(World(Settings(port=0), keys=Keys(key_sets_in_turn())))
    yield running
    running.stop()


@pytest.fixture
def running(shared_server: Running) -> Running:
    """The server, empty: no pools, the machine's time, no messages."""
    shared_server.reset()
    return shared_server


@pytest.fixture
def world(running: Running) -> World:
    return running.world


@pytest.fixture(scope="session")
def shared_idp(shared_server: Running) -> Any:
    return shared_server.client()


@pytest.fixture
def idp(running: Running, shared_idp: Any) -> Any:
    """A boto3 cognito-idp client; botocore's own parameter checks are off, so that the server's are seen."""
    return shared_idp


@pytest.fixture(scope="session")
def provider_server(shared_server: Running) -> Iterator[Server]:
    """An OIDC provider in this process; `provider` of the folders below is what it says."""
    server = Server(lambda: shared_server.world.clock.now())
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def shared_control() -> Iterator[Control]:
    with Emulator(seed=SEED) as emulator:
        yield Control(emulator)


@pytest.fixture
def control(shared_control: Control) -> Control:
    """The control API of an emulator with one pool, put back to that before each test."""
    shared_control.emulator.reset()
    return shared_control


@pytest.fixture
def documents(running: Running) -> Iterator[Documents]:
    """Client metadata documents without a network."""
    inner = running.world.documents
    running.world.documents = made = Documents()
    yield made
    running.world.documents = inner

"""What a test costs with the fixtures, and with moto's `mock_aws` in the same run.

    python -m tests.benchmarks.suites [--tests 100] [--without-moto]

Each test has a pool, a client, a user, a sign-in, and a call with the access token. moto is installed in a virtual
environment that is deleted afterwards.

Both sides have the bytecode of what they import, as installed packages have: a first run, which does not count,
writes it.

Two numbers: the whole session shared out among its tests, with all that is imported and started, which one suite does
while it is collected and another in its first test; and a later test, the median.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.benchmarks.starting import with_bytecode

CONFTEST = """
import json
import time

began = [time.perf_counter()]  # then each test

def pytest_runtest_logstart():
    began.append(time.perf_counter())

def pytest_sessionfinish():
    began.append(time.perf_counter())
    with open("seconds.json", "w") as file:
        json.dump(began, file)
"""
EMULATOR = """
import pytest

@pytest.mark.parametrize("turn", range({tests}))
def test_turn(turn, cognito_pool):
    cognito_pool.add_user("ann", email="ann@example.com")
    token = cognito_pool.sign_in("ann")["AccessToken"]
    assert cognito_pool.idp.get_user(AccessToken=token)["Username"] == "ann"
"""
# {client}: made in each test, as moto's documentation shows it, or once.
MOTO = """
import boto3
import pytest
from moto import mock_aws

def make():
    keys = {{"aws_access_key_id": "test", "aws_secret_access_key": "test"}}
    return boto3.client("cognito-idp", region_name="us-east-1", **keys)

SHARED = make()

@pytest.mark.parametrize("turn", range({tests}))
@mock_aws
def test_turn(turn):
    idp = {client}
    pool = idp.create_user_pool(PoolName="tests", AutoVerifiedAttributes=["email"])["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    client = idp.create_user_pool_client(UserPoolId=pool, ClientName="tests", ExplicitAuthFlows=flows)
    client_id = client["UserPoolClient"]["ClientId"]
    attributes = [{{"Name": "email", "Value": "ann@example.com"}}]
    idp.admin_create_user(UserPoolId=pool, Username="ann", UserAttributes=attributes, MessageAction="SUPPRESS")
    idp.admin_set_user_password(UserPoolId=pool, Username="ann", Password="Password-1", Permanent=True)
    parameters = {{"USERNAME": "ann", "PASSWORD": "Password-1"}}
    answer = idp.initiate_auth(ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    token = answer["AuthenticationResult"]["AccessToken"]
    assert idp.get_user(AccessToken=token)["Username"] == "ann"
"""


class Cost(NamedTuple):
    """Milliseconds: the session's time for each test, and a later test."""

    shared: float
    later: float


def run_suite(python: str, folder: Path, source: str, tests: int) -> Cost:
    """Return what a test of a suite costs, which runs in that folder.

    Raises:
        RuntimeError: a test failed.
    """
    folder.mkdir()
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_it.py").write_text(source)
    (folder / "pytest.ini").write_text("[pytest]\n")
    for chosen in ("test_it.py::test_turn[0]", "test_it.py"):
        done = subprocess.run(
            [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", chosen],
            cwd=folder,
            env={name: value for name, value in with_bytecode().items() if name != "PYTEST_ADDOPTS"},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
    began: list[float] = json.loads((folder / "seconds.json").read_text())
    later = [after - before for before, after in pairwise(began[2:])]
    return Cost((began[-1] - began[0]) * 1000 / tests, median(later) * 1000)


def with_moto(folder: Path) -> str:
    """Install moto in a virtual environment of its own; return its Python."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "moto[cognitoidp]", "pytest"], check=True, capture_output=True
    )
    return python


def run(tests: int, *, moto: bool, say: Callable[[str], object] = print) -> dict[str, Cost]:
    """Print and return what a test costs, by suite."""
    found: dict[str, Cost] = {}
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        found["cognito-emulator"] = run_suite(sys.executable, place / "own", EMULATOR.format(tests=tests), tests)
        if moto:
            python = with_moto(place / "environment")
            for kind, client in (("a client per test", "make()"), ("one client", "SHARED")):
                source = MOTO.format(tests=tests, client=client)
                found[f"moto, {kind}"] = run_suite(python, place / client.strip("()"), source, tests)
    for suite, cost in found.items():
        say(f"{suite:<28} {cost.shared:7.1f} ms a test, {cost.later:7.1f} ms a later one")
    return found


def main() -> None:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", type=int, default=100)
    parser.add_argument("--without-moto", action="store_true")
    arguments = parser.parse_args()
    run(arguments.tests, moto=not arguments.without_moto)


if __name__ == "__main__":
    main()
